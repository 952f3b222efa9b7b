"""The rows of a database, table by table, as a backup lists them; the same on both engines.

Names and columns are the database's own, not the models': an older schema is read as it is.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from cooperation.core.db import is_sqlite
from cooperation.safekeeping.rules.lines import line_of
from cooperation.safekeeping.rules.manifest import LEFT_OUT, UNSIGNED, Counted

_AT_ONCE = 500


class _Count:
    """A table's lines so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.digest = sha256()


def tables_of(connection: sa.Connection) -> list[str]:
    """Return the names of all tables, in order."""
    return sorted(sa.inspect(connection).get_table_names())


def row_lines(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Give table and line of every row that a backup holds, in the order of tables and keys."""
    for table in _listed(connection):
        yield from ((table, line) for line in _lines_of(connection, table))


def _listed(connection: sa.Connection) -> list[str]:
    return [table for table in tables_of(connection) if table not in LEFT_OUT | UNSIGNED]


def _lines_of(connection: sa.Connection, table: str) -> Iterator[str]:
    inspector, quote = sa.inspect(connection), connection.dialect.identifier_preparer.quote
    key = inspector.get_pk_constraint(table)["constrained_columns"]
    columns = {each["name"]: each["type"] for each in inspector.get_columns(table)}
    collate = "" if is_sqlite(connection) else ' COLLATE "C"'
    order = [
        quote(name) + (collate if isinstance(columns[name], sa.String) else "") for name in key
    ]
    names = ", ".join(map(quote, sorted(columns)))
    # Every name is the database's own.
    wanted = f"SELECT {names} FROM {quote(table)} ORDER BY {', '.join(order)}"  # noqa: S608  # nosec B608
    streaming = {"yield_per": _AT_ONCE}
    for row in connection.execute(sa.text(wanted), execution_options=streaming).mappings():
        yield line_of(table, key, dict(row))


def write_rows(connection: sa.Connection, place: Path) -> dict[str, Counted]:
    """Write every row's line into a file; return how many rows each table has, and their hash."""
    counts = {
        table: _Count() for table in tables_of(connection) if table not in LEFT_OUT | UNSIGNED
    }
    with place.open("w", encoding="utf-8", newline="\n") as file:
        for table, line in row_lines(connection):
            text = f"{line}\n"
            counts[table].rows += 1
            counts[table].digest.update(text.encode())
            file.write(text)
    return {table: Counted(each.rows, each.digest.hexdigest()) for table, each in counts.items()}
