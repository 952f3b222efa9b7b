"""The CSV file of addresses: its columns, how it is read, errors by line; pure.

Files come from spreadsheets: UTF-8 with or without a mark, comma or semicolon. Anything else is
refused with a sentence that says what to do.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _
from cooperation.register.rules.posts import (
    AddressFields,
    PostKind,
    address_errors,
    completed,
)

MAX_BYTES = 1024 * 1024
MAX_ROWS = 1000
_CELL_CHARACTERS = 500
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True)
class Column:
    """One column of the file, as its page documents it."""

    name: str
    is_required: bool
    meaning: Text


COLUMNS = (
    Column("state", True, _("The State's code in the register, such as KEN.")),
    Column(
        "kind",
        True,
        _("One of: embassy_the_hague, embassy_elsewhere, permanent_mission, ministry."),
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


class SheetUnreadableError(Invalid):
    """The file as a whole cannot be read; nothing of it was taken."""


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


def parse_sheet(content: bytes, known_states: Collection[str]) -> Sheet:
    """Read a file of addresses; raises `SheetUnreadableError` where it is no such file."""
    text = _text(content)
    lines = _cells(text)
    heading = _heading(next(lines, (1, [])))
    filled = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise SheetUnreadableError(_("The file has no rows under its heading."))
    if len(filled) > MAX_ROWS:
        raise SheetUnreadableError(_("The file has more than %(number)s rows.", number=MAX_ROWS))
    known: list[SheetRow] = []
    errors: list[LineError] = []
    for line, cells in filled:
        row, sentences = _row(line, heading, cells, known_states)
        errors += [LineError(line, sentence) for sentence in sentences]
        if row is not None:
            known.append(row)
    wrong = {error.line for error in errors}
    errors += _contradictions(known)
    rows = tuple(row for row in known if row.line not in wrong)
    return Sheet(rows, tuple(sorted(errors, key=lambda error: error.line)))


def _text(content: bytes) -> str:
    if not content.strip():
        raise SheetUnreadableError(_("Choose a CSV file that is not empty."))
    if len(content) > MAX_BYTES:
        raise SheetUnreadableError(_("The file is larger than 1 MB."))
    if b"\x00" in content:
        raise SheetUnreadableError(_("This is not a CSV file. Save it as 'CSV UTF-8'."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise SheetUnreadableError(
            _("The file is not in UTF-8. Save it as 'CSV UTF-8'.")
        ) from failure


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the number of its first line."""
    first_line = text.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as failure:
            raise SheetUnreadableError(
                _("Line %(line)s is not well-formed CSV: look at its quotation marks.", line=line)
            ) from failure
        yield line, cells


def _heading(first: tuple[int, list[str]]) -> list[str]:
    names = [cell.strip().lower() for cell in first[1]]
    unknown = [name for name in names if name not in _NAMES]
    if unknown:
        raise SheetUnreadableError(
            _("The heading has a column that is not known: %(name)s", name=repr(unknown[0][:40]))
        )
    missing = [column.name for column in COLUMNS if column.is_required and column.name not in names]
    if missing:
        raise SheetUnreadableError(
            _("The heading lacks the column %(name)s.", name=repr(missing[0]))
        )
    if len(set(names)) < len(names):
        raise SheetUnreadableError(_("The heading names a column twice."))
    return names


def _row(
    line: int, heading: Sequence[str], cells: Sequence[str], known_states: Collection[str]
) -> tuple[SheetRow | None, list[Text]]:
    """Return what the line says, where State and post are known, and all that is wrong with it."""
    if len(cells) != len(heading):
        return None, [
            _(
                "This line has %(found)s cells, the heading %(expected)s.",
                found=len(cells),
                expected=len(heading),
            )
        ]
    values = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    if any(len(value) > _CELL_CHARACTERS for value in values.values()):
        return None, [_("A cell holds more than %(number)s characters.", number=_CELL_CHARACTERS)]
    state_code = values["state"].upper()
    kind = values["kind"].lower()
    sentences = list(_choice_errors(values, state_code, known_states))
    fields = _fields(values, PostKind(kind) if kind in set(PostKind) else PostKind.MINISTRY)
    sentences += [sentence for _field, sentence in address_errors(fields)]
    is_known = state_code in known_states and kind in set(PostKind)
    return SheetRow(line, state_code, fields) if is_known else None, sentences


def _fields(values: dict[str, str], kind: PostKind) -> AddressFields:
    return completed(
        AddressFields(
            kind=kind,
            place=values.get("place", ""),
            lines=tuple(values.get(name, "") for name in _LINE_NAMES),
            email=values.get("email", ""),
            is_of_record=values.get("of_record", "").lower() in _YES,
        )
    )


def _choice_errors(
    values: dict[str, str], state_code: str, known_states: Collection[str]
) -> Iterator[Text]:
    if state_code not in known_states:
        yield _("%(code)s is not in the register.", code=repr(values["state"][:20]))
    if values["kind"].lower() not in set(PostKind):
        yield _("%(kind)s is not a kind of post.", kind=repr(values["kind"][:40]))
    if values.get("of_record", "").lower() not in _YES | _NO:
        yield _("of_record must be yes, no or blank.")


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
