"""The PDF of a submission, for its own State."""

import io
from dataclasses import replace

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from cooperation.audit import service as audit
from cooperation.core.errors import NotFound, StepUpNeeded
from cooperation.editions.rules import Answer
from cooperation.responses import models, service
from cooperation.responses.rules import clean_file
from cooperation.responses.submitted.service.printing import print_submission, submission_pdf
from cooperation.responses.submitted.service.signed import forget_manifests

SAID = "المادة الأولى and the rest of the path"


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_print_holds_what_was_submitted_and_its_proof(filled):
    filled.save("B1", {"B-05": Answer(text=SAID)}, B_05="court")
    submission = filled.submit()

    with filled.reading("focal") as ctx:
        content = submission_pdf(ctx, submission.id)
        (entry,) = audit.entries_for(ctx.session, action="response.submitted")
    words = words_of(content)

    assert content.startswith(b"%PDF-1.7")
    assert "State AF01" in words
    assert "Person signatory, signatory of the State" in words
    assert "Person focal, focal point of the State" in words
    assert "and the rest of the path" in words
    assert "Path of a request Court only" in words
    assert "B-05 The Court alone" in words
    assert submission.root.hex() in words.replace(" ", "")
    assert f"Entry in the log {entry.seq}" in words
    assert f"root {submission.root.hex()}" in str(PdfReader(io.BytesIO(content)).get_fields())
    assert clean_file("our-reply-of-last-year.pdf", content) == content


def test_a_print_says_what_the_state_narrowed_since(filled):
    filled.save("B1", {"B-05": Answer(text=SAID)})
    submission = filled.submit()
    with filled.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id="2026", question_code="B-05")

    with filled.reading("focal") as ctx:
        words = words_of(submission_pdf(ctx, submission.id))

    assert "Narrowed by the State on" in words
    assert "Confidential: contains answers for the Court only" in words


def test_a_print_is_counted_and_logged_with_its_submission(filled):
    submission = filled.submit()

    with filled.acting("focal") as ctx:
        download = print_submission(ctx, submission.id)
        (entry,) = audit.entries_for(ctx.session, action="submission.printed")

    assert download.name == "submission-2026-AF01-1.pdf"
    assert download.content_type == "application/pdf"
    assert (entry.submission, entry.version) == (submission.id, 1)


def test_a_print_asks_for_a_fresh_factor(filled):
    submission = filled.submit()

    with filled.acting("focal") as ctx:
        stale = replace(ctx, actor=replace(ctx.actor, stepped_up_at=None))
        with pytest.raises(StepUpNeeded):
            print_submission(stale, submission.id)


def test_another_state_has_no_print_of_it(filled):
    submission = filled.submit()

    with filled.reading("other_focal") as ctx, pytest.raises(NotFound):
        submission_pdf(ctx, submission.id)


def test_an_answer_that_the_state_did_not_sign_is_not_printed(filled):
    submission = filled.submit()
    table = models.SubmissionAnswer
    with filled.world.database.writing() as session:
        session.execute(
            sa.update(table)
            .where(table.submission_id == submission.id, table.question == "A-05")
            .values(commitment=bytes(32))
        )
    forget_manifests()

    with filled.reading("focal") as ctx, pytest.raises(service.NotSignedError):
        submission_pdf(ctx, submission.id)
