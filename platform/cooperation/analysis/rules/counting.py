"""Counts and shares of options by regional group, each with its base; the response rate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from cooperation.analysis.rules.roster import OVERALL, Group, Roster
from cooperation.editions.rules import Option
from cooperation.responses.rules import AnswerStatus


@dataclass(frozen=True, slots=True)
class Reply:
    """What one State's record says, reduced to what is counted."""

    state: str
    status: AnswerStatus
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountRow:
    """One row of a figure. `base` counts the States that answered, `states` all of the group."""

    group: Group
    states: int
    base: int
    counts: tuple[int, ...]
    no_answer: int
    not_asked: int

    @property
    def shares(self) -> tuple[float | None, ...]:
        """The share of the base for each option; nothing where nobody answered."""
        return tuple(count / self.base if self.base else None for count in self.counts)

    @property
    def not_counted(self) -> int:
        """States of the row with no record that is open to the reader and counted here."""
        return self.states - self.base - self.no_answer - self.not_asked

    @property
    def is_overall(self) -> bool:
        """Whether this is the row over all groups."""
        return self.group is OVERALL


@dataclass(frozen=True)
class Distribution:
    """How the answers spread over the options. With `is_multiple`, shares may sum to over one."""

    options: tuple[Option, ...]
    rows: tuple[CountRow, ...]
    is_multiple: bool

    @property
    def overall(self) -> CountRow:
        """The row over all groups."""
        return self.rows[-1]

    @property
    def groups(self) -> tuple[CountRow, ...]:
        """The rows of the regional groups."""
        return self.rows[:-1]

    def ranked(self) -> tuple[tuple[Option, int], ...]:
        """Return the options with their overall counts, most chosen first."""
        pairs = zip(self.options, self.overall.counts, strict=True)
        return tuple(sorted(pairs, key=lambda pair: -pair[1]))


@dataclass(frozen=True)
class RateRow:
    """How many States of a row replied, of how many that were asked."""

    group: Group
    replied: int
    base: int

    @property
    def share(self) -> float | None:
        """The share that replied; nothing where there is nobody to ask."""
        return self.replied / self.base if self.base else None

    @property
    def is_overall(self) -> bool:
        """Whether this is the row over all groups."""
        return self.group is OVERALL


def distribution_of(
    options: tuple[Option, ...], replies: Iterable[Reply], roster: Roster, *, is_multiple: bool
) -> Distribution:
    """Return counts by regional group and overall; at most one reply of each State."""
    chosen: Counter[tuple[Group, str]] = Counter()
    statuses: Counter[tuple[Group, AnswerStatus]] = Counter()
    for reply in replies:
        for row in roster.places[reply.state]:
            statuses[row, reply.status] += 1
            for choice in reply.choices:
                chosen[row, choice] += 1
    rows = tuple(
        CountRow(
            group=row,
            states=roster.sizes[row],
            base=statuses[row, AnswerStatus.ANSWERED],
            counts=tuple(chosen[row, option.code] for option in options),
            no_answer=statuses[row, AnswerStatus.NO_ANSWER],
            not_asked=statuses[row, AnswerStatus.NOT_ASKED],
        )
        for row in roster.rows
    )
    return Distribution(options, rows, is_multiple)


def response_rate(groups: Mapping[str, str], replied: Set[str]) -> tuple[RateRow, ...]:
    """Return the response rate by group and overall: base are the edition's States Parties."""
    rows: tuple[Group, ...] = (*sorted(set(groups.values())), OVERALL)
    found = []
    for row in rows:
        states = [state for state, group in groups.items() if row in (OVERALL, group)]
        found.append(RateRow(row, sum(state in replied for state in states), len(states)))
    return tuple(found)
