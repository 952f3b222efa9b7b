"""What time has ended is ended for good: a clock that is set back opens nothing again.

Whether a session, an invitation or an act is over is decided by the clock. The server's own job
writes it down besides, once a minute, since the clock may be set back (reliability 4.2, rule 5).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from cooperation.accounts import queries
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import EnrolmentRow, SessionRow
from cooperation.accounts.rules import (
    is_alive,
)
from cooperation.core.db import Database, Session
from cooperation.two_persons import service as two_persons


def write_down_ended(database: Database, now: datetime) -> int:
    """End for good what is over at `now`; return how many rows. Opens no content."""
    with database.reading() as session:
        if not _has_ended(session, now):
            return 0
    with database.writing() as session:
        return (
            _end_sessions(session, now)
            + _end_invitations(session, now)
            + two_persons.end_over(session, now)
        )


def sessions_alive(session: Session, now: datetime) -> int:
    """Return how many sessions may still be used."""
    return len(_sessions(session)) - len(_dead_sessions(session, now))


def _has_ended(session: Session, now: datetime) -> bool:
    return bool(
        _dead_sessions(session, now)
        or queries.ended_invitations(session, now)
        or two_persons.end_over(session, now, only_look=True)
        or session.scalar(sa.select(sa.exists().where(EnrolmentRow.ends_at <= now)))
    )


def _sessions(session: Session) -> list[sa.Row[str, datetime, datetime, int]]:
    columns = (SessionRow.id, SessionRow.seen_at, SessionRow.ends_at, SessionRow.idle_minutes)
    return list(session.execute(sa.select(*columns)).all())


def _dead_sessions(session: Session, now: datetime) -> list[str]:
    return [
        row.id
        for row in _sessions(session)
        if not is_alive(
            now=now,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            idle=timedelta(minutes=row.idle_minutes),
        )
    ]


def _end_sessions(session: Session, now: datetime) -> int:
    dead = _dead_sessions(session, now)
    session.execute(sa.delete(SessionRow).where(SessionRow.id.in_(dead)))
    gone = session.execute(
        sa.delete(EnrolmentRow).where(EnrolmentRow.ends_at <= now).returning(EnrolmentRow.id)
    )
    return len(dead) + len(gone.all())


def _end_invitations(session: Session, now: datetime) -> int:
    ended = queries.ended_invitations(session, now)
    for row in ended:
        void_invitation(session, row, actor=None, now=now)
    return len(ended)
