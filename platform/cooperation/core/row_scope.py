"""For whom a transaction reads and writes: what PostgreSQL's row-level security is told.

Design: reliability 1.7, rule 5. The four settings hold for one transaction and are gone with it;
SQLite has no row-level security and is told nothing. Which scope reaches which rows stands in
`access.rows`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, SessionTransaction

_KEY = "core.row_scope"
_TELL = sa.text(
    "SELECT set_config('app.institution', :institution, true),"
    " set_config('app.state', :state, true), set_config('app.circles', :circles, true),"
    " set_config('app.duty', :duty, true)"
)


class Duty(StrEnum):
    """Work that is not a person's: each reaches the few rows that it needs.

    `HEADS` is lent to a person's transaction for one question: who has submitted, under which
    consent, with which commitments; no answer.
    """

    DOOR = "door"
    SENDER = "sender"
    COMMAND = "command"
    HEADS = "heads"
    MIGRATION = "migration"


@dataclass(frozen=True)
class RowScope:
    """Whose transaction it is: a person's institution, State and circles, or a duty's.

    Empty reaches nothing; `state` is set for a State's people only.
    """

    institution: str = ""
    state: str = ""
    circles: tuple[str, ...] = ()
    duty: str = ""


NOBODY = RowScope()
AT_THE_DOOR = RowScope(duty=Duty.DOOR)
SENDING = RowScope(duty=Duty.SENDER)
COMMANDING = RowScope(duty=Duty.COMMAND)
MIGRATING = RowScope(duty=Duty.MIGRATION)


def tell(connection: Connection, scope: RowScope) -> None:
    """Say on this connection whose transaction it is, until it ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            _TELL,
            {**vars(scope), "circles": " ".join(scope.circles)},
        )


def enter(session: Session, scope: RowScope) -> None:
    """Put the session into a scope: its transaction if one has begun, and each later one."""
    session.info[_KEY] = scope
    if session.in_transaction():
        tell(session.connection(), scope)


def scope_of(session: Session) -> RowScope:
    """Return the scope that a session is in."""
    found: RowScope = session.info.get(_KEY, NOBODY)
    return found


@contextmanager
def heads_of_submissions(session: Session) -> Iterator[None]:
    """Lend the duty `HEADS` to the reads inside.

    A database error inside leaves the transaction broken, so that only what follows it is told.
    """
    before = scope_of(session)
    enter(session, replace(before, duty=Duty.HEADS))
    try:
        yield
    except BaseException:
        session.info[_KEY] = before
        raise
    enter(session, before)


@event.listens_for(Session, "after_begin")
def _tell_at_begin(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    if not transaction.nested:
        tell(connection, scope_of(session))
