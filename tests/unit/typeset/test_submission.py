"""A submission in print: every answer is there, in every script, and says who may read it."""

import io
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from cooperation.typeset.coverage import printable
from cooperation.typeset.printed import (
    PrintedAudience,
    PrintedFile,
    PrintedPart,
    PrintedProof,
    PrintedQuestion,
    PrintedSeal,
    PrintedSetting,
    PrintedStatus,
    PrintedTable,
    SubmissionPrint,
)
from cooperation.typeset.submission import (
    compile_submission,
    is_right_to_left,
    paragraphs,
    printed_day,
    printed_number,
)

ARABIC = "يسمح القانون الوطني بالنقل المؤقت"
CHINESE = "国家法律允许应法院请求临时转移证人"
RUSSIAN = "Законодательство не предусматривает перемещения"
HOSTILE = '#import "x.typ": * #panic() $a^2$ *b* `c` <label> @ref \\ {{7*7}} {person} </script>'
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 4
ADDRESS = "https://laws.example.org/acts/2003/cooperation-act?language=fr#article-12"


def question(code: str, **changes: object) -> PrintedQuestion:
    plain = PrintedQuestion(
        code=code,
        title=f"Title of {code}",
        wording=f"Wording of {code}?",
        status=PrintedStatus.ANSWERED,
        audience=PrintedAudience.STATES,
    )
    return replace(plain, **changes)


CONTACT = ("", "Ministry of Justice", "", "Head of unit", "unit@example.org", "+31 70 1", "fr", "A")
QUESTIONS = (
    question("A-01", choices=("Ministry of Justice",), comment="A remark on it"),
    question("A-02", choices=("First choice", "Second choice"), is_ordered=True),
    question("A-03", text=f"First line\n\n{ARABIC}\n{CHINESE}\n{RUSSIAN}", kept_from="2025"),
    question("A-04", text=HOSTILE),
    question("A-05", text=f"{LONG} {ADDRESS}"),
    question("A-06", status=PrintedStatus.NO_ANSWER),
    question("A-07", status=PrintedStatus.NOT_ASKED),
    question("A-08", status=PrintedStatus.LOST),
    question(
        "B-01",
        audience=PrintedAudience.RESTRICTED,
        table=PrintedTable(("Exists", "Cost"), (("Land", "Yes", "None"), ("Ships", "No", ""))),
    ),
    question(
        "B-02",
        audience=PrintedAudience.COURT,
        narrowed_on=date(2026, 11, 20),
        table=PrintedTable(
            ("Body", "Unit", "Post", "E-mail", "Telephone", "Languages", "Place"), (CONTACT,)
        ),
    ),
    question(
        "B-03",
        table=PrintedTable(("Name", "Period"), (("Bank", "Name", "Period"),), is_ticked=True),
    ),
    question("B-04", files=(PrintedFile("قانون.pdf", 1_887_437, "ab" * 32),)),
)
PRINT = SubmissionPrint(
    language="en",
    year=2026,
    state="State AF01",
    reference="2026/AF01/2",
    number=2,
    submitted_at=datetime(2026, 12, 1, 14, 3, 22, tzinfo=UTC),
    deadline_on=date(2026, 11, 30),
    is_late=True,
    signed_by="Person Signatory",
    prepared_by="Person Focal",
    is_by_one_person=False,
    settings=(PrintedSetting("D-01", "General consent", "Yes, all of them"),),
    parts=(
        PrintedPart("A1", "A", "The reply", QUESTIONS[:8]),
        PrintedPart("B1", "B", "Channels", QUESTIONS[8:]),
    ),
    proof=PrintedProof("0123abcd" * 8, True, 4211, f"log/1+0a1b2c3d+{'Qk' * 22}", "77" * 32),
    seal=PrintedSeal("CN=Seal", "CN=Seal", "cd" * 32, date(2036, 11, 21), is_own=True),
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return compile_submission(PRINT).content


@pytest.fixture(scope="module")
def pages(made: bytes) -> list[str]:
    return [
        unicodedata.normalize("NFKC", page.extract_text())
        for page in PdfReader(io.BytesIO(made)).pages
    ]


@pytest.fixture(scope="module")
def words(pages: list[str]) -> str:
    return " ".join(" ".join(pages).split())


@pytest.fixture(scope="module")
def letters(pages: list[str]) -> str:
    """All that is printed without its spaces, as a long word is broken into lines."""
    return "".join("".join(pages).split())


def test_every_question_and_answer_is_printed(words: str, letters: str) -> None:
    for each in QUESTIONS:
        assert f"{each.code} {each.title}" in words
        assert (each.wording in words) == (each.status is not PrintedStatus.NOT_ASKED)
    for said in (
        *("Ministry of Justice", "A remark on it", "1. First choice", "2. Second choice"),
        *("First line", "Land Yes None", "Ships No", "Head of unit", "Bank Name, Period"),
        *("unit@example.org", "1.8 MB", "Unchanged since edition 2025"),
        *("The State cannot open this answer", "Narrowed by the State on 20 November 2026"),
    ):
        assert said in words
    assert LONG in letters
    assert ADDRESS in letters
    assert "ab" * 32 in letters


def test_what_people_type_is_never_source(words: str) -> None:
    assert " ".join(HOSTILE.split()) in words


def test_every_script_is_printed(letters: str) -> None:
    assert CHINESE in letters
    assert "".join(RUSSIAN.split()) in letters
    assert set("".join(ARABIC.split())) <= set(letters)
    assert "\ufffd" not in letters


def test_every_font_is_in_the_file(made: bytes) -> None:
    fonts = [
        each
        for page in PdfReader(io.BytesIO(made)).pages
        for each in page["/Resources"]["/Font"].values()
    ]

    names = {str(font.get_object()["/BaseFont"]) for font in fonts}
    assert all(_is_embedded(font) for font in fonts)
    assert any("Amiri" in name for name in names)
    assert any("CJK" in name for name in names)


def test_no_answer_and_not_asked_differ(words: str) -> None:
    assert "Wording of A-06? No answer" in words
    assert "Title of A-07 Not asked" in words


def test_each_answer_says_who_may_read_it(words: str) -> None:
    assert "Title of A-01 States Parties" in words
    assert "Title of B-01 Restricted" in words
    assert "Title of B-02 Court only" in words
    assert "Title of A-06 States" not in words


def test_a_print_with_answers_for_the_court_says_so_on_each_page(pages: list[str]) -> None:
    assert all("Confidential: contains answers for the Court only" in page for page in pages)


def test_a_print_without_them_does_not() -> None:
    plain = replace(PRINT, parts=(PrintedPart("A1", "A", "The reply", QUESTIONS[:1]),))

    assert b"%PDF" in compile_submission(plain).content
    assert "onfidential" not in _words_of(compile_submission(plain).content)


def test_the_head_says_when_and_by_whom(pages: list[str]) -> None:
    head = " ".join(pages[0].split())

    assert "State AF01" in head
    assert "2026/AF01/2" in head
    assert "1 December 2026, 14:03:22 UTC" in head
    assert "30 November 2026; the response is late" in head
    assert "Person Signatory, signatory of the State, with a passkey" in head
    assert "Person Focal, focal point of the State" in head
    assert "D-01 General consent Yes, all of them" in head


def test_the_last_page_says_how_it_is_proved_and_sealed(pages: list[str]) -> None:
    letters = "".join(pages[-1].split())

    for said in ("0123abcd" * 8, "4211", PRINT.proof.log_key, "77" * 32, "cd" * 32):
        assert said in letters
    assert "which no authority vouches for" in " ".join(pages[-1].split())
    assert f"{len(pages)} of {len(pages)}" in pages[-1]


def test_the_same_submission_gives_the_same_bytes(made: bytes) -> None:
    compile_submission(replace(PRINT, number=3))

    assert compile_submission(PRINT).content == made


def test_the_document_bears_the_time_of_the_submission(made: bytes) -> None:
    information = PdfReader(io.BytesIO(made)).metadata

    assert information is not None
    assert information.creation_date == PRINT.submitted_at


@pytest.mark.parametrize(
    "text", ["x" * 4000, "/" * 4000, "a b" * 1300, f"{'w' * 12} " * 600, "q\u0301\u0e44 " * 900]
)
def test_no_answer_keeps_the_document_from_being_made(text: str) -> None:
    odd = PrintedPart("A1", "A", "The reply", (question("A-01", text=text, comment=text),))

    assert compile_submission(replace(PRINT, parts=(odd,))).pages > 2


def test_a_sign_that_no_font_has_is_named() -> None:
    assert printable("a😀b") == "a[U+1F600]b"
    assert printable("ไทย é") == "[U+0E44 +2] é"
    assert printable("e\u0301\u200b") == "é"
    assert printable("ب\u0483") == "ب[U+0483]"


def test_a_print_with_such_signs_says_what_they_are(pages: list[str]) -> None:
    odd = PrintedPart("A1", "A", "The reply", (question("A-01", text="😀"),))

    assert "that the fonts of this print lack" in _words_of(
        compile_submission(replace(PRINT, parts=(odd,))).content
    )
    assert "that the fonts of this print lack" not in pages[-1]


def test_each_line_has_its_own_direction() -> None:
    lines = paragraphs(f"(1) {ARABIC}\n\nPlain")

    assert [line["rtl"] for line in lines] == [True, False]
    assert [line["spaced"] for line in lines] == [False, True]
    assert not is_right_to_left("123 +")


def test_thousands_of_lines_run_on() -> None:
    assert len(paragraphs("a\n" * 2000)) == 201


def test_amounts_and_days_are_written_out() -> None:
    assert printed_number("en", Decimal("12450.50"), "EUR") == "12,450.5 EUR"
    assert printed_number("en", Decimal("1E+3"), None) == "1,000"
    assert printed_day("en", "2026-03-05") == "5 March 2026"
    assert printed_day("en", "2026-03") == "March 2026"
    assert printed_day("en", "soon") == "soon"


def _words_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _is_embedded(font: IndirectObject) -> bool:
    (descendant,) = font.get_object()["/DescendantFonts"]
    return bool({"/FontFile2", "/FontFile3"} & set(descendant.get_object()["/FontDescriptor"]))
