"""Who is a State Party on a day, and in which regional group (Rome Statute, articles 126, 127)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cooperation.core.characters import folded
from cooperation.core.text import Text, _
from cooperation.register.rules.tables import word_key


class RegionalGroup(StrEnum):
    """The five regional groups of the United Nations, in the order of the Assembly's documents."""

    AFR = "AFR"
    APG = "APG"
    EEG = "EEG"
    GRULAC = "GRULAC"
    WEOG = "WEOG"

    @property
    def label(self) -> Text:
        """The group's name."""
        return _LABELS[self]


_LABELS = {
    RegionalGroup.AFR: _("African States"),
    RegionalGroup.APG: _("Asia-Pacific States"),
    RegionalGroup.EEG: _("Eastern European States"),
    RegionalGroup.GRULAC: _("Latin American and Caribbean States"),
    RegionalGroup.WEOG: _("Western European and other States"),
}


@dataclass(frozen=True)
class StateParty:
    """A State that is or was a party. `name` is the English short name, `names` all by language.

    `formal_name_with_article` is what a note verbale says: 'the Kingdom of Belgium', 'Japan'.
    """

    code: str
    name: str
    formal_name_with_article: str
    group: RegionalGroup
    names: Mapping[str, str]
    entry_into_force: date
    withdrawal_effective: date | None = None

    def is_party_on(self, day: date) -> bool:
        """Tell whether the Statute is in force for the State on `day`."""
        has_left = self.withdrawal_effective is not None and self.withdrawal_effective <= day
        return self.entry_into_force <= day and not has_left

    @property
    def sort_key(self) -> str:
        """The English name without accents, as lists are ordered."""
        return folded(self.name)


def state_names(states: Iterable[StateParty]) -> dict[str, str]:
    """Return the States' codes by what they may be called, as `word_key` writes it.

    Codes, short names in all languages with and without what stands in brackets, formal names. What
    would mean two States means none.
    """
    found: dict[str, set[str]] = {}
    for state in states:
        for name in _names_of(state):
            found.setdefault(word_key(name), set()).add(state.code)
    return {key: codes.pop() for key, codes in found.items() if len(codes) == 1}


def _names_of(state: StateParty) -> Iterator[str]:
    yield state.code
    yield state.formal_name_with_article
    yield state.formal_name_with_article.removeprefix("the ")
    for name in (state.name, *state.names.values()):
        yield name
        yield name.partition("(")[0]


def parties_among(states: Iterable[StateParty], day: date) -> list[StateParty]:
    """Return those that are parties on `day`, by English name."""
    parties = [state for state in states if state.is_party_on(day)]
    return sorted(parties, key=lambda state: state.sort_key)


def count_by_group(states: Iterable[StateParty]) -> dict[RegionalGroup, int]:
    """Return how many of `states` each regional group has, also none."""
    counted = Counter(state.group for state in states)
    return {group: counted[group] for group in RegionalGroup}
