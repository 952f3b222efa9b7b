"""What happened to keys after a backup is done again in the restored instance; no key is needed.

Every one of these only takes away: who reads the journal of the log can do nothing else with it.
"""

from datetime import datetime

import sqlalchemy as sa

from cooperation.circles import queries
from cooperation.circles.models import MembershipRow, RecoverySheetRow
from cooperation.core.db import Session, note_destruction


def destroy_again(session: Session, bundle_id: str, *, at: datetime) -> bool:
    """Delete the grants of a bundle that was destroyed at `at`; tell whether there was one."""
    bundle = queries.bundle(session, bundle_id)
    if bundle is None or bundle.destroyed_at is not None:
        return False
    bundle.destroyed_at = at
    queries.delete_grants(session, bundle_id)
    note_destruction(session)
    return True


def end_sheet_again(session: Session, sheet_id: str, *, at: datetime) -> bool:
    """Let a recovery sheet that was used or voided open nothing; tell whether there was one."""
    sheet = session.get(RecoverySheetRow, sheet_id)
    if sheet is None or sheet.used_at is not None:
        return False
    sheet.used_at = at
    session.execute(sa.delete(MembershipRow).where(MembershipRow.member == sheet_id))
    session.flush()
    note_destruction(session)
    return True
