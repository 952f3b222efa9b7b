"""Named reads of the outbox."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus


def mails_by_id(session: Session, ids: Sequence[str]) -> Sequence[MailRow]:
    """Return the mails with these ids."""
    return session.scalars(sa.select(MailRow).where(MailRow.id.in_(ids))).all()


def statuses_by_id(session: Session, ids: Sequence[str]) -> dict[str, MailStatus]:
    """Return where these mails stand; unknown ids are left out."""
    rows = session.execute(sa.select(MailRow.id, MailRow.status).where(MailRow.id.in_(ids)))
    return {id_: MailStatus(status) for id_, status in rows}


def counts_by_status(session: Session) -> dict[MailStatus, int]:
    """Return how many mails stand where."""
    rows = session.execute(sa.select(MailRow.status, sa.func.count()).group_by(MailRow.status))
    return {MailStatus(status): number for status, number in rows}


def oldest_due(session: Session) -> datetime | None:
    """Return since when the mail has waited that waits longest, of those that are to be sent."""
    waiting = (MailStatus.DUE, MailStatus.SENDING)
    return session.scalar(
        sa.select(sa.func.min(MailRow.queued_at)).where(MailRow.status.in_(waiting))
    )


def has_untried(session: Session, purpose: str) -> bool:
    """Tell whether a due mail of this purpose was never tried; it is locked against senders."""
    statement = sa.select(MailRow.id).where(
        MailRow.purpose == purpose, MailRow.status == MailStatus.DUE, MailRow.tries == 0
    )
    return session.scalar(statement.limit(1).with_for_update()) is not None


def was_queued(session: Session, purpose: str, subject_id: str, since: datetime) -> bool:
    """Tell whether a mail of this purpose about this object was queued since then."""
    statement = sa.select(MailRow.id).where(
        MailRow.purpose == purpose, MailRow.subject_id == subject_id, MailRow.queued_at >= since
    )
    return session.scalar(statement.limit(1)) is not None


def has_left_since(session: Session, since: datetime) -> bool:
    """Tell whether any mail was handed over since then."""
    statement = sa.select(MailRow.id).where(MailRow.sent_at >= since)
    return session.scalar(statement.limit(1)) is not None


def flagged(session: Session) -> Sequence[MailRow]:
    """Return the mails that failed or are uncertain, newest first."""
    statement = sa.select(MailRow).where(
        MailRow.status.in_((MailStatus.FAILED, MailStatus.UNCERTAIN))
    )
    return session.scalars(statement.order_by(MailRow.queued_at.desc(), MailRow.id)).all()


def has_work(session: Session, now: datetime) -> bool:
    """Tell whether a mail is due, or a sender died over one."""
    waiting = sa.or_(_is_due(now), _is_abandoned(now))
    return session.scalar(sa.select(MailRow.id).where(waiting).limit(1)) is not None


def next_due(session: Session, now: datetime) -> MailRow | None:
    """Return the mail that has waited longest, locked against other senders.

    The id is found first, so that sorting does not carry the sealed mails along.
    """
    statement = (
        sa.select(MailRow.id)
        .where(_is_due(now))
        .order_by(MailRow.next_try_at, MailRow.queued_at, MailRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.scalar(statement)
    return None if found is None else session.get(MailRow, found)


def abandoned(session: Session, now: datetime) -> Sequence[MailRow]:
    """Return the mails whose sender has not come back within its lease."""
    statement = sa.select(MailRow).where(_is_abandoned(now)).with_for_update(skip_locked=True)
    return session.scalars(statement).all()


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(MailRow.status == MailStatus.DUE, MailRow.next_try_at <= now)


def _is_abandoned(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(MailRow.status == MailStatus.SENDING, MailRow.leased_until < now)
