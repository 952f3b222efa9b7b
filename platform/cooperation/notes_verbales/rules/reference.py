"""The reference of a note: `ICC-ASP/{session}/{group}/{nn}`.

Session = year - 2001; one counter for a session over all groups, which letters written elsewhere
use too, so that the officer confirms the next number or types another (design: product, Facts that
bind the software).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _

_PATTERN = re.compile(r"ICC-ASP/([1-9][0-9]?)/(S/LDC|SP|OS|IS|S)/([0-9]{2,3})", re.ASCII)
_FIRST_YEAR = 2001
HIGHEST_NUMBER = 999


class NoteGroup(StrEnum):
    """To whom the notes of a letter group go."""

    SP = "SP"
    S = "S"
    OS = "OS"
    IS = "IS"
    S_LDC = "S/LDC"


GROUP_LABELS: dict[NoteGroup, Text] = {
    NoteGroup.SP: _("States Parties"),
    NoteGroup.S: _("All States"),
    NoteGroup.OS: _("Observer States"),
    NoteGroup.IS: _("Invited States"),
    NoteGroup.S_LDC: _("Trust fund for least developed countries"),
}


class BadReferenceError(Invalid):
    """The reference that was typed does not follow the pattern."""

    sentence = _("Enter a reference like ICC-ASP/25/SP/09.")


@dataclass(frozen=True, order=True)
class Reference:
    """A note's reference; prints as it stands on the note."""

    session: int
    group: NoteGroup
    number: int

    def __str__(self) -> str:
        return f"ICC-ASP/{self.session}/{self.group.value}/{self.number:02d}"


def session_of(year: int) -> int:
    """Return the session of the Assembly to which notes of `year` belong."""
    return year - _FIRST_YEAR


def parse_reference(typed: str) -> Reference:
    """Return the reference that was typed; raises `BadReferenceError`."""
    found = _PATTERN.fullmatch(typed.strip().upper())
    if found is None or int(found[3]) == 0:
        raise BadReferenceError
    return Reference(int(found[1]), NoteGroup(found[2]), int(found[3]))


def next_number(used: Iterable[int]) -> int:
    """Return the number after the highest that the session has used in any group."""
    return max(used, default=0) + 1


def file_stem(reference: str) -> str:
    """Return the reference as part of a file's name."""
    return reference.replace("/", "-")
