"""A CSV file as spreadsheets write it, read into a heading and rows; pure.

Comma, semicolon or tab, a line `sep=`, titles above the heading, empty columns beside it, rows cut
short: nothing of that carries a meaning. Anything else is refused with a sentence that says what to
do.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cooperation.core.characters import clean_line, clean_lines, folded, nfc, without_unwanted
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _

MAX_BYTES = 1024 * 1024
MAX_ROWS = 1000
_DELIMITERS = (",", ";", "\t")
_SEARCHED_LINES = 10
_MOST_COLUMNS = 100
_NAME_CHARACTERS = 200
_QUOTED_CHARACTERS = 40
_EMPTY = _("Choose a CSV file that is not empty.")

Record = tuple[int, list[str]]


class SheetUnreadableError(Invalid):
    """The file as a whole cannot be read; nothing of it was taken."""


@dataclass(frozen=True)
class Line:
    """A row under the heading: its number as an editor counts, its cells by name of the column.

    `stray` is what stands beside the columns that have a name.
    """

    number: int
    cells: Mapping[str, str]
    stray: str


def read_table(content: bytes, *, names: Sequence[str], needed: Sequence[str]) -> list[Line]:
    """Return the rows of a file whose heading has the columns `needed` and others of `names`.

    Columns are found however their names are written. Raises `SheetUnreadableError`.
    """
    text = nfc(_text(content))
    known = {word_key(name): name for name in names}
    records, place = _with_heading(text, {word_key(name) for name in needed})
    heading = _heading(records[place][1], known, needed)
    filled = [(line, cells) for line, cells in records[place + 1 :] if any(map(str.strip, cells))]
    if not filled:
        raise SheetUnreadableError(_("The file has no rows under its heading."))
    if len(filled) > MAX_ROWS:
        raise SheetUnreadableError(_("The file has more than %(number)s rows.", number=MAX_ROWS))
    return [_line(number, heading, cells) for number, cells in filled]


def word_key(text: str) -> str:
    """Return what is compared of a name: letters and digits, without accents and case."""
    return "".join(sign for sign in folded(text[:_NAME_CHARACTERS]) if sign.isalnum())


def _text(content: bytes) -> str:
    if not content.strip():
        raise SheetUnreadableError(_EMPTY)
    if len(content) > MAX_BYTES:
        raise SheetUnreadableError(_("The file is larger than 1 MB."))
    if b"\x00" in content:
        raise SheetUnreadableError(_("This is not a CSV file. Save it as “CSV UTF-8”."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise SheetUnreadableError(
            _("The file is not in UTF-8. Save it as “CSV UTF-8”.")
        ) from failure


def _with_heading(text: str, needed: set[str]) -> tuple[list[Record], int]:
    """Return the file's records, by the sign that gives a heading, and the heading's place."""
    for delimiter in _DELIMITERS:
        place = _heading_place(text, delimiter, needed)
        if place is not None:
            return list(_records(text, delimiter)), place
    first_line = text.split("\n", 1)[0]
    records = list(_records(text, max(_DELIMITERS, key=first_line.count)))
    filled = [place for place, (_line, cells) in enumerate(records) if any(map(str.strip, cells))]
    if not filled:
        raise SheetUnreadableError(_EMPTY)
    return records, filled[0]


def _heading_place(text: str, delimiter: str, needed: set[str]) -> int | None:
    found = _records(text, delimiter)
    try:
        for place, (_number, cells) in zip(range(_SEARCHED_LINES), found, strict=False):
            if needed <= {word_key(cell) for cell in cells}:
                return place
    except SheetUnreadableError:
        return None
    return None


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Give each record with the number of its first line."""
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
        if len(cells) > _MOST_COLUMNS:
            raise SheetUnreadableError(
                _("Line %(line)s has more than %(most)s columns.", line=line, most=_MOST_COLUMNS)
            )
        yield line, cells


def _heading(cells: Sequence[str], known: Mapping[str, str], needed: Sequence[str]) -> list[str]:
    """Return the name of each column, nothing for one without."""
    keys = [word_key(cell) for cell in cells]
    for cell, key in zip(cells, keys, strict=True):
        if cell.strip() and key not in known:
            raise SheetUnreadableError(
                _("The heading has a column that is not known: %(name)s", name=quoted(cell))
            )
    names = [known.get(key, "") for key in keys]
    missing = [name for name in needed if name not in names]
    if missing:
        raise SheetUnreadableError(
            _("The heading lacks the column %(name)s.", name=quoted(missing[0]))
        )
    if len(set(filter(None, names))) < len([name for name in names if name]):
        raise SheetUnreadableError(_("The heading names a column twice."))
    return names


def quoted(typed: str) -> Text:
    """Return the beginning of what stands in the file, as a sentence quotes it."""
    return _("“%(words)s”", words=clean_line(without_unwanted(typed))[:_QUOTED_CHARACTERS])


def _line(number: int, heading: Sequence[str], cells: Sequence[str]) -> Line:
    """Return a row; cells that are cut off at its end are blank."""
    found = dict.fromkeys(filter(None, heading), "")
    stray = ""
    for place, cell in enumerate(cells):
        text = clean_lines(without_unwanted(cell))
        name = heading[place] if place < len(heading) else ""
        if name:
            found[name] = text
        else:
            stray = stray or text
    return Line(number, found, stray)
