"""Small numbers: what is hidden, and that nothing hidden can be computed from what is shown."""

from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.analysis.rules import CountTable, ProtectedRow, protect

GROUPS = ("AFR", "APG", "EEG")


def rows_of(counts, beside=(), smallest=5):
    options = len(counts[0])
    table = CountTable(GROUPS[: len(counts)], tuple(counts), tuple(beside) or (0,) * options)
    return protect(table, smallest=smallest)


def test_table_without_small_cells_is_shown_whole():
    assert rows_of([(5, 6), (7, 8)]) == (
        ProtectedRow("AFR", 11, (5, 6)),
        ProtectedRow("APG", 15, (7, 8)),
        ProtectedRow("", 26, (12, 14)),
    )


def test_small_cell_is_hidden_with_three_others():
    found = rows_of([(3, 9), (7, 8)])

    assert found == (
        ProtectedRow("AFR", 12, (None, None)),
        ProtectedRow("APG", 15, (None, None)),
        ProtectedRow("", 27, (10, 17)),
    )


def test_zero_is_hidden_too():
    found = rows_of([(0, 9), (7, 8), (9, 9)])

    assert found[0].counts[0] is None
    assert sum(count is None for row in found for count in (*row.counts, row.base)) >= 4


def test_totals_under_five_are_hidden():
    found = rows_of([(1, 2), (12, 13)])

    assert found[0].base is None
    assert found[0].counts == (None, None)


def test_fewer_than_five_states_are_no_table():
    assert rows_of([(1, 2), (1, 0)]) is None


def test_table_that_cannot_be_protected_is_none():
    assert rows_of([(0, 0), (0, 0)], beside=(5, 1)) is None


def test_states_not_counted_by_region_are_not_told_by_subtraction():
    alone = rows_of([(9, 9), (9, 9)])
    found = rows_of([(9, 9), (9, 9)], beside=(1, 0))

    assert all(None not in row.counts for row in alone)
    for column in (0, 1):
        column_shown = [row.counts[column] for row in found]
        assert None in column_shown
    assert None in [row.base for row in found]


@cache
def partitions(total, parts):
    """All ways to put `total` States into `parts` cells."""
    places = combinations(range(total + parts - 1), parts - 1)
    return [
        tuple(b - a - 1 for a, b in zip((-1, *each), (*each, total + parts - 1), strict=True))
        for each in places
    ]


def full(interior, rows, options, beside_row):
    """The table that readers see of an interior: groups with base, then the overall row."""
    grid = [interior[row * options : (row + 1) * options] for row in range(rows)]
    totals = [sum(row[option] for row in grid) for option in range(options)]
    seen = [row for number, row in enumerate(grid) if number != beside_row]
    return [(*row, sum(row)) for row in (*seen, totals)]


def possible(found, total, rows, options, *, beside_row=None, known_beside=None):
    """All interiors that look as the released table does."""
    shown = [(*row.counts, row.base) for row in found]
    for interior in partitions(total, rows * options):
        if known_beside and interior[beside_row * options :] != known_beside:
            continue
        table = full(interior, rows, options, beside_row)
        pairs = [
            (cell, is_shown)
            for line, shown_line in zip(table, shown, strict=True)
            for cell, is_shown in zip(line, shown_line, strict=True)
        ]
        if all(is_shown is None or cell == is_shown for cell, is_shown in pairs):
            yield interior, [cell for cell, is_shown in pairs if is_shown is None]


SMALL_COUNTS = st.integers(0, 4)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from([(2, 2), (2, 3), (3, 2)]).flatmap(
        lambda shape: st.lists(
            st.lists(SMALL_COUNTS, min_size=shape[1], max_size=shape[1]).map(tuple),
            min_size=shape[0],
            max_size=shape[0],
        )
    )
)
def test_no_hidden_cell_can_be_computed(counts):
    total = sum(map(sum, counts))
    if not 3 <= total <= 10:
        return
    found = rows_of(counts, smallest=3)

    candidates = [hidden for _i, hidden in possible(found, total, len(counts), len(counts[0]))]

    for values in zip(*candidates, strict=True):
        assert len(set(values)) > 1
    for row in found:
        assert all(count is None or count >= 3 for count in (*row.counts, row.base))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(SMALL_COUNTS, SMALL_COUNTS), min_size=3, max_size=3))
def test_nor_with_states_beside_the_regions_whether_they_are_known_or_not(counts):
    *groups, beside = counts
    total = sum(map(sum, counts))
    if not 3 <= total <= 10 or not any(beside):
        return
    found = rows_of(groups, beside, smallest=3)
    if found is None:
        return

    known = possible(found, total, 3, 2, beside_row=2, known_beside=beside)
    unknown = [each for each, _hidden in possible(found, total, 3, 2, beside_row=2)]

    for values in zip(*(hidden for _i, hidden in known), strict=True):
        assert len(set(values)) > 1
    for column, value in enumerate(beside):
        if value < 3:
            assert len({each[4 + column] for each in unknown}) > 1
    if sum(beside) < 3:
        assert len({sum(each[4:]) for each in unknown}) > 1


def test_large_table_is_protected_quickly():
    counts = [(14, 3, 6, 2), (8, 9, 0, 7), (5, 5, 5, 5)]

    found = rows_of(counts)

    hidden = [
        (row, column)
        for row, line in enumerate(found)
        for column, count in enumerate((*line.counts, line.base))
        if count is None
    ]
    assert {(0, 1), (0, 3), (1, 2)} <= set(hidden)
    assert all(sum(cell[0] == row for cell in hidden) != 1 for row in range(4))
    assert all(sum(cell[1] == column for cell in hidden) != 1 for column in range(5))


@pytest.mark.parametrize("counts", [[(20, 0)], [(4, 1)], [(5, 5)]])
def test_single_group_gives_nothing_away(counts):
    found = rows_of(counts)

    group, overall = found
    assert group.base == overall.base == sum(counts[0])
    is_small = any(count < 5 for count in counts[0])
    assert (None in group.counts) is is_small
    assert (None in overall.counts) is is_small
