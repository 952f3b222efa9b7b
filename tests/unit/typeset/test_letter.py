"""Code letters: the code in groups, the link only on its own sheet."""

import io
from dataclasses import replace
from datetime import date

from pypdf import PdfReader

from cooperation.typeset.letter import CodeLetter, compile_letters, grouped

CODE = "ABCDEFGHJKMNPQRSTVWX"
LETTER = CodeLetter(
    reference="ICC-ASP/25/SP/09",
    state="the Kingdom of Belgium",
    addressee="the Embassy of the Kingdom of Belgium",
    addressee_lines=("To the Embassy of the Kingdom of Belgium", "The Hague"),
    code=CODE,
    ends_on=date(2026, 12, 31),
)


def pages_of(*letters: CodeLetter) -> list[str]:
    document = compile_letters(
        letters,
        language="en",
        year=2026,
        dated_on=date(2026, 4, 19),
        place="The Hague",
        contact="secretariat@example.org",
    )
    pages = PdfReader(io.BytesIO(document.content)).pages
    assert document.pages == len(pages)
    return [" ".join(page.extract_text().split()) for page in pages]


def test_a_code_is_read_in_groups_of_five() -> None:
    assert grouped("abcde-fghjk mnpqr.stvwx") == ["abcde", "fghjk", "mnpqr", "stvwx"]


def test_a_letter_is_one_page_with_the_code_and_no_link() -> None:
    pages = pages_of(LETTER)

    assert len(pages) == 1
    assert CODE in pages[0].replace(" ", "")
    assert "sent by e-mail" in pages[0]
    assert "http" not in pages[0]


def test_the_link_without_an_address_is_on_a_sheet_of_its_own_without_the_code() -> None:
    link = "https://cooperation.example.org/invitations/" + "x1" * 40
    pages = pages_of(LETTER, replace(LETTER, state="Japan", link=link))

    assert len(pages) == 3
    assert "http" not in pages[1]
    assert link in pages[2].replace(" ", "")
    assert CODE not in pages[2].replace(" ", "")


def test_a_letter_shows_no_code_in_its_repr() -> None:
    assert CODE not in repr(LETTER)
