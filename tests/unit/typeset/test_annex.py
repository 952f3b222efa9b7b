"""The annexed questionnaire in print."""

import io
from dataclasses import replace
from datetime import date

from pypdf import PdfReader

from cooperation.typeset.annex import (
    Annex,
    AnnexPart,
    AnnexProof,
    AnnexQuestion,
    Room,
    compile_annex,
)

QUESTIONS = (
    AnnexQuestion(code="A-01", title="State", wording="Which State?", room=Room.DERIVED),
    AnnexQuestion(
        code="A-02",
        title="Kind",
        wording="Which kind?",
        room=Room.ONE,
        options=("New", "Update"),
        audience="Read by the other States Parties, unless marked:",
        is_markable=True,
        is_required=True,
    ),
    AnnexQuestion(
        code="A-03",
        title="Persons",
        wording="Which persons?",
        room=Room.TABLE,
        columns=("Name", "Post"),
        blank_rows=4,
    ),
    AnnexQuestion(
        code="A-04",
        title="Forms",
        wording="Which forms?",
        room=Room.TABLE,
        columns=("Available", "Days"),
        rows=("Tracing", "Freezing"),
    ),
    AnnexQuestion(code="A-05", title="Path", wording="Which path?", room=Room.BOX),
)

LOG_KEY = (
    "cooperation.log/b9a7cdb1-2e05-46c3-9bcd-5f859d3f51c4/1+535c2bd5+"
    "ARgX6Qq96jUa8sH0nsWOUB9UyUI1trDOr574Wi58jphv"
)
ANNEX = Annex(
    language="en",
    reference="ICC-ASP/25/SP/09",
    year=2026,
    deadline_on=date(2026, 6, 30),
    dated_on=date(2026, 4, 19),
    platform="https://cooperation.example.org",
    contact="secretariat@example.org",
    proof=AnnexProof("verify_receipt.py", "0f" * 32, LOG_KEY),
    parts=(
        AnnexPart(code="A1", section="A", title="The reply", questions=QUESTIONS),
        AnnexPart(code="B1", section="B", title="Channels", questions=QUESTIONS[:1]),
    ),
)


def test_every_question_and_option_is_printed() -> None:
    document = compile_annex(ANNEX)
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document.content)).pages)

    for question in QUESTIONS:
        assert question.code in words
        assert question.wording in words
        assert all(option in words for option in question.options + question.rows)
    assert "Annex to note verbale ICC-ASP/25/SP/09" in words
    assert "Court only" in words


def test_program_that_checks_receipts_and_the_key_of_the_log_are_printed() -> None:
    first = PdfReader(io.BytesIO(compile_annex(ANNEX).content)).pages[0].extract_text()
    words = first.replace("\n", "")

    assert "verify_receipt.py" in words
    assert "0f" * 32 in words
    assert LOG_KEY in words, "as it is copied: nothing stands in it that a program would refuse"


def test_each_part_begins_on_its_own_page() -> None:
    assert compile_annex(ANNEX).pages == 3


def test_the_same_questionnaire_gives_the_same_bytes() -> None:
    first = compile_annex(ANNEX)
    compile_annex(replace(ANNEX, year=2027))

    assert first.content == compile_annex(ANNEX).content
