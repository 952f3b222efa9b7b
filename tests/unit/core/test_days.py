"""Days as people write them: understood, asked where they can be two, never guessed."""

from datetime import date
from time import process_time

import pytest

from cooperation.core import days
from cooperation.core.days import as_iso, day_not_understood, days_meant, install_locale

DAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-15",
        "2026/3/15",
        "15 March 2026",
        "15 march, 2026",
        "March 15, 2026",
        "15th of March 2026",
        "15 Mar 2026",
        "15.03.2026",
        "15/03/2026",
        "03/15/2026",
        " 15-3-2026 ",
        "\u200f١٥/٣/٢٠٢٦",
        "２０２６年３月１５日",
    ],
)
def test_a_day_is_read_as_people_write_it(text):
    assert days_meant(text) == (DAY,)
    assert as_iso(text) == "2026-03-15"


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("fr", "15 mars 2026"),
        ("fr", "1er août 2026"),
        ("es", "15 de marzo de 2026"),
        ("ar", "١٥ مارس ٢٠٢٦"),
        ("ru", "15 марта 2026"),
        ("de", "15. März 2026"),
        ("fr", "15 March 2026"),
    ],
)
def test_month_words_are_those_of_the_page_and_of_english(locale, text, monkeypatch):
    monkeypatch.setattr(days._Page, "locale", staticmethod(days._Page.locale))
    install_locale(lambda: locale)

    assert len(days_meant(text)) == 1


def test_what_can_be_two_days_is_asked():
    assert as_iso("03/04/2026") == "03/04/2026"
    assert str(day_not_understood("03/04/2026")) == (
        "“03/04/2026” can be two days. Write the month in words, or the year first: "
        "2026-04-03 or 2026-03-04."
    )
    assert as_iso("04.04.2026") == "2026-04-04"


UNCLEAR = """
|15|March 2026|15 March|15 March 26|2026-02-30|31/13/2026|20260315|15 Marsh 2026
|2026-03-15-1|soon|15 March March 2026|0000-01-01
"""


@pytest.mark.parametrize("text", UNCLEAR.replace("\n", "").split("|"))
def test_what_is_no_day_stays_as_it_was_typed(text):
    assert days_meant(text) == ()
    assert as_iso(text) == text
    assert str(day_not_understood(text)) == "Enter a day such as 15 March 2026 or 2026-03-15."


@pytest.mark.parametrize("text", ["2026-03", "March 2026", "03/2026", "2026 mar"])
def test_a_month_is_read_where_it_is_allowed(text):
    assert as_iso(text, month_allowed=True) == "2026-03"
    assert as_iso(text) == text


def test_a_megabyte_costs_nothing():
    before = process_time()
    for text in ("1/" * 500_000, "a" * 1_000_000, " " * 1_000_000):
        assert days_meant(text) == ()
    assert process_time() - before < 0.1
