"""Mails after a restore: what waited in the backup may have left since."""

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus


def flag_unsent(session: Session) -> int:
    """Let nothing leave twice: a person decides about each mail that waited to be sent."""
    waiting = sa.select(MailRow).where(MailRow.status.in_([MailStatus.DUE, MailStatus.SENDING]))
    mails = session.scalars(waiting).all()
    for mail in mails:
        mail.status, mail.reason, mail.leased_until = MailStatus.UNCERTAIN, "restored", None
    session.flush()
    return len(mails)
