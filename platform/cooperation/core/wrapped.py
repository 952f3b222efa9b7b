"""Which columns the root key has wrapped: each slice lists its own, root rotation goes through all.

A column that is not listed would be lost when the old version is destroyed; the test in
tests/architecture/test_wrapped.py reads every use of a wrap and every column of bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.core.db import Base


@dataclass(frozen=True)
class Lookup:
    """A column under whose value a wrapped text is found."""

    column: str
    wrapped: str
    purpose: str


@dataclass(frozen=True)
class WrappedTable:
    """The wrapped columns of one table.

    `kinds` gives the kind of wrap of each column. The columns in `row` name a row in its wraps,
    joined by a slash. `lookups` are computed anew from the text that they lead to. `at_once` rows
    are written in one transaction: a save waits for some 20 milliseconds at most.
    """

    table: sa.Table
    kinds: Mapping[str, str]
    row: tuple[str, ...] = ("id",)
    lookups: tuple[Lookup, ...] = ()
    at_once: int = 200

    @property
    def name(self) -> str:
        """The table's name, in the database and in its wraps."""
        return self.table.name


def table_of(model: type[Base]) -> sa.Table:
    """Return the table behind a model."""
    table: object = sa.inspect(model).local_table
    if not isinstance(table, sa.Table):
        raise TypeError("a model has a table")
    return table
