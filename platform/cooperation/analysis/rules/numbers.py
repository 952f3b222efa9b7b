"""Median and quartiles of numbers by regional group.

Quartiles are those of linear interpolation between the values, both ends included (method 7 of
Hyndman and Fan, what spreadsheets call QUARTILE.INC).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles

from cooperation.analysis.rules.counting import Reply
from cooperation.analysis.rules.roster import OVERALL, Group, Roster
from cooperation.responses.rules import AnswerStatus


@dataclass(frozen=True)
class SpreadRow:
    """One row of a figure over numbers; `quartiles` are lower, median, upper, or nothing."""

    group: Group
    states: int
    base: int
    quartiles: tuple[Decimal, Decimal, Decimal] | None
    no_answer: int
    not_asked: int

    @property
    def not_counted(self) -> int:
        """States of the row with no record that is open to the reader and counted here."""
        return self.states - self.base - self.no_answer - self.not_asked

    @property
    def is_overall(self) -> bool:
        """Whether this is the row over all groups."""
        return self.group is OVERALL


@dataclass(frozen=True)
class Spread:
    """Median and quartiles by row, in `unit`."""

    unit: str | None
    rows: tuple[SpreadRow, ...]

    @property
    def overall(self) -> SpreadRow:
        """The row over all groups."""
        return self.rows[-1]


def quartiles_of(numbers: Iterable[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return lower quartile, median and upper quartile; nothing where there is no number."""
    values = sorted(numbers)
    if not values:
        return None
    if len(values) == 1:
        return values[0], values[0], values[0]
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return lower, median, upper


def spread_of(
    replies: Iterable[Reply], numbers: Mapping[str, Decimal], roster: Roster, *, unit: str | None
) -> Spread:
    """Return median and quartiles by row; `numbers`: by State, of all that answered."""
    values: defaultdict[Group, list[Decimal]] = defaultdict(list)
    missing: defaultdict[tuple[Group, AnswerStatus], int] = defaultdict(int)
    for reply in replies:
        for row in roster.places[reply.state]:
            if reply.status is AnswerStatus.ANSWERED:
                values[row].append(numbers[reply.state])
            else:
                missing[row, reply.status] += 1
    rows = tuple(
        SpreadRow(
            group=row,
            states=roster.sizes[row],
            base=len(values[row]),
            quartiles=quartiles_of(values[row]),
            no_answer=missing[row, AnswerStatus.NO_ANSWER],
            not_asked=missing[row, AnswerStatus.NOT_ASKED],
        )
        for row in roster.rows
    )
    return Spread(unit, rows)
