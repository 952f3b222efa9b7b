"""Sign-ins with the right password and no second factor: their rows end, and the person is told.

Somebody knows her password. At most one notice an hour goes to her; a try from the same network
address that was finished is her own, and told of to nobody (reliability 1.2, Notices).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from cooperation.accounts.models import PendingSignInRow
from cooperation.accounts.people.service.notices import tell_unfinished
from cooperation.accounts.rules import PENDING_LIFE
from cooperation.accounts.signin.service.door import Door
from cooperation.core.db import Database, Session
from cooperation.core.settings import Settings
from cooperation.outbox import service as outbox
from cooperation.vault.root import RootKeys

_PAUSE = timedelta(hours=1)


def origin_of(door: Door) -> bytes:
    """Return the keyed hash of the network address that a sign-in comes from."""
    return door.root.lookup("pending/origin", door.address)


def forget_finished(session: Session, door: Door, person_id: str) -> None:
    """Drop the person's other unfinished sign-ins from this address: she has finished one."""
    session.execute(
        sa.delete(PendingSignInRow).where(
            PendingSignInRow.person_id == person_id, PendingSignInRow.origin == origin_of(door)
        )
    )


def settle_unfinished(session: Session, root: RootKeys, settings: Settings, now: datetime) -> int:
    """Delete the sign-ins that ended unfinished and tell their persons; return how many rows."""
    ended = session.execute(
        sa.delete(PendingSignInRow)
        .where(PendingSignInRow.ends_at <= now)
        .returning(PendingSignInRow.person_id, PendingSignInRow.ends_at)
    ).all()
    last = {row.person_id: row.ends_at for row in sorted(ended, key=_end)}
    for person_id, ends_at in last.items():
        if not outbox.was_queued(session, "notice.unfinished", person_id, since=now - _PAUSE):
            tell_unfinished(
                session,
                root,
                settings,
                person_id=person_id,
                at=ends_at - PENDING_LIFE,
                now=now,
            )
    return len(ended)


def tell_of_unfinished(
    database: Database, root: RootKeys, settings: Settings, now: datetime
) -> int:
    """Settle what ended unfinished, as the server's own job; it needs no content."""
    with database.reading() as session:
        is_due = sa.select(sa.exists().where(PendingSignInRow.ends_at <= now))
        if not session.scalar(is_due):
            return 0
    with database.writing() as session:
        return settle_unfinished(session, root, settings, now)


def _end(row: sa.Row[str, datetime]) -> datetime:
    return row[1]
