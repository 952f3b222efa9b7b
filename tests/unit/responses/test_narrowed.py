"""What a State narrowed stays narrow: in every later submission, and when it is kept next year."""

from datetime import timedelta

import pytest

from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.keeping import NothingToKeepError, keep_answer
from cooperation.responses.rules import Audience, Submission, SubmittedAnswer
from tests.fixtures.circles import NOW
from tests.fixtures.responses import EARLIER, EDITION, Round

CHOICE_RULE = "A-05"


def narrow(round_: Round, code: str) -> None:
    with round_.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id=round_.edition, question_code=code)


def row_of(round_: Round, submission: Submission, code: str) -> SubmittedAnswer:
    with round_.reading("focal") as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,), questions=(code,))
    return rows[0]


def test_no_correction_widens_what_was_narrowed(round_: Round) -> None:
    round_.fill()
    round_.submit()
    narrow(round_, CHOICE_RULE)

    for number in (2, 3):
        round_.save("A1", {"A-07": Answer(text=f"Correction {number}")})
        submission = round_.submit(NOW + timedelta(minutes=number))
        row = row_of(round_, submission, CHOICE_RULE)
        assert row.audience == Audience.COURT
        assert row.narrowed_at == NOW


def test_a_text_that_was_marked_since_is_narrowed_and_stays_so(round_: Round) -> None:
    round_.fill()
    round_.submit()
    round_.save("A1", {}, A_05="court")
    round_.submit(NOW + timedelta(minutes=1))
    narrow(round_, CHOICE_RULE)
    round_.save("A1", {}, A_05="states")

    submission = round_.submit(NOW + timedelta(minutes=2))

    assert row_of(round_, submission, CHOICE_RULE).audience == Audience.COURT


def published_rule(round_: Round) -> str:
    found = (
        question.code
        for question in round_.questionnaire.questions
        if question.publication.value == "published"
        and question.required
        and not question.derived
        and question.part not in {"A1", "D"}
        and question.asked_when is None
    )
    return next(found)


@pytest.fixture
def narrowed_last_year(round_: Round) -> Round:
    round_.edition = EARLIER
    round_.fill()
    round_.submit()
    narrow(round_, published_rule(round_))
    narrow(round_, CHOICE_RULE)
    round_.edition = EDITION
    return round_


def test_a_narrowed_answer_is_kept_with_the_mark_of_the_court(narrowed_last_year: Round) -> None:
    with narrowed_last_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)

    with narrowed_last_year.reading("focal") as ctx:
        page = open_part(ctx, edition_id=EDITION, part_code="A1")
    marks = {each.question.code: each.record.mark for each in page.questions}
    assert marks[CHOICE_RULE] is Audience.COURT


def test_a_narrowed_answer_that_cannot_be_marked_is_not_kept(narrowed_last_year: Round) -> None:
    code = published_rule(narrowed_last_year)

    with narrowed_last_year.acting("focal") as ctx:
        kept = service.keep_everything(ctx, edition_id=EDITION)
    assert code not in kept.questions

    with narrowed_last_year.acting("focal") as ctx, pytest.raises(NothingToKeepError):
        keep_answer(ctx, edition_id=EDITION, question_code=code)
