"""Sign and submit: gaps, the manifest, commitments, audiences by key, the next submission."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.models import Submission as SubmissionRow
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    ManifestAnswer,
    ResponseStatus,
    root_leaves,
)
from cooperation.responses.signing.service.narrowing import AlreadyNarrowError
from cooperation.responses.signing.service.signing import NotReadyError
from cooperation.responses.submitted.service.signed import forget_manifests
from cooperation.vault.commitment import is_commitment_of
from cooperation.vault.errors import CannotOpen, StatementRefused
from cooperation.vault.merkle import leaf_hash, root_of
from cooperation.vault.statements import verify_signature
from tests.fixtures.circles import NOW
from tests.fixtures.responses import EDITION, Round

LATE = NOW + timedelta(days=30)


def rows_of(round_: Round, submission, by="focal", **wanted):
    with round_.reading(by) as ctx:
        return service.submission_answers(ctx.session, (submission.id,), **wanted)


def opened_by(round_: Round, submission, by, audiences):
    with round_.reading(by) as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,), audiences=audiences)
        return {code: found for (_s, code), found in service.open_answers(ctx, rows).items()}


def test_a_response_with_gaps_is_neither_ready_nor_submitted(round_):
    round_.save("A1", {"A-07": Answer(text="Only this")})

    with pytest.raises(Invalid) as caught:
        round_.ready()

    assert ("A-02") in [field for field, _sentence in caught.value.errors]


def test_submission_is_numbered_and_closes_nothing(filled):
    submission = filled.submit()

    with filled.reading("focal") as ctx:
        home = service.response_page(ctx, edition_id=EDITION)
    assert submission.number == 1
    assert not submission.is_late
    assert home.status is ResponseStatus.SUBMITTED
    assert filled.save("A1", {"A-07": Answer(text="The draft goes on")}).written == ("A-07",)


def test_every_question_has_one_record(filled):
    submission = filled.submit()

    rows = rows_of(filled, submission)

    assert {row.question for row in rows} == {each.code for each in filled.questionnaire.questions}
    assert len(rows) == len(filled.questionnaire.questions) == 80
    assert {len(row.sealed) % 256 for row in rows} == {64}
    statuses = {row.question: row.status for row in rows}
    assert statuses["B-09"] == AnswerStatus.NOT_ASKED
    assert statuses["B-03"] == AnswerStatus.NO_ANSWER
    assert statuses["A-02"] == AnswerStatus.ANSWERED


def test_an_answer_that_is_no_longer_asked_is_submitted_as_not_asked_and_blank(filled):
    filled.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="Hidden words")})
    filled.save("A1", {"A-06": Answer(choice=("no",))})
    submission = filled.submit()

    rows = rows_of(filled, submission, questions=("A-07",))
    opened = opened_by(filled, submission, "focal", tuple(Audience))

    assert rows[0].status == AnswerStatus.NOT_ASKED
    assert opened["A-07"].answer.is_blank
    with filled.reading("focal") as ctx:
        page = open_part(ctx, edition_id=EDITION, part_code="A1")
    draft = {each.question.code: each.record.answer for each in page.questions}
    assert draft["A-07"].text == "Hidden words"


def test_derived_questions_are_filled_in_at_signing(filled):
    filled.save("A1", {}, A_05="court")
    submission = filled.submit()

    opened = opened_by(filled, submission, "focal", tuple(Audience))

    assert opened["A-01"].answer.text == "State AF01"
    assert opened["D-07"].answer.text == "Person signatory"
    assert opened["D-08"].answer.day == "2026-11-22"
    assert [row.cell("question") for row in opened["D-02"].answer.rows] == ["A-05"]


def test_every_commitment_opens_and_the_root_binds_them(filled):
    submission = filled.submit()
    rows = rows_of(filled, submission)
    opened = opened_by(filled, submission, "focal", tuple(Audience))

    for row in rows:
        found = opened[row.question]
        assert is_commitment_of(row.commitment, found.canonical, found.salt)
    bound = [ManifestAnswer(row.question, row.audience, row.status, row.commitment) for row in rows]
    leaves = root_leaves(EDITION, filled.questionnaire.content_hash, bound)
    assert root_of([leaf_hash(leaf) for leaf in leaves]) == submission.root


def test_the_manifest_verifies_and_says_what_was_sealed(filled):
    submission = filled.submit()
    signatory = filled.world.people["signatory"].person_id
    with filled.reading("focal") as ctx:
        row = ctx.session.get(SubmissionRow, submission.id)
        key = circles.signing_key_of(ctx.session, signatory)
        instance = ctx.reader.instance
        verify_signature(key, row.signature, row.manifest, instance=instance)
        with pytest.raises(StatementRefused):
            verify_signature(key, row.signature, row.manifest + b" ", instance=instance)
        manifest = json.loads(row.manifest)

    assert manifest["count"] == 80
    assert manifest["root"] == submission.root.hex()
    assert manifest["settings"]["d01"] == "yes_all_except_those_i_marked"
    assert {name for name, _version, _hash in manifest["circles"]} == {
        "state/AF01",
        "secretariat",
        "court",
    }
    assert not manifest["one_person"]


@pytest.mark.parametrize(
    ("person", "readable"),
    [
        ("focal", {"states", "restricted", "court"}),
        ("signatory", {"states", "restricted", "court"}),
        ("officer", {"states", "restricted"}),
        ("head", {"states", "restricted"}),
        ("court", {"restricted", "court"}),
        ("facilitator", set()),
        ("other_focal", set()),
        ("auditor", set()),
    ],
)
def test_keys_open_what_the_audience_table_says_without_any_guard(filled, person, readable):
    filled.save("A1", {}, A_05="court")
    submission = filled.submit()

    found = set()
    for audience in Audience:
        try:
            if opened_by(filled, submission, person, (audience,)):
                found.add(audience.value)
        except CannotOpen:
            continue

    assert found == readable


def test_a_court_only_reply_goes_to_the_court_but_for_what_identifies_it(round_):
    round_.fill(D_01="no_the_whole_reply_is_court")
    submission = round_.submit()

    audiences = {row.question: row.audience for row in rows_of(round_, submission)}

    states = {code for code, audience in audiences.items() if audience == Audience.STATES}
    assert states == {"A-01", "A-02", "A-03", "D-01", "D-08"}
    assert audiences["A-04"] == Audience.RESTRICTED
    assert audiences["B-05"] == Audience.COURT
    assert submission.settings.is_court_only


@pytest.mark.parametrize(
    ("option", "audience"),
    [("states_parties_and_the_court", Audience.STATES), ("the_court_only", Audience.COURT)],
)
def test_the_directory_setting_moves_the_contacts(round_, option, audience):
    round_.fill(D_03=option)
    submission = round_.submit()

    rows = rows_of(round_, submission, questions=("A-08", "A-10"))

    assert {row.audience for row in rows} == {audience}


def test_only_the_signatory_signs(filled):
    filled.ready()

    with filled.acting("focal") as ctx, pytest.raises(NotAllowed):
        service.submit_response(ctx, edition_id=EDITION, version=1, is_declared=True)


def test_signing_asks_for_a_fresh_code(filled):
    filled.ready()

    with filled.acting("signatory") as ctx:
        stale = replace(ctx, actor=replace(ctx.actor, stepped_up_at=NOW - timedelta(minutes=6)))
        with pytest.raises(StepUpNeeded):
            service.submit_response(stale, edition_id=EDITION, version=1, is_declared=True)


def test_signing_needs_the_declaration(filled):
    filled.ready()

    with filled.acting("signatory") as ctx:
        version = service.signing_page(ctx, edition_id=EDITION).version
        with pytest.raises(Invalid) as caught:
            service.submit_response(ctx, edition_id=EDITION, version=version, is_declared=False)

    assert caught.value.errors[0][0] == "declared"


def test_one_person_who_prepares_and_signs_is_so_named_in_the_log(filled):
    with filled.acting("signatory") as ctx:
        both = frozenset({Role.FOCAL_POINT, Role.SIGNATORY})
        alone = replace(ctx, actor=replace(ctx.actor, roles=both))
        service.mark_ready(alone, edition_id=EDITION)
        version = service.signing_page(alone, edition_id=EDITION).version
        submission = service.submit_response(
            alone, edition_id=EDITION, version=version, is_declared=True
        )

    with filled.reading("officer") as ctx:
        logged = audit.entries_for(ctx.session, submission=submission.id)
        rows = service.submission_answers(
            ctx.session, (submission.id,), audiences=(Audience.STATES,)
        )
        forget_manifests()
        assert service.open_answers(ctx, rows)
    assert [entry.action for entry in logged] == ["response.submitted_by_one"]


def test_a_submission_of_two_persons_is_logged_as_one(filled):
    submission = filled.submit()

    with filled.reading("officer") as ctx:
        logged = audit.entries_for(ctx.session, submission=submission.id)
    assert [entry.action for entry in logged] == ["response.submitted"]


def test_what_changed_after_ready_is_not_signed(filled):
    filled.ready()
    with filled.reading("signatory") as ctx:
        version = service.signing_page(ctx, edition_id=EDITION).version
    filled.reopen()
    filled.save("B1", {"B-05": Answer(text="Changed meanwhile")})
    filled.ready()

    with filled.acting("signatory") as ctx, pytest.raises(NotReadyError):
        service.submit_response(ctx, edition_id=EDITION, version=version, is_declared=True)


def test_an_unchanged_draft_is_not_submitted_twice(filled):
    filled.submit()

    with pytest.raises(Conflict):
        filled.submit()


def test_the_next_submission_keeps_the_commitments_of_what_is_unchanged(filled):
    first = filled.submit()
    filled.save("B1", {"B-05": Answer(text="Corrected")})
    second = filled.submit()

    before = {row.question: row.commitment for row in rows_of(filled, first)}
    after = {row.question: row.commitment for row in rows_of(filled, second)}

    assert second.number == 2
    assert {code for code, value in after.items() if before[code] != value} == {"B-05"}
    with filled.reading("officer") as ctx:
        assert [each.id for each in service.submissions_of(ctx, EDITION)] == [second.id]


def test_a_submission_after_the_deadline_is_marked_late(filled):
    assert filled.submit(LATE).is_late


def test_a_state_that_submitted_shows_as_submitted_without_content(filled):
    filled.submit()
    filled.save("A1", {"A-07": Answer(text="More")})

    with filled.reading("officer") as ctx:
        found = {each.state_code: each for each in service.progress(ctx.session, EDITION)}

    assert found["AF01"].status is ResponseStatus.SUBMITTED
    assert found["AF01"].parts_done == 13
    assert found["AF02"].status is ResponseStatus.NOT_STARTED


def test_another_states_submission_is_not_found(filled):
    submission = filled.submit()

    with filled.reading("other_focal") as ctx:
        with pytest.raises(NotFound):
            service.own_submission(ctx, submission.id)
        with pytest.raises(NotFound):
            service.latest_submission(ctx, EDITION, "AF01")


def test_narrowing_takes_an_answer_from_the_secretariat_and_keeps_its_commitment(filled):
    submission = filled.submit()
    before = rows_of(filled, submission, questions=("B-05",))[0]

    with filled.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id=EDITION, question_code="B-05")

    after = rows_of(filled, submission, questions=("B-05",))[0]
    opened = opened_by(filled, submission, "court", (Audience.COURT,))["B-05"]
    assert after.audience == Audience.COURT
    assert after.commitment == before.commitment
    assert is_commitment_of(after.commitment, opened.canonical, opened.salt)
    with filled.reading("officer") as ctx, pytest.raises(CannotOpen):
        service.open_answers(ctx, [after])


def test_a_correction_does_not_widen_what_was_narrowed(filled):
    filled.submit()
    with filled.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id=EDITION, question_code="B-05")
    filled.save("B1", {"B-05": Answer(text="Corrected")})

    second = filled.submit()

    assert rows_of(filled, second, questions=("B-05",))[0].audience == Audience.COURT


def shown_at_signing(round_: Round):
    with round_.reading("signatory") as ctx:
        return service.signing_page(ctx, edition_id=EDITION)


def sealed(round_: Round, submission):
    rows = rows_of(round_, submission)
    return {row.question: row.audience for row in rows if row.status == AnswerStatus.ANSWERED}


@pytest.mark.parametrize("d01", ["no_the_whole_reply_is_court", "yes_all_except_those_i_marked"])
def test_the_signatory_is_shown_what_will_be_sealed(round_, d01):
    round_.fill(D_01=d01)
    round_.save("A1", {}, A_05="restricted")

    state = shown_at_signing(round_)

    expected = sealed(round_, round_.submit())
    assert state.sealed == expected
    assert {code.code: audience for code, audience in state.marked} == {"A-05": expected["A-05"]}


def test_the_signatory_is_shown_a_narrowed_answer_as_the_courts(filled):
    filled.submit()
    with filled.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id=EDITION, question_code="B-05")
    filled.save("B1", {"B-05": Answer(text="Corrected")})

    state = shown_at_signing(filled)
    with filled.reading("focal") as ctx:
        page = open_part(ctx, edition_id=EDITION, part_code="B1")

    assert state.sealed["B-05"] is Audience.COURT
    assert state.audiences[Audience.COURT] == 1 + sum(
        audience is Audience.COURT for code, audience in state.sealed.items() if code != "B-05"
    )
    assert {each.question.code: each.audience for each in page.questions}["B-05"] is Audience.COURT
    assert sealed(filled, filled.submit()) == state.sealed


def test_d02_is_submitted_with_the_audiences_that_were_sealed(round_):
    round_.fill(D_01="no_the_whole_reply_is_court")
    round_.save("A1", {}, A_05="restricted")
    submission = round_.submit()

    opened = opened_by(round_, submission, "officer", (Audience.RESTRICTED,))

    rows = opened["D-02"].answer.rows
    assert [(row.cell("question"), row.cell("audience")) for row in rows] == [("A-05", "court")]


def test_a_new_key_of_the_court_must_be_confirmed(filled, monkeypatch):
    filled.submit()
    filled.save("B1", {"B-05": Answer(text="Corrected")})
    filled.ready()
    changed = [replace(each, key_hash=b"\x01" * 32) for each in _court_versions(filled)]
    monkeypatch.setattr(
        "cooperation.responses.signing.service.signing.circles.circle_versions",
        lambda _c, _n: changed,
    )

    with filled.acting("signatory") as ctx:
        state = service.signing_page(ctx, edition_id=EDITION)
        with pytest.raises(Invalid) as caught:
            service.submit_response(
                ctx, edition_id=EDITION, version=state.version, is_declared=True
            )

    assert state.is_court_new
    assert caught.value.errors[0][0] == "court_confirmed"


def _court_versions(round_: Round):
    with round_.reading("focal") as ctx:
        return circles.circle_versions(ctx, ("court",))


def test_an_answer_is_narrowed_once(filled):
    filled.submit()
    with filled.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id=EDITION, question_code="B-05")

    with filled.acting("focal") as ctx, pytest.raises(AlreadyNarrowError):
        service.narrow_answer(ctx, edition_id=EDITION, question_code="B-05")


def test_a_question_without_an_answer_is_not_narrowed(filled):
    filled.submit()

    with filled.acting("focal") as ctx, pytest.raises(NotFound):
        service.narrow_answer(ctx, edition_id=EDITION, question_code="B-03")
