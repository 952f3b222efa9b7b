"""What the Secretariat decides on, and where a review stands."""

import pytest

from cooperation.responses.rules import AnswerStatus, Audience
from cooperation.review.rules import (
    REASON_CHARACTERS,
    Decision,
    ReviewStatus,
    Tally,
    Verdict,
    needs_decision,
    review_status,
    tally_of,
    verdict_problem,
)


@pytest.mark.parametrize(
    ("audience", "status", "expected"),
    [
        (Audience.STATES, AnswerStatus.ANSWERED, True),
        (Audience.RESTRICTED, AnswerStatus.ANSWERED, True),
        (Audience.COURT, AnswerStatus.ANSWERED, False),
        (Audience.STATES, AnswerStatus.NO_ANSWER, False),
        (Audience.RESTRICTED, AnswerStatus.NOT_ASKED, False),
    ],
)
def test_answers_for_states_and_restricted_ones_need_a_decision(audience, status, expected):
    assert needs_decision(audience, status) is expected


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (None, ReviewStatus.NOT_SUBMITTED),
        (Tally(pending=3), ReviewStatus.TO_REVIEW),
        (Tally(pending=1, refused=2), ReviewStatus.IN_REVIEW),
        (Tally(approved=2, refused=1), ReviewStatus.REVIEWED),
        (Tally(court=9), ReviewStatus.REVIEWED),
    ],
)
def test_status_of_a_review_follows_from_its_tally(tally, expected):
    assert review_status(tally) is expected


def test_a_tally_counts_each_decision():
    tally = tally_of([Decision.APPROVED, Decision.PENDING, Decision.APPROVED], court=4)

    assert tally == Tally(pending=1, approved=2, refused=0, court=4)
    assert (tally.to_decide, tally.decided) == (3, 2)


def test_a_refusal_needs_a_reason():
    assert verdict_problem(Verdict(Decision.REFUSED)) is not None
    assert verdict_problem(Verdict(Decision.REFUSED, "Names a person.")) is None
    assert verdict_problem(Verdict(Decision.APPROVED)) is None


def test_a_reason_has_a_greatest_length():
    reason = "x" * (REASON_CHARACTERS + 1)

    assert verdict_problem(Verdict(Decision.REFUSED, reason)) is not None
