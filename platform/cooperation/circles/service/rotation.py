"""Root rotation: every value that an older root key wrapped is wrapped by the current one.

What is left to do is read from the data: each wrapped value carries its version. So a killed
rotation goes on where it stopped, and old and new values open all the while (vault.md, Sign-in and
sessions). A value is replaced only if it is still the one that was read: whoever saves meanwhile
wins, and writes with the current version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.circles import queries
from cooperation.circles.rules import InstanceUnknownError
from cooperation.core.db import Database, Session, note_destruction
from cooperation.core.failpoints import reach
from cooperation.core.wrapped import WrappedTable
from cooperation.vault.errors import CannotOpen
from cooperation.vault.root import MARK_BYTES, RootKeys, version_of

_BEGUN = "root.rotation_begun"
_DONE = "root.rotated"
_RETIRED = "root.retired"

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rewrapped:
    """One committed transaction of a rotation."""

    table: str
    changed: int
    seen: int
    of: int


@dataclass
class Carried:
    """How many values each version has wrapped, and which open with none at hand."""

    versions: Counter[int] = field(default_factory=Counter)
    stale_lookups: int = 0
    damaged: list[str] = field(default_factory=list)

    def are_all_of(self, version: int) -> bool:
        """Tell whether nothing is left of any other version."""
        return not self.stale_lookups and not self.damaged and set(self.versions) <= {version}


def root_version(session: Session) -> int:
    """Return the version of the root key that the instance is on, or rotates to."""
    row = queries.instance_row(session)
    if row is None:
        raise InstanceUnknownError
    return row.root_version


def is_rotation_under_way(session: Session) -> bool:
    """Tell whether a rotation was begun and has not ended."""
    begun = audit.entries_for(session, action=_BEGUN)
    done = {entry.version for entry in audit.entries_for(session, action=_DONE)}
    return bool(begun) and begun[-1].version not in done


def begin_rotation(session: Session, root: RootKeys, *, now: datetime) -> None:
    """Note that the instance belongs to the current root key from now on, in row and log."""
    row = queries.instance_row(session)
    if row is None:
        raise InstanceUnknownError
    row.root_version = root.current
    row.root_check = root.check_value()
    audit.record(session, actor=None, action=_BEGUN, at=now, version=root.current)
    reach("rotation.begin_written")


def end_rotation(
    session: Session, root: RootKeys, tables: Sequence[WrappedTable], *, now: datetime
) -> Carried:
    """Look at every value once more; where all are of the current version, say so in the log."""
    carried = carried_versions(session, root, tables)
    if carried.are_all_of(root.current):
        audit.record(session, actor=None, action=_DONE, at=now, version=root.current)
        note_destruction(session)
        reach("rotation.end_written")
    return carried


def record_retirement(session: Session, version: int, *, now: datetime) -> None:
    """Note that a version of the root key is destroyed."""
    audit.record(session, actor=None, action=_RETIRED, at=now, version=version)


def is_retired(session: Session, version: int) -> bool:
    """Tell whether the log says that a version of the root key is destroyed."""
    retired = audit.entries_for(session, action=_RETIRED)
    return version in {entry.version for entry in retired}


def rewrap(database: Database, root: RootKeys, table: WrappedTable) -> Iterator[Rewrapped]:
    """Wrap what an older version has wrapped anew, a few hundred rows in a transaction."""
    mark = None if table.lookups else root.mark
    last: tuple[Any, ...] | None = None
    seen, total = 0, _count_rows(database, table, mark)
    while True:
        with database.writing() as session:
            rows = _rows(session, table, mark=mark, after=last)
            changed = _renew(session, root, table, rows)
            reach("rotation.batch_written")
        reach("rotation.batch_committed")
        if not rows:
            return
        last = _key(table, rows[-1])
        seen += len(rows)
        yield Rewrapped(table.name, changed, seen, max(seen, total))


def carried_versions(session: Session, root: RootKeys, tables: Sequence[WrappedTable]) -> Carried:
    """Count all wrapped values by version; those that no version at hand opens are named."""
    carried = Carried()
    for table in tables:
        _count_versions(carried, session, table)
        for row in _all_rows(session, table, root.mark):
            carried.damaged += _damaged_of(root, table, row)
        if table.lookups:
            rows = _all_rows(session, table, None)
            carried.stale_lookups += sum(_has_stale_lookup(root, table, row) for row in rows)
    return carried


def wrapped_versions(session: Session, tables: Sequence[WrappedTable]) -> set[int]:
    """Return the versions of the root key that some stored value needs to be opened."""
    carried = Carried()
    for table in tables:
        _count_versions(carried, session, table)
    return {version for version, number in carried.versions.items() if number and version}


def unopened_values(
    session: Session, root: RootKeys, tables: Sequence[WrappedTable]
) -> Iterator[str]:
    """Give table, row and column of each wrapped value that no version at hand opens."""
    for table in tables:
        for row in _all_rows(session, table, None):
            yield from _damaged_of(root, table, row)


def _count_versions(carried: Carried, session: Session, table: WrappedTable) -> None:
    for name in table.kinds:
        start = sa.func.substr(table.table.c[name], 1, MARK_BYTES)
        counted = sa.select(start, sa.func.count()).where(table.table.c[name].is_not(None))
        for mark, count in session.execute(counted.group_by(start)):
            carried.versions[_version(mark)] += count


def _damaged_of(root: RootKeys, table: WrappedTable, row: _Row) -> list[str]:
    name = _name(table, row)
    return [
        f"{table.name} {name} {column}"
        for column in table.kinds
        if row[column] is not None and _opened(root, table, row, column) is None
    ]


def _has_stale_lookup(root: RootKeys, table: WrappedTable, row: _Row) -> bool:
    return any(
        row[lookup.column] is not None
        and (text := _opened(root, table, row, lookup.wrapped)) is not None
        and root.lookup(lookup.purpose, text.decode()) != row[lookup.column]
        for lookup in table.lookups
    )


def _renew(session: Session, root: RootKeys, table: WrappedTable, rows: Sequence[_Row]) -> int:
    """Write the rows that are due, where nobody has changed them since; return how many."""
    new = [(row, renewed) for row in rows if (renewed := _renewed(root, table, row))]
    if not new:
        return 0
    columns = table.table.c
    read = _read_columns(table)
    written = [*table.kinds, *(each.column for each in table.lookups)]
    is_same = [columns[name].is_not_distinct_from(sa.bindparam(f"old_{name}")) for name in read]
    change = sa.update(table.table).where(*is_same)
    change = change.values({name: sa.bindparam(f"new_{name}") for name in written})
    values = [
        {f"old_{name}": row[name] for name in read}
        | {f"new_{name}": renewed.get(name, row[name]) for name in written}
        for row, renewed in new
    ]
    return session.connection().execute(change, values).rowcount


def _renewed(root: RootKeys, table: WrappedTable, row: _Row) -> dict[str, bytes]:
    new: dict[str, bytes] = {}
    for column, kind in table.kinds.items():
        if row[column] is None or _version(row[column]) == root.current:
            continue
        text = _opened(root, table, row, column)
        if text is not None:
            name = _name(table, row)
            new[column] = root.wrap(text, table=table.name, row=name, kind=kind)
    for lookup in table.lookups:
        text = _opened(root, table, row, lookup.wrapped)
        if row[lookup.column] is None or text is None:
            continue
        found_by = root.lookup(lookup.purpose, text.decode())
        if found_by != row[lookup.column]:
            new[lookup.column] = found_by
    return new


def _opened(root: RootKeys, table: WrappedTable, row: _Row, column: str) -> bytes | None:
    if row[column] is None:
        return None
    name, kind = _name(table, row), table.kinds[column]
    try:
        return root.unwrap(row[column], table=table.name, row=name, kind=kind)
    except CannotOpen:
        return None


def _version(sealed: bytes) -> int:
    """Return the version that wrapped a value; 0 for what is no wrap at all."""
    try:
        return version_of(sealed)
    except CannotOpen:
        return 0


def _rows(
    session: Session, table: WrappedTable, *, mark: bytes | None, after: tuple[Any, ...] | None
) -> list[dict[str, Any]]:
    """Return the next rows by key; with a `mark` only those with a value of another version."""
    columns = table.table.c
    keys = [columns[name] for name in _key_names(table)]
    wanted = sa.select(*(columns[name] for name in _read_columns(table))).where(_due(table, mark))
    if after is not None:
        wanted = wanted.where(sa.tuple_(*keys) > sa.tuple_(*after))
    return [
        dict(row) for row in session.execute(wanted.order_by(*keys).limit(table.at_once)).mappings()
    ]


def _due(table: WrappedTable, mark: bytes | None) -> sa.ColumnElement[bool]:
    """Say of which rows some value does not begin with `mark`; without a mark it is all."""
    if mark is None:
        return sa.true()
    start = [sa.func.substr(table.table.c[name], 1, len(mark)) for name in table.kinds]
    return sa.or_(*(each != mark for each in start))


def _count_rows(database: Database, table: WrappedTable, mark: bytes | None) -> int:
    counted = sa.select(sa.func.count()).select_from(table.table).where(_due(table, mark))
    with database.reading() as session:
        return session.scalar(counted) or 0


def _all_rows(session: Session, table: WrappedTable, mark: bytes | None) -> Iterator[_Row]:
    last: tuple[Any, ...] | None = None
    while rows := _rows(session, table, mark=mark, after=last):
        yield from rows
        last = _key(table, rows[-1])


def _read_columns(table: WrappedTable) -> list[str]:
    wanted = (
        *_key_names(table),
        *table.row,
        *table.kinds,
        *(each.column for each in table.lookups),
    )
    return list(dict.fromkeys(wanted))


def _key_names(table: WrappedTable) -> list[str]:
    return [column.name for column in table.table.primary_key.columns]


def _key(table: WrappedTable, row: _Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _key_names(table))


def _name(table: WrappedTable, row: _Row) -> str:
    return "/".join(str(row[name]) for name in table.row)
