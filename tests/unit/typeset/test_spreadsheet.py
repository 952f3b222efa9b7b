"""CSV: nothing that a person typed becomes a formula."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.core import text
from cooperation.typeset.spreadsheet import neutralise, write_csv


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", "\t=1", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", " =1", "\u00a0=1",
     "\ufeff=1", "\u3000-1"],
)  # fmt: skip
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "a=1", "Yes", "1-2", "'=1", "نعم", "是"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert neutralise(text) == text


def test_typed_cells_are_written_as_numbers_and_days() -> None:
    content = write_csv(
        ["a", "b", "c", "d", "e"],
        [[-1, Decimal("-2.50"), date(2026, 4, 19), None, datetime(2026, 4, 19, 8, tzinfo=UTC)]],
        with_byte_order_mark=False,
    )

    assert content == b"a,b,c,d,e\r\n-1,-2.50,2026-04-19,,2026-04-19T08:00:00+00:00\r\n"


@pytest.mark.parametrize("sign", [",", "٫"])
def test_where_a_comma_divides_numbers_a_semicolon_divides_cells(monkeypatch, sign) -> None:
    monkeypatch.setattr(text._Translators, "decimal_sign", staticmethod(lambda: sign))

    content = write_csv(
        ["a", "b"], [["x;y", Decimal("12.5")], ["1,2", 3]], with_byte_order_mark=False
    )

    assert content.decode() == 'a;b\r\n"x;y";12,5\r\n1,2;3\r\n'


def test_the_mark_stands_first_when_asked_for() -> None:
    assert write_csv(["a"], [], with_byte_order_mark=True) == b"\xef\xbb\xbfa\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_every_text_is_read_back_and_none_is_a_formula(cells: list[str]) -> None:
    content = write_csv(["h"] * len(cells), [cells], with_byte_order_mark=False).decode()
    read = list(csv.reader(io.StringIO(content, newline="")))[1]

    assert [cell.removeprefix("'") for cell in read] == [
        cell.replace("\0", "").removeprefix("'") for cell in cells
    ]
    assert not any(
        cell.lstrip(" \u00a0\u3000\ufeff")[:1] in set("=+-@\t\r\n") - {""} for cell in read
    )
