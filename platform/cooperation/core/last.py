"""What a transaction does last, so that the lock which everybody waits for is held shortest.

Entries of the log are numbered one after the other, under one lock. A request's transaction writes
them when all else is done: `do_last` keeps the work, the commit does it, `settle` does it before
somebody within the act looks at the log. A transaction that only reads can write nothing: what it
has logged is taken over by one of its own before the answer leaves (docs/decisions, 9). Every other
transaction does the work at once.
"""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

Work = Callable[[Session], object]
_KIND, _WORKS = "core.last.kind", "core.last.works"


class Kind(StrEnum):
    """Whether a session only reads, or writes and does last what can wait."""

    READING = "reading"
    WRITING_LAST = "writing_last"


class WroteWhileReadingError(RuntimeError):
    """A view of a transaction that only reads has changed a row: a programming error."""


def mark(session: Session, kind: Kind) -> None:
    """Say what kind of session this is; one without a kind does everything at once."""
    session.info[_KIND] = kind


def do_last(session: Session, work: Work) -> None:
    """Do this last in the session's transaction."""
    if _KIND not in session.info:
        work(session)
        return
    session.info.setdefault(_WORKS, []).append(work)


def settle(session: Session) -> None:
    """Do now what waits, so that the act sees it; a session that only reads keeps it."""
    if session.info.get(_KIND) is not Kind.READING:
        for work in take_works(session):
            work(session)


def take_works(session: Session) -> list[Work]:
    """Return what waits, in its order; whoever takes it does it."""
    works: list[Work] = session.info.pop(_WORKS, [])
    return works


@event.listens_for(Session, "before_commit")
def _settle_at_commit(session: Session) -> None:
    settle(session)


@event.listens_for(Session, "after_soft_rollback")
def _forget_at_rollback(session: Session, transaction: SessionTransaction) -> None:
    del transaction
    session.info.pop(_WORKS, None)


@event.listens_for(Session, "before_flush")
def _refuse_while_reading(session: Session, *_rest: object) -> None:
    if session.info.get(_KIND) is not Kind.READING:
        return
    if session.new or session.deleted or any(map(session.is_modified, session.dirty)):
        raise WroteWhileReadingError


@event.listens_for(Session, "do_orm_execute")
def _refuse_statements_while_reading(asked: ORMExecuteState) -> None:
    if asked.session.info.get(_KIND) is Kind.READING and asked.statement.is_dml:
        raise WroteWhileReadingError
