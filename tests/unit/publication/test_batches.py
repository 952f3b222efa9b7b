"""Batches: who proposes, who publishes, what voids them, what goes out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cooperation.audit import service as audit
from cooperation.core.errors import Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.editions.rules import Answer
from cooperation.publication import service
from cooperation.review import service as review
from cooperation.review.rules import Decision, Verdict
from cooperation.review.service.deciding import DecisionFinalError
from cooperation.two_persons.models import ActRow
from cooperation.two_persons.rules import ActChangedError, ActClosedError, ActStatus
from tests.fixtures import second_persons
from tests.fixtures.circles import NOW

EDITION, STATE = "2026", "AF01"


def desk(office):
    with office.round.reading("officer") as ctx:
        return service.find_desk(ctx, EDITION)


def find(office, batch_id):
    return next(each for each in desk(office).batches if each.id == batch_id)


def refuse(office, code, *, seen):
    with office.round.acting("officer", NOW + timedelta(hours=1)) as ctx:
        verdict = Verdict(Decision.REFUSED, "It names a person.", seen)
        review.decide(
            ctx, EDITION, STATE, submission_id=office.submission.id, verdicts={code: verdict}
        )


def test_only_approved_answers_for_states_can_be_proposed(submitted):
    with pytest.raises(Invalid):
        submitted.propose()

    submitted.approve()
    batch = find(submitted, submitted.propose())

    questions = set(batch.questions_by_state[STATE])
    assert {"A-06", "A-07"} <= questions
    assert not {"A-04", "A-05", "A-12"} & questions
    assert batch.status is ActStatus.WAITING


def test_what_is_proposed_cannot_be_proposed_again(submitted):
    submitted.approve("A1")
    submitted.propose()

    assert desk(submitted).ready == 0
    with pytest.raises(Invalid):
        submitted.propose()
    submitted.approve()
    assert desk(submitted).ready > 0


def test_a_head_who_did_not_propose_publishes_what_she_saw(published):
    with published.round.reading("head") as ctx:
        pages = service.find_desk(ctx, EDITION)
        log = audit.entries_for(ctx.session, action="publication.published")
        shown = second_persons.look(ctx, pages.batches[0].id).shown_hash

    assert pages.batches[0].status is ActStatus.APPROVED
    assert pages.ready == 0
    assert [entry.states for entry in log] == [(STATE,)]
    assert log[0].commitment == shown


def test_an_officer_does_not_publish(submitted):
    submitted.approve()
    proposal_id = submitted.propose()

    with pytest.raises(NotAllowed):
        submitted.publish(proposal_id, by="officer")


def test_publishing_asks_for_a_fresh_second_factor(submitted):
    submitted.approve()
    batch_id = submitted.propose()

    with submitted.round.acting("head") as ctx:
        stale = replace(ctx, now=ctx.now + timedelta(minutes=6))
        with pytest.raises(StepUpNeeded):
            second_persons.approve(stale, batch_id)


def test_a_list_that_was_changed_in_the_database_is_not_published(submitted):
    submitted.approve()
    proposal_id = submitted.propose()
    with submitted.round.acting("head") as ctx:
        ctx.session.get(ActRow, proposal_id).shown_hash = bytes(32)

    with pytest.raises(ActChangedError):
        submitted.publish(proposal_id)


def test_a_refusal_voids_the_batch(submitted):
    submitted.approve()
    proposal_id = submitted.propose()

    refuse(submitted, "A-07", seen=1)

    assert find(submitted, proposal_id).status is ActStatus.VOID
    with pytest.raises(ActChangedError):
        submitted.publish(proposal_id)
    assert submitted.propose() != proposal_id


def test_a_new_submission_voids_the_batch(submitted):
    submitted.approve()
    proposal_id = submitted.propose()
    submitted.round.save("A1", {"A-07": Answer(text="Changed")})

    submitted.submission = submitted.round.submit()

    assert find(submitted, proposal_id).status is ActStatus.VOID
    with pytest.raises(ActChangedError):
        submitted.publish(proposal_id)


def test_a_narrowing_voids_the_batch_for_good(submitted):
    submitted.approve()
    proposal_id = submitted.propose()

    with submitted.round.acting("focal") as ctx:
        service.narrow(ctx, EDITION, "A-07")

    assert find(submitted, proposal_id).status is ActStatus.VOID
    with pytest.raises(ActChangedError):
        submitted.publish(proposal_id)
    with submitted.round.reading("head") as ctx:
        assert len(audit.entries_for(ctx.session, action="publication.voided")) == 1
    again = submitted.propose()
    assert "A-07" not in find(submitted, again).questions_by_state[STATE]


def test_a_withdrawn_batch_frees_its_answers(submitted):
    submitted.approve()
    proposal_id = submitted.propose()

    with submitted.round.acting("officer") as ctx:
        second_persons.withdraw(ctx, proposal_id)
    with submitted.round.acting("officer") as ctx, pytest.raises(ActClosedError):
        second_persons.withdraw(ctx, proposal_id)

    assert desk(submitted).ready > 0


def test_a_published_answer_cannot_be_refused(published):
    with pytest.raises(DecisionFinalError):
        refuse(published, "A-07", seen=1)


def test_answers_with_ask_me_again_wait_for_the_states_release(office):
    office.submit(D_01="ask_me_again_before_release")
    office.approve()

    before = desk(office)
    with office.round.acting("signatory") as ctx:
        waiting = service.own_answers(ctx, EDITION).waiting
        number = service.release(ctx, EDITION, questions=["A-06", "A-07"])
    after = desk(office)

    assert before.ready == 0
    assert before.waiting == len(waiting) > 30
    assert number == after.ready == 2
    batch = find(office, office.propose())
    assert {"A-06", "A-07"} <= set(batch.questions_by_state[STATE])
    assert "A-09" not in batch.questions_by_state[STATE]


@pytest.mark.parametrize("person", ["officer", "other_focal", "court"])
def test_only_the_state_releases(office, person):
    office.submit(D_01="ask_me_again_before_release")
    office.approve()

    with office.round.acting(person) as ctx, pytest.raises((NotAllowed, NotFound)):
        service.release(ctx, EDITION, questions=["A-06"])


def test_nothing_chosen_is_nothing_released(office):
    office.submit(D_01="ask_me_again_before_release")
    office.approve()

    with office.round.acting("focal") as ctx, pytest.raises(Invalid):
        service.release(ctx, EDITION, questions=["B-18"])


def test_a_correction_replaces_the_published_text_once_it_is_published(published):
    published.round.save("A1", {"A-07": Answer(text="Corrected")})
    published.submission = published.round.submit()

    def text_and_mark():
        with published.round.acting("other_focal") as ctx:
            page = service.read_state(ctx, EDITION, STATE)
        read = {q.code: r for _part, pairs in page.parts for q, r in pairs}["A-07"]
        return read.opened.answer.text, "A-07" in page.corrected

    before = text_and_mark()
    published.approve()
    published.publish(published.propose())

    assert before == ("=Who sits in it", True)
    assert text_and_mark() == ("Corrected", False)
