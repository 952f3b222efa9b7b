"""Invented States for demonstrations: the true numbers of the groups, no true name.

No real State may stand beside an invented answer (design: interface, pitfall 13).
"""

from collections.abc import Mapping, Sequence
from datetime import date

from cooperation.register.rules.posts import AddressFields, PostKind, completed
from cooperation.register.rules.sheet import SheetRow
from cooperation.register.rules.states import RegionalGroup, StateParty

_PREFIXES = {
    RegionalGroup.AFR: "AF",
    RegionalGroup.APG: "AS",
    RegionalGroup.EEG: "EA",
    RegionalGroup.GRULAC: "LA",
    RegionalGroup.WEOG: "WE",
}
_FORMAL_NAMES = ("the Republic of %s", "the Kingdom of %s", "%s", "the Republic of %s")
_KINDS = tuple(PostKind)
_PLACES = {PostKind.EMBASSY_ELSEWHERE: "Brussels", PostKind.MINISTRY: "Capital City"}
_WITHOUT_EMAIL = 12
"""One State in so many has no e-mail address, so its note is delivered by hand."""


def fictional_states(numbers: Mapping[RegionalGroup, int]) -> list[StateParty]:
    """Return as many invented parties of each group as `numbers` says: State AF-01, ..."""
    return [
        _state(group, number)
        for group in RegionalGroup
        for number in range(1, numbers.get(group, 0) + 1)
    ]


def _state(group: RegionalGroup, number: int) -> StateParty:
    short = f"{_PREFIXES[group]}-{number:02}"
    name = f"State {short}"
    return StateParty(
        code=short.replace("-", ""),
        name=name,
        formal_name_with_article=_FORMAL_NAMES[number % len(_FORMAL_NAMES)] % name,
        group=group,
        names={"en": name, "fr": f"État {short}", "es": f"Estado {short}"},
        entry_into_force=date(2002, 7, 1) if number % 3 else date(2002 + number % 14, 9, 1),
    )


def fictional_addresses(states: Sequence[StateParty]) -> list[SheetRow]:
    """Return one post of record for each invented State, on names that no mail reaches."""
    rows: list[SheetRow] = []
    for line, state in enumerate(states, start=2):
        kind = _KINDS[0] if line % 3 else _KINDS[line % len(_KINDS)]
        email = "" if line % _WITHOUT_EMAIL == 0 else f"post.{state.code.lower()}@example.org"
        lines = (f"{kind.label} · {state.name}", f"{line} Example Street")
        place = _PLACES.get(kind, "")
        fields = completed(AddressFields(kind, place, lines, email, is_of_record=True))
        rows.append(SheetRow(line, state.code, fields))
    return rows
