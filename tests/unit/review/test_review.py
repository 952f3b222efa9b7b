"""Officers read what the State gave them, decide on it, and the State reads why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cooperation.audit import service as audit
from cooperation.core.errors import Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.editions.rules import Answer
from cooperation.responses.rules import Audience
from cooperation.review import queries, service
from cooperation.review.rules import Decision, ReviewStatus, Tally, Verdict
from cooperation.review.service.decided import open_reasons
from cooperation.review.service.deciding import DecisionChangedError, SubmissionReplacedError
from cooperation.review.service.reading import read_part, show_part
from cooperation.vault.errors import CannotOpen

EDITION, STATE = "2026", "AF01"
REFUSED = Verdict(Decision.REFUSED, "It names a person.")
APPROVED = Verdict(Decision.APPROVED)


def decide(office, *, by="officer", submission_id=None, **verdicts):
    entered = {code.replace("_", "-"): verdict for code, verdict in verdicts.items()}
    with office.round.acting(by) as ctx:
        return service.decide(
            ctx,
            EDITION,
            STATE,
            submission_id=submission_id or office.submission.id,
            verdicts=entered,
        )


def read(office, part="A1", by="officer"):
    with office.round.acting(by) as ctx:
        page = read_part(ctx, EDITION, STATE, part)
    return page, {each.question.code: each for each in page.answers}


def entries(office, action):
    with office.round.reading("head") as ctx:
        return audit.entries_for(ctx.session, action=action)


def test_the_list_tells_who_submitted_and_what_is_open(submitted):
    with submitted.round.reading("officer") as ctx:
        first, second = service.list_reviews(ctx, EDITION)

    assert (first.status, second.status) == (ReviewStatus.TO_REVIEW, ReviewStatus.NOT_SUBMITTED)
    assert first.tally.pending > 30
    assert first.tally.court >= 1
    assert second.tally is None


def test_an_officer_reads_states_and_restricted_answers_and_the_log_says_so(submitted):
    _page, answers = read(submitted)
    log = entries(submitted, "submission.read")

    assert answers["A-07"].opened.answer.text == "=Who sits in it"
    assert answers["A-04"].audience is Audience.RESTRICTED
    assert answers["A-04"].opened is not None
    assert len(log) == 1
    assert log[0].states == (STATE,)
    assert "A-07" in log[0].questions
    assert "A-05" not in log[0].questions


def test_of_a_court_answer_an_officer_learns_that_it_exists(submitted):
    _page, answers = read(submitted)

    assert answers["A-05"].audience is Audience.COURT
    assert answers["A-05"].opened is None
    assert not answers["A-05"].needs_decision


def test_a_part_where_nothing_could_be_read_leaves_no_entry(submitted):
    with submitted.round.acting("officer") as ctx:
        show_part(ctx, EDITION, STATE, "A1")

    assert entries(submitted, "submission.read") == []


@pytest.mark.parametrize("person", ["court", "facilitator", "auditor", "focal", "other_focal"])
def test_nobody_but_the_secretariat_reads_a_submission(submitted, person):
    with submitted.round.acting(person) as ctx, pytest.raises(NotAllowed):
        read_part(ctx, EDITION, STATE, "A1")


def test_a_state_without_submission_has_no_page(submitted):
    with submitted.round.acting("officer") as ctx, pytest.raises(NotFound):
        read_part(ctx, EDITION, "AF02", None)


def test_answers_are_decided_one_by_one(submitted):
    number = decide(submitted, A_06=APPROVED, A_07=REFUSED)

    page, answers = read(submitted)
    assert number == 2
    assert answers["A-06"].head.decision is Decision.APPROVED
    assert answers["A-07"].head.decision is Decision.REFUSED
    assert answers["A-07"].reason == "It names a person."
    assert page.tally_of_part("A1").decided == 2
    assert [entry.questions for entry in entries(submitted, "answer.approved")] == [("A-06",)]
    assert [entry.questions for entry in entries(submitted, "answer.refused")] == [("A-07",)]


def test_a_part_or_the_whole_is_approved_at_once_but_for_what_is_refused(submitted):
    decide(submitted, A_07=REFUSED)

    in_part = submitted.approve("A1")
    in_all = submitted.approve()

    with submitted.round.reading("officer") as ctx:
        found = service.list_reviews(ctx, EDITION)[0]
    assert in_part == 5
    assert in_all > 30
    assert (found.tally.pending, found.tally.refused) == (0, 1)
    assert found.status is ReviewStatus.REVIEWED
    assert submitted.approve() == 0


def test_a_refusal_without_a_reason_is_refused(submitted):
    with pytest.raises(Invalid) as refusal:
        decide(submitted, A_07=Verdict(Decision.REFUSED))

    assert [name for name, _sentence in refusal.value.errors] == ["reason.A-07"]


def test_what_was_decided_can_be_decided_anew_by_who_saw_it(submitted):
    decide(submitted, A_07=REFUSED)

    with pytest.raises(DecisionChangedError):
        decide(submitted, A_07=APPROVED)
    decide(submitted, A_07=replace(APPROVED, seen=1))

    _page, answers = read(submitted)
    assert answers["A-07"].head.decision is Decision.APPROVED
    assert answers["A-07"].reason == ""


def test_the_same_decision_again_changes_nothing(submitted):
    decide(submitted, A_06=APPROVED, A_07=REFUSED)

    assert decide(submitted, A_06=replace(APPROVED, seen=1), A_07=replace(REFUSED, seen=1)) == 0


def test_a_decision_on_an_older_submission_is_refused(submitted):
    with pytest.raises(SubmissionReplacedError):
        decide(submitted, A_06=APPROVED, submission_id="another")


def test_court_answers_and_blank_ones_are_not_decided(submitted):
    for code in ("A_05", "B_06"):
        with pytest.raises(NotFound):
            decide(submitted, **{code: APPROVED})


def test_approving_asks_for_a_second_factor_of_the_last_half_hour(submitted):
    with submitted.round.acting("officer") as ctx:
        late = replace(ctx, now=ctx.now + timedelta(minutes=31))
        with pytest.raises(StepUpNeeded):
            service.approve_pending(
                late, EDITION, STATE, submission_id=submitted.submission.id, part_code=None
            )


def test_the_state_reads_decisions_and_reasons_and_another_state_none(submitted):
    decide(submitted, A_06=APPROVED, A_07=REFUSED)

    with submitted.round.reading("focal") as ctx:
        own = service.own_decisions(ctx, EDITION)
    with submitted.round.reading("other_focal") as ctx, pytest.raises(NotFound):
        service.own_decisions(ctx, EDITION)

    assert own["A-06"].decision is Decision.APPROVED
    assert own["A-07"].reason == "It names a person."


def test_a_reason_opens_for_state_and_secretariat_alone(submitted):
    decide(submitted, A_07=REFUSED)

    with submitted.round.reading("officer") as ctx:
        rows = queries.approval_rows(ctx.session, EDITION, STATE)
    for person in ("court", "facilitator", "other_focal"):
        with submitted.round.reading(person) as ctx, pytest.raises(CannotOpen):
            open_reasons(ctx, rows)


def test_an_unchanged_answer_of_a_new_submission_keeps_its_approval(submitted):
    submitted.approve()
    submitted.round.save("A1", {"A-07": Answer(text="Changed")})

    submitted.submission = submitted.round.submit()

    _page, answers = read(submitted)
    assert answers["A-06"].head.decision is Decision.APPROVED
    assert answers["A-07"].head.decision is Decision.PENDING


def test_tally_of_an_empty_part_is_nothing(submitted):
    page, _answers = read(submitted)

    assert page.tally_of_part("none") == Tally()
    assert page.next_part.code != "A1"
