"""A State's posts: kinds, what an address must hold, the usual places (note_verbale, template)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cooperation.core.characters import clean_line, without_unwanted
from cooperation.core.emails import email_problem, plain_email
from cooperation.core.text import Text, _

MAX_LINES = 6
_LINE_CHARACTERS = 120
_PLACE_CHARACTERS = 100


class PostKind(StrEnum):
    """The kinds of post to which a note verbale goes."""

    EMBASSY_THE_HAGUE = "embassy_the_hague"
    EMBASSY_ELSEWHERE = "embassy_elsewhere"
    PERMANENT_MISSION = "permanent_mission"
    MINISTRY = "ministry"

    @property
    def label(self) -> Text:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    PostKind.EMBASSY_THE_HAGUE: _("Embassy in The Hague"),
    PostKind.EMBASSY_ELSEWHERE: _("Embassy in Brussels or elsewhere"),
    PostKind.PERMANENT_MISSION: _("Permanent mission in New York"),
    PostKind.MINISTRY: _("Ministry of Foreign Affairs"),
}

_USUAL_PLACES = {
    PostKind.EMBASSY_THE_HAGUE: "The Hague",
    PostKind.PERMANENT_MISSION: "New York",
}


@dataclass(frozen=True)
class AddressFields:
    """What is typed or imported for one post; `email` is empty where delivery is by hand.

    `language`, in which the post is written to, is blank where it stays as it is.
    """

    kind: PostKind
    place: str
    lines: tuple[str, ...]
    email: str
    is_of_record: bool
    language: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Address(AddressFields):
    """One post as the register holds it."""

    id: str
    state_code: str
    version: int


def completed(fields: AddressFields) -> AddressFields:
    """Return the fields as they are kept, with the usual place where none was given."""
    place = _one_line(fields.place) or _USUAL_PLACES.get(fields.kind, "")
    lines = tuple(line for line in map(_one_line, fields.lines) if line)
    return replace(fields, place=place, lines=lines, email=plain_email(fields.email))


def _one_line(text: str) -> str:
    return " ".join(clean_line(without_unwanted(text)).split())


def address_errors(fields: AddressFields) -> tuple[tuple[str, Text], ...]:
    """Return (field, sentence) for each thing that is wrong with completed fields."""
    return tuple(_errors(fields))


def _errors(fields: AddressFields) -> Iterator[tuple[str, Text]]:
    if not fields.place and fields.kind is PostKind.EMBASSY_ELSEWHERE:
        yield "place", _("Enter the place of this embassy.")
    if len(fields.place) > _PLACE_CHARACTERS:
        yield (
            "place",
            _("Enter a place of at most %(number)s characters.", number=_PLACE_CHARACTERS),
        )
    if len(fields.lines) > MAX_LINES:
        yield "lines", _("Enter at most %(number)s lines.", number=MAX_LINES)
    if any(len(line) > _LINE_CHARACTERS for line in fields.lines):
        yield "lines", _("Use at most %(number)s characters a line.", number=_LINE_CHARACTERS)
    problem = email_problem(fields.email) if fields.email else None
    if problem is not None:
        yield "email", problem
