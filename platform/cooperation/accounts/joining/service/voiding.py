"""Ending an invitation that was not used: its keys, its mail, its row."""

from datetime import datetime

import sqlalchemy as sa

from cooperation.access.rules import Actor
from cooperation.accounts.models import PersonInvitationRow, WaitingActRow
from cooperation.accounts.rules import ActStatus, InvitationStatus
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.outbox import service as outbox


def void_invitation(
    session: Session, row: PersonInvitationRow, *, actor: Actor | None, now: datetime
) -> None:
    """Make both halves worthless and stop the mail with the link, if it has not left."""
    row.status = InvitationStatus.VOID
    _end_act(session, row.id, now)
    circles.void_invitation(session, row.id)
    if row.mail_id is not None:
        outbox.void(session, [row.mail_id])
    audit.record(
        session,
        actor=actor,
        action="invitation.voided",
        at=now,
        subject=row.id,
        states=(row.state_code,) if row.state_code else (),
    )


def _end_act(session: Session, invitation_id: str, now: datetime) -> None:
    """End what waits for a second person on behalf of the invitation."""
    for act in session.scalars(
        sa.select(WaitingActRow).where(
            WaitingActRow.subject_id == invitation_id, WaitingActRow.status == ActStatus.WAITING
        )
    ):
        act.status, act.decided_at = ActStatus.WITHDRAWN, now
