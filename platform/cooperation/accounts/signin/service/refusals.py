"""Refused passwords and codes: told to the account's person, counted where a stranger makes many.

The log is never cut, and whoever tries passwords decides how many there are: a thousand in five
minutes at the limit. So the first ten of a day to one account are written one by one, and then the
twentieth, the fortieth and so on, each with the number so far. All unknown names count as one.
"""

from datetime import datetime

import sqlalchemy as sa

from cooperation.accounts.models import RefusalCountRow
from cooperation.accounts.people.service.browsers import note_browser
from cooperation.accounts.rules import REFUSAL_WINDOW, is_refusal_logged, is_refusal_summary
from cooperation.accounts.signin.service.door import Door
from cooperation.audit import service as audit
from cooperation.core.db import Session, is_sqlite

_LOCK = 0x52454655
_NOBODY = ""


def record_refusal(door: Door, person_id: str | None) -> None:
    """Count a wrong password or code, and log it where it is due; the same for unknown names."""
    with door.database.writing() as session:
        number = _count(session, person_id or _NOBODY, door.now)
        if is_refusal_logged(number):
            audit.record(
                session,
                actor=None,
                action="session.refused",
                at=door.now,
                subject=person_id,
                version=number if is_refusal_summary(number) else None,
            )
            note_browser(session, door.now)


def _count(session: Session, subject: str, now: datetime) -> int:
    """Return which refusal of the day this one is, counted from 1."""
    if not is_sqlite(session.get_bind()):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    session.execute(sa.delete(RefusalCountRow).where(RefusalCountRow.since <= now - REFUSAL_WINDOW))
    row = session.get(RefusalCountRow, subject)
    if row is None:
        row = RefusalCountRow(subject=subject, since=now, number=0)
        session.add(row)
    row.number += 1
    session.flush()
    return row.number
