"""Named reads of entries and of the tree over them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from cooperation.access.rules import state_circle
from cooperation.audit.models import LogEntry, LogNode
from cooperation.audit.rules import Entry, Scope
from cooperation.core.db import Base, Session, UtcDateTime

_NEW_ENTRY = sa.insert(Base.metadata.tables[LogEntry.__tablename__])
_NEW_NODE = sa.insert(Base.metadata.tables[LogNode.__tablename__])
_LAST = sa.select(sa.func.max(LogEntry.seq))
AT_ONCE = 500
"""Rows that are held at once where the whole log is gone through."""
_COLUMNS = [column for column in LogEntry.__table__.columns if column.name != "canonical"]


@dataclass(frozen=True)
class Visibility:
    """Which entries a reader of the log may see: all, one State's, or one person's acts."""

    state_code: str | None = None
    person_id: str | None = None


@dataclass(frozen=True)
class LogFilter:
    """What a reader of the log looks for; `before` is the number under which the page begins."""

    action: str | None = None
    state_code: str | None = None
    day: date | None = None
    before: int | None = None


def canonical_of(session: Session, seq: int) -> bytes | None:
    """Return the canonical bytes of one entry."""
    return session.scalar(sa.select(LogEntry.canonical).where(LogEntry.seq == seq))


def canonical_from(session: Session, start: int, limit: int) -> list[bytes]:
    """Return the canonical bytes of entries in order of number, from `start` on."""
    wanted = sa.select(LogEntry.canonical).where(LogEntry.seq >= start)
    return list(session.scalars(wanted.order_by(LogEntry.seq).limit(limit)))


def number_of(session: Session, *, action: str) -> int:
    """Return how often an act was recorded."""
    wanted = sa.select(sa.func.count()).select_from(LogEntry).where(LogEntry.action == action)
    return session.scalar(wanted) or 0


def scope_text(scope: Scope) -> str:
    """Return a scope as the column holds it."""
    return json.dumps(scope, separators=(",", ":"))


def scope_of(text: str) -> Scope:
    """Return the codes that a column of an entry holds."""
    codes: list[str] | Literal["all"] = json.loads(text)
    return "all" if codes == "all" else tuple(codes)


def entry_of(row: sa.Row[*tuple[Any, ...]]) -> Entry:
    """Return the entry that a row's columns say, without looking at its canonical bytes."""
    fields = {name: value for name, value in row._mapping.items() if name != "canonical"}
    fields["states"] = scope_of(fields["states"])
    fields["questions"] = scope_of(fields["questions"])
    return Entry(**fields)


@cache
def _nodes_at(count: int) -> sa.Select[int, int, bytes]:
    """Return the statement that reads so many nodes; each is found by its key."""
    at_place = [
        sa.and_(
            LogNode.level == sa.bindparam(f"level_{number}"),
            LogNode.position == sa.bindparam(f"position_{number}"),
        )
        for number in range(count)
    ]
    return sa.select(LogNode.level, LogNode.position, LogNode.hash).where(sa.or_(*at_place))


def append(session: Session, entry: dict[str, object], nodes: list[dict[str, object]]) -> None:
    """Write an entry and the sub-trees that it completes."""
    session.execute(_NEW_ENTRY, entry)
    session.execute(_NEW_NODE, nodes)


def size_of_log(session: Session) -> int:
    """Return the number that the next entry gets."""
    last = session.scalar(_LAST)
    return 0 if last is None else last + 1


def number_since(session: Session, moment: datetime) -> int:
    """Return how many entries were written after a moment."""
    counted = sa.select(sa.func.count()).where(LogEntry.at > moment)
    return session.scalar(counted) or 0


def node_hashes(session: Session, places: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return the hashes at the given (level, position), in that order, without missing ones."""
    if not places:
        return []
    wanted: dict[str, int] = {}
    for number, (level, position) in enumerate(places):
        wanted[f"level_{number}"], wanted[f"position_{number}"] = level, position
    rows = session.execute(_nodes_at(len(places)), wanted)
    found = {(level, position): value for level, position, value in rows}
    return [found[place] for place in places if place in found]


def all_entries(session: Session) -> Iterator[tuple[bytes, bytes | None]]:
    """Give every entry's canonical bytes, and those that its columns make, in order of number.

    The second is `None` where a tampered column cannot be read at all.
    """
    columns = [
        sa.type_coerce(column, _TamperedMoment).label("at") if column.name == "at" else column
        for column in _COLUMNS
    ]
    statement = sa.select(*columns, LogEntry.canonical).order_by(LogEntry.seq)
    for row in session.execute(statement.execution_options(yield_per=AT_ONCE)):
        yield _as_bytes(row.canonical), _bytes_of_columns(row)


class _TamperedMoment(sa.types.TypeDecorator[datetime]):
    """An instant that may have been overwritten with anything; the reading must not stop."""

    impl = UtcDateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return sa.String() if dialect.name == "sqlite" else sa.DateTime(timezone=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        del dialect
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
        except ValueError:
            return None


def _as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _bytes_of_columns(row: sa.Row[*tuple[Any, ...]]) -> bytes | None:
    try:
        return entry_of(row).canonical()
    except (AttributeError, TypeError, ValueError):
        return None


def recorded_leaves(session: Session) -> Iterator[bytes]:
    """Give the stored leaf hashes in order of number."""
    wanted = sa.select(LogNode.hash).where(LogNode.level == 0).order_by(LogNode.position)
    yield from session.scalars(wanted.execution_options(yield_per=AT_ONCE))


def recorded_levels(session: Session) -> dict[int, Iterator[tuple[int, bytes]]]:
    """Give position and hash of the stored sub-trees, in order, for each level above the leaves."""
    highest = session.scalar(sa.select(sa.func.max(LogNode.level))) or 0
    return {level: _level(session, level) for level in range(1, highest + 1)}


def _level(session: Session, level: int) -> Iterator[tuple[int, bytes]]:
    wanted = sa.select(LogNode.position, LogNode.hash).where(LogNode.level == level)
    rows = session.execute(wanted.order_by(LogNode.position).execution_options(yield_per=AT_ONCE))
    yield from rows


def is_recorded_leaf(session: Session, leaf: bytes) -> bool:
    """Tell whether the tree has this leaf hash anywhere."""
    wanted = sa.select(LogNode.position).where(LogNode.level == 0, LogNode.hash == leaf)
    return session.scalar(wanted.limit(1)) is not None


def _concerns(state_code: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        LogEntry.institution == state_circle(state_code),
        LogEntry.states.contains(f'"{state_code}"', autoescape=True),
        LogEntry.states == '"all"',
    )


def _conditions(visibility: Visibility, wanted: LogFilter) -> Iterator[sa.ColumnElement[bool]]:
    if visibility.state_code is not None:
        yield _concerns(visibility.state_code)
    if visibility.person_id is not None:
        yield LogEntry.actor == visibility.person_id
    if wanted.action is not None:
        yield LogEntry.action == wanted.action
    if wanted.state_code is not None:
        yield _concerns(wanted.state_code)
    if wanted.day is not None:
        start = datetime.combine(wanted.day, time(), UTC)
        yield LogEntry.at >= start
        yield LogEntry.at < start + timedelta(days=1)
    if wanted.before is not None:
        yield LogEntry.seq < wanted.before


def newest_entries(
    session: Session, visibility: Visibility, wanted: LogFilter, limit: int
) -> list[Entry]:
    """Return at most `limit` entries that the reader may see, newest first."""
    statement = sa.select(*_COLUMNS).where(*_conditions(visibility, wanted))
    rows = session.execute(statement.order_by(LogEntry.seq.desc()).limit(limit))
    return [entry_of(row) for row in rows]


def entries_where(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Entry]:
    """Return the entries that meet all conditions, oldest first."""
    rows = session.execute(sa.select(*_COLUMNS).where(*conditions).order_by(LogEntry.seq))
    return [entry_of(row) for row in rows]


def last_of(session: Session, *, action: str, since: datetime) -> dict[str, datetime]:
    """Return when each object last met this act, by its id, as far as that was since then."""
    rows = session.execute(
        sa.select(LogEntry.subject, sa.func.max(LogEntry.at))
        .where(LogEntry.action == action, LogEntry.at >= since, LogEntry.subject.is_not(None))
        .group_by(LogEntry.subject)
    )
    return {subject: at for subject, at in rows if subject is not None}


def events_of_person(
    session: Session, person_id: str, actions: Sequence[str], before: int | None, limit: int
) -> list[Entry]:
    """Return acts by a person, or upon her, of these kinds, newest first."""
    wanted = (
        sa.select(*_COLUMNS)
        .where(
            sa.or_(LogEntry.actor == person_id, LogEntry.subject == person_id),
            LogEntry.action.in_(actions),
        )
        .order_by(LogEntry.seq.desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(LogEntry.seq < before)
    return [entry_of(row) for row in session.execute(wanted)]
