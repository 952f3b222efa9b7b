"""Where each State is counted: its regional group's row, the overall row, or nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cooperation.responses.rules import Counting

Group = str | None
"""A regional group's code; nothing for the overall row."""

OVERALL: Group = None


@dataclass(frozen=True)
class Roster:
    """The States Parties of an edition: their groups, and where their answers are counted.

    "No" keeps a State out of what is shown outside the Court, "not by region" out of every group.
    `counting` follows from the consent in a State's last submission; without one it counts nowhere.
    """

    groups: Mapping[str, str]
    counting: Mapping[str, Counting]
    is_for_court: bool

    @cached_property
    def rows(self) -> tuple[Group, ...]:
        """The rows of every figure: the groups in alphabetical order, then the overall row."""
        return (*sorted(set(self.groups.values())), OVERALL)

    @cached_property
    def sizes(self) -> Mapping[Group, int]:
        """How many States Parties each row stands for."""
        states = list(self.groups.values())
        sizes: dict[Group, int] = {group: states.count(group) for group in set(states)}
        return sizes | {OVERALL: len(states)}

    @cached_property
    def places(self) -> Mapping[str, tuple[Group, ...]]:
        """The rows in which each State is counted."""
        return {state: self._places_of(state) for state in self.groups}

    def _places_of(self, state: str) -> tuple[Group, ...]:
        counting = self.counting.get(state, Counting.COURT)
        if counting is Counting.OVERALL:
            return (OVERALL,)
        if counting is Counting.EVERYWHERE or self.is_for_court:
            return (self.groups[state], OVERALL)
        return ()

    @property
    def overall_only(self) -> int:
        """How many States this reader finds in the overall row only."""
        return sum(places == (OVERALL,) and state in self.counting for state, places in self._all())

    @property
    def not_counted(self) -> int:
        """How many States with a submission this reader's figures leave out."""
        return sum(not places and state in self.counting for state, places in self._all())

    def _all(self) -> tuple[tuple[str, tuple[Group, ...]], ...]:
        return tuple(self.places.items())
