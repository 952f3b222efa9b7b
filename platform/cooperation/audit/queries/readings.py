"""Named reads of who has opened a State's answers, and what an account has opened."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from cooperation.access.rules import state_circle
from cooperation.audit.models import LogEntry
from cooperation.audit.queries.entries import entries_where, scope_of, scope_text
from cooperation.audit.rules import OPENINGS, UNDELIVERED, Entry, Reading, ReadingFilter
from cooperation.core.db import Session, is_sqlite


def days_of_readings(session: Session, wanted: ReadingFilter) -> list[tuple[date, int]]:
    """Return on which days others opened a State's answers, newest first, and how often."""
    day = _day(session)
    rows = session.execute(
        sa.select(day, sa.func.count()).where(*_opened(wanted)).group_by(day).order_by(day.desc())
    )
    return [(date.fromisoformat(found), number) for found, number in rows]


def readings_of_state(session: Session, wanted: ReadingFilter) -> list[Reading]:
    """Return who else opened a State's answers, by day, institution and kind; newest day first.

    Grouped by the database: of a log of 100,000 entries only the groups come over.
    """
    day = _day(session)
    columns = (day, LogEntry.institution, LogEntry.action, LogEntry.questions)
    first, last = sa.func.min(LogEntry.at), sa.func.max(LogEntry.at)
    statement = (
        sa.select(*columns, sa.func.count(), first, last)
        .where(*_opened(wanted))
        .group_by(*columns)
        .order_by(day.desc(), *columns[1:])
    )
    return [
        Reading(date.fromisoformat(day), name, action, scope_of(questions), times, first, last)
        for day, name, action, questions, times, first, last in session.execute(statement)
    ]


def openings_of_state(session: Session, wanted: ReadingFilter) -> list[Reading]:
    """Return the same over all days together; `day` is the first of each group."""
    columns = (LogEntry.institution, LogEntry.action, LogEntry.questions)
    first, last = sa.func.min(LogEntry.at), sa.func.max(LogEntry.at)
    statement = (
        sa.select(*columns, sa.func.count(), first, last).where(*_opened(wanted)).group_by(*columns)
    )
    return [
        Reading(first.date(), name, action, scope_of(questions), times, first, last)
        for name, action, questions, times, first, last in session.execute(statement)
    ]


def _opened(wanted: ReadingFilter) -> Iterator[sa.ColumnElement[bool]]:
    yield LogEntry.edition == wanted.edition
    yield LogEntry.action.in_(sorted(OPENINGS))
    yield _was_delivered()
    yield LogEntry.institution != state_circle(wanted.state_code)
    yield sa.or_(_holds(LogEntry.states, wanted.state_code), LogEntry.states == _ALL)
    if wanted.institution is not None:
        yield LogEntry.institution == wanted.institution
    if wanted.question is not None:
        yield sa.or_(_holds(LogEntry.questions, wanted.question), LogEntry.questions == _ALL)
    if wanted.first is not None:
        yield LogEntry.at >= datetime.combine(wanted.first, time(), UTC)
    if wanted.last is not None:
        yield LogEntry.at < datetime.combine(wanted.last, time(), UTC) + timedelta(days=1)


_ALL = scope_text("all")


def _holds(column: sa.orm.InstrumentedAttribute[str], code: str) -> sa.ColumnElement[bool]:
    return column.contains(f'"{code}"', autoescape=True)


def _day(session: Session) -> sa.ColumnElement[str]:
    """Return the UTC day of an entry as text, on either engine."""
    if is_sqlite(session.get_bind()):
        return sa.func.date(LogEntry.at, type_=sa.String)
    return sa.cast(sa.func.date(sa.func.timezone("UTC", LogEntry.at)), sa.String)


def openings_by(session: Session, person_id: str, since: datetime) -> list[Entry]:
    """Return what an account has opened since then, oldest first."""
    return entries_where(
        session,
        LogEntry.actor == person_id,
        LogEntry.at >= since,
        LogEntry.action.in_(sorted(OPENINGS)),
        _was_delivered(),
    )


def delivered_readings(session: Session, actions: Iterable[str], *, edition: str) -> list[Entry]:
    """Return the readings of these kinds in an edition that reached their readers."""
    return entries_where(
        session,
        LogEntry.edition == edition,
        LogEntry.action.in_(sorted(actions)),
        _was_delivered(),
    )


def _was_delivered() -> sa.ColumnElement[bool]:
    failed = sa.orm.aliased(LogEntry)
    numbers = sa.select(failed.version).where(
        failed.action == UNDELIVERED, failed.version.is_not(None)
    )
    return LogEntry.seq.not_in(numbers)
