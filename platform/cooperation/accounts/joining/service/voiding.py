"""Ending an invitation that was not used: its keys, its mail, its row."""

from datetime import datetime

from cooperation.access.rules import Actor
from cooperation.accounts.models import PersonInvitationRow
from cooperation.accounts.rules import InvitationStatus
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.outbox import service as outbox
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import ActStatus


def void_invitation(
    session: Session, row: PersonInvitationRow, *, actor: Actor | None, now: datetime
) -> None:
    """Make both halves worthless and stop the mail with the link, if it has not left."""
    row.status = InvitationStatus.VOID
    two_persons.end(session, now, subject=row.id, status=ActStatus.WITHDRAWN)
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
