"""Small numbers: which cells of a table are hidden before readers see it who may not open answers.

A table counts, for one question with a single choice, the answers by regional group: a row for
each group with its base, and the overall row. Every cell under five is hidden, zeros too (a zero
beside a base tells what all the others said). Then further cells are hidden until no hidden cell
can be computed from the shown ones, knowing that counts are never negative (design: product, Small
numbers).

The table is a flow of States: from the source to their group, to their option, to the sink, and
back. A hidden cell cannot be computed if and only if one State more or less can run through it over
other hidden cells while every shown cell stays as it is: then there is another table of whole
numbers that looks the same. States that asked not to be counted by region stand in the overall row
alone; the difference would tell on them, so they are a row of the flow that is never shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALLEST = 5
"""The smallest count that is shown."""

Cell = tuple[int, int]
"""Row and column of the full table; its last row and its last column are the totals."""


@dataclass(frozen=True)
class CountTable:
    """Counts by group and option. `beside` are those counted overall but in no group, by option."""

    groups: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    beside: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many States are counted."""
        return sum(map(sum, self.counts)) + sum(self.beside)


@dataclass(frozen=True)
class ProtectedRow:
    """A row as it is released: `None` is a hidden count. `group` is empty for the overall row."""

    group: str
    base: int | None
    counts: tuple[int | None, ...]


@dataclass(frozen=True)
class _Grid:
    """The full table: rows of groups, the row beside where there is one, the overall row."""

    values: tuple[tuple[int, ...], ...]
    has_beside: bool

    @property
    def last_row(self) -> int:
        return len(self.values) - 1

    @property
    def last_column(self) -> int:
        return len(self.values[0]) - 1

    @property
    def beside(self) -> frozenset[Cell]:
        row = self.last_row - 1
        columns = range(self.last_column + 1)
        return frozenset((row, column) for column in columns) if self.has_beside else frozenset()

    @property
    def shown_to_readers(self) -> list[Cell]:
        """All cells that a release may show."""
        rows, columns = range(self.last_row + 1), range(self.last_column + 1)
        cells = ((row, column) for row in rows for column in columns)
        return [cell for cell in cells if cell not in self.beside]

    def value(self, cell: Cell) -> int:
        return self.values[cell[0]][cell[1]]

    def worth(self, cell: Cell) -> tuple[int, int, Cell]:
        """Return how much readers want a cell: totals most, then large counts; no two alike."""
        totals = (cell[0] == self.last_row) + (cell[1] == self.last_column)
        return totals, self.value(cell), cell

    def ends(self, cell: Cell) -> tuple[str, str]:
        """Return the two nodes that a cell's States run between."""
        row, column = cell
        first = "sink" if row == self.last_row else f"row {row}"
        second = "source" if column == self.last_column else f"column {column}"
        if row == self.last_row and column == self.last_column:
            return "sink", "source"
        if row == self.last_row:
            return second, first
        if column == self.last_column:
            return "source", first
        return first, second


def protect(table: CountTable, *, smallest: int = SMALLEST) -> tuple[ProtectedRow, ...] | None:
    """Return the rows of a table with its small cells hidden; nothing where it cannot be told."""
    if table.total < smallest:
        return None
    grid = _grid(table)
    small = {cell for cell in grid.shown_to_readers if grid.value(cell) < smallest}
    small_beside = {cell for cell in grid.beside if grid.value(cell) < smallest}
    hidden = _complete(grid, small, small_beside)
    if hidden is None:
        return None
    return tuple(
        ProtectedRow(
            group=table.groups[row] if row < len(table.groups) else "",
            base=_shown(grid, hidden, (row, grid.last_column)),
            counts=tuple(_shown(grid, hidden, (row, each)) for each in range(grid.last_column)),
        )
        for row in (*range(len(table.groups)), grid.last_row)
    )


def _grid(table: CountTable) -> _Grid:
    has_beside = any(table.beside)
    rows = [*table.counts, table.beside] if has_beside else list(table.counts)
    full = [(*row, sum(row)) for row in rows]
    totals = tuple(sum(column) for column in zip(*full, strict=True))
    return _Grid((*full, totals), has_beside)


def _shown(grid: _Grid, hidden: set[Cell], cell: Cell) -> int | None:
    return None if cell in hidden else grid.value(cell)


def _complete(grid: _Grid, small: set[Cell], small_beside: set[Cell]) -> set[Cell] | None:
    """Hide further cells until nothing hidden can be computed; then show what need not be hidden.

    Nothing where even the number of all States alone would tell, as nearly all stand beside.
    """
    hidden = set(small)
    while exposed := _exposed(grid, hidden, small_beside):
        cell = _next_to_hide(grid, hidden, exposed[0], small_beside)
        if cell is None:
            return None
        hidden.add(cell)
    for cell in sorted(hidden - small, key=grid.worth, reverse=True):
        fewer = hidden - {cell}
        if not _exposed(grid, fewer, small_beside):
            hidden = fewer
    return hidden


def _exposed(grid: _Grid, hidden: set[Cell], small_beside: set[Cell]) -> list[Cell]:
    """Return the hidden cells that the shown ones give away.

    Who stands beside the regions may be known elsewhere, so it hides nothing for the others.
    """
    given_away = [cell for cell in hidden if not _can_differ(grid, cell, hidden)]
    unknown = hidden | grid.beside
    given_away += [cell for cell in small_beside if not _can_differ(grid, cell, unknown)]
    return sorted(given_away)


def _can_differ(grid: _Grid, cell: Cell, unknown: Iterable[Cell]) -> bool:
    start, end = grid.ends(cell)
    others = [other for other in unknown if other != cell]
    if _is_reached(grid, end, start, others):
        return True
    return grid.value(cell) > 0 and _is_reached(grid, start, end, others)


def _is_reached(grid: _Grid, start: str, end: str, cells: Sequence[Cell]) -> bool:
    """Tell whether a State more can run from `start` to `end`: forward, or back where one is."""
    steps: dict[str, set[str]] = {}
    for cell in cells:
        one, other = grid.ends(cell)
        steps.setdefault(one, set()).add(other)
        if grid.value(cell) > 0:
            steps.setdefault(other, set()).add(one)
    found, open_ends = {start}, [start]
    while open_ends:
        fresh = steps.get(open_ends.pop(), set()) - found
        found |= fresh
        open_ends += fresh
    return end in found


def _next_to_hide(
    grid: _Grid, hidden: set[Cell], exposed: Cell, small_beside: set[Cell]
) -> Cell | None:
    """Choose what helps most and costs least: no total, in the same row or column, small.

    The number of all States is never hidden.
    """
    number_of_all = (grid.last_row, grid.last_column)
    free = [cell for cell in grid.shown_to_readers if cell not in hidden | {number_of_all}]

    def cost(cell: Cell) -> tuple[int, int, bool, int, Cell]:
        still_exposed = len(_exposed(grid, hidden | {cell}, small_beside))
        is_elsewhere = cell[0] != exposed[0] and cell[1] != exposed[1]
        totals, value, place = grid.worth(cell)
        return still_exposed, totals, is_elsewhere, value, place

    return min(free, key=cost, default=None)
