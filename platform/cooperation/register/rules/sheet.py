"""The CSV file of addresses: its columns, what a row says, errors by line; pure.

States and kinds of post are taken as people write them: by code or by name in any language of the
register, "Embassy in Brussels" as "embassy_elsewhere".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cooperation.core.text import Text, _
from cooperation.register.rules.kinds import named_post
from cooperation.register.rules.posts import (
    AddressFields,
    PostKind,
    address_errors,
    completed,
)
from cooperation.register.rules.tables import Line, quoted, read_table, word_key

_CELL_CHARACTERS = 500
_YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "si", "s", "vrai", "verdadero"})
_NO = frozenset({"", "no", "n", "false", "0", "non", "faux", "falso"})


@dataclass(frozen=True)
class Column:
    """One column of the file, as its page documents it."""

    name: str
    is_required: bool
    meaning: Text


COLUMNS = (
    Column("state", True, _("The State's code in the register, such as KEN, or its name.")),
    Column(
        "kind",
        True,
        _(
            "One of: embassy_the_hague, embassy_elsewhere, permanent_mission, ministry; or in "
            "words, such as Embassy in Brussels."
        ),
    ),
    Column("place", False, _("The city; needed for an embassy elsewhere.")),
    Column("line_1", False, _("First line of the postal address.")),
    Column("line_2", False, _("Second line.")),
    Column("line_3", False, _("Third line.")),
    Column("line_4", False, _("Fourth line.")),
    Column("email", False, _("One e-mail address; leave blank for delivery by hand.")),
    Column(
        "of_record",
        False,
        _("yes for the post to which notes verbales go; at most one for each State."),
    ),
)
_NAMES = tuple(column.name for column in COLUMNS)
_LINE_NAMES = tuple(name for name in _NAMES if name.startswith("line_"))


@dataclass(frozen=True)
class LineError:
    """What is wrong in one line, counted as an editor counts them, the heading being line 1."""

    line: int
    sentence: Text


@dataclass(frozen=True)
class SheetRow:
    """One address of the file."""

    line: int
    state_code: str
    fields: AddressFields


@dataclass(frozen=True)
class Sheet:
    """All rows that could be read and all errors; a sheet with errors is never applied."""

    rows: tuple[SheetRow, ...]
    errors: tuple[LineError, ...]


def parse_sheet(content: bytes, codes: Mapping[str, str]) -> Sheet:
    """Read a file of addresses; raises `SheetUnreadableError` where it is no such file.

    `codes` are the States' codes by all their names, as `state_names` makes them.
    """
    needed = [column.name for column in COLUMNS if column.is_required]
    known: list[SheetRow] = []
    errors: list[LineError] = []
    for line in read_table(content, names=_NAMES, needed=needed):
        row, sentences = _row(line, codes)
        errors += [LineError(line.number, sentence) for sentence in sentences]
        if row is not None:
            known.append(row)
    wrong = {error.line for error in errors}
    errors += _contradictions(known)
    rows = tuple(row for row in known if row.line not in wrong)
    return Sheet(rows, tuple(sorted(errors, key=lambda error: error.line)))


def _row(line: Line, codes: Mapping[str, str]) -> tuple[SheetRow | None, list[Text]]:
    """Return what the line says, where State and post are known, and all that is wrong with it."""
    values = line.cells
    if any(len(value) > _CELL_CHARACTERS for value in values.values()):
        return None, [_("A cell holds more than %(number)s characters.", number=_CELL_CHARACTERS)]
    code = codes.get(word_key(values["state"]))
    kind, place = named_post(values["kind"], values.get("place", ""))
    sentences = list(_choice_errors(line, code, kind))
    fields = _fields(values, kind or PostKind.MINISTRY, place)
    sentences += [sentence for _field, sentence in address_errors(fields)]
    return SheetRow(line.number, code, fields) if code and kind else None, sentences


def _fields(values: Mapping[str, str], kind: PostKind, place: str) -> AddressFields:
    return completed(
        AddressFields(
            kind=kind,
            place=place,
            lines=tuple(values.get(name, "") for name in _LINE_NAMES),
            email=values.get("email", ""),
            is_of_record=word_key(values.get("of_record", "")) in _YES,
        )
    )


def _choice_errors(line: Line, code: str | None, kind: PostKind | None) -> Iterator[Text]:
    values = line.cells
    if line.stray:
        yield _("%(words)s stands in a column without a heading.", words=quoted(line.stray))
    if not values["state"]:
        yield _("The State is missing.")
    elif code is None:
        yield _("%(name)s is not in the register.", name=quoted(values["state"]))
    if not values["kind"]:
        yield _("The kind of post is missing.")
    elif kind is None:
        yield _("%(kind)s is not a kind of post.", kind=quoted(values["kind"]))
    if word_key(values.get("of_record", "")) not in _YES | _NO:
        yield _("The column of_record takes yes, no, or nothing.")


def _contradictions(rows: Sequence[SheetRow]) -> Iterator[LineError]:
    """Find what no single line shows: a post twice, two of record, one e-mail for two States."""
    posts: dict[tuple[str, str], int] = {}
    records: dict[str, int] = {}
    emails: dict[str, SheetRow] = {}
    for row in rows:
        key = (row.state_code, row.fields.kind)
        if posts.setdefault(key, row.line) != row.line:
            yield LineError(row.line, _("The same post stands in line %(line)s.", line=posts[key]))
        if row.fields.is_of_record:
            first = records.setdefault(row.state_code, row.line)
            if first != row.line:
                yield LineError(
                    row.line,
                    _("Line %(line)s is this State's address of record already.", line=first),
                )
        if row.fields.email:
            other = emails.setdefault(row.fields.email.casefold(), row)
            if other.state_code != row.state_code:
                yield LineError(
                    row.line,
                    _("Line %(line)s gives this e-mail to another State.", line=other.line),
                )
