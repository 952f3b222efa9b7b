"""Tables into CSV that a spreadsheet opens as text, never as formulas.

Source: RFC 4180; design: reliability 3, row CSV/XLSX. A text cell that begins, after spaces, with a
sign that starts a formula gets a leading apostrophe; numbers come from typed cells only.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from cooperation.core.text import list_separator

Cell = str | int | Decimal | date | None

_BYTE_ORDER_MARK = "\ufeff"
_STARTERS = frozenset("=+-@\t\r\n\0＝＋－＠")
_SPACES = "".join(chr(point) for point in range(0x2000, 0x200C))
_SKIPPED = " \u00a0\u202f\u3000\ufeff" + _SPACES


def neutralise(text: str) -> str:
    """Return `text` with a leading apostrophe where a spreadsheet would read a formula."""
    rest = text.lstrip(_SKIPPED)
    return f"'{text}" if rest[:1] in _STARTERS and rest else text


def write_csv(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, with_byte_order_mark: bool
) -> bytes:
    """Return a CSV file in UTF-8 with CRLF line ends; the mark helps spreadsheets to see UTF-8.

    The separator is that of the reader's language, and the sign in numbers goes with it: a French
    spreadsheet reads 12.5 as the twelfth of May.
    """
    target = io.StringIO(newline="")
    if with_byte_order_mark:
        target.write(_BYTE_ORDER_MARK)
    separator = list_separator()
    writer = csv.writer(target, delimiter=separator, lineterminator="\r\n")
    writer.writerow([neutralise(title) for title in header])
    with_point = separator == ","
    writer.writerows([_written(cell, with_point=with_point) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8")


def _written(cell: Cell, *, with_point: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralise(cell.replace("\0", ""))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell) if with_point else str(cell).replace(".", ",")
