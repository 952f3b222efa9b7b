"""Who reads what is published, what the Court reads besides, files, export, narrowing."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from cooperation.audit import service as audit
from cooperation.circles.rules import BundleKind
from cooperation.core.errors import NotAllowed, NotFound, StepUpNeeded
from cooperation.editions.rules import Answer, Row
from cooperation.publication import service
from cooperation.publication.batches.service import candidates
from cooperation.publication.batches.service.records import NotWhatWasSignedError, opened_answer
from cooperation.publication.own.service.narrowing import find_narrowing
from cooperation.publication.reading.service import reading
from cooperation.publication.reading.service.collecting import open_published
from cooperation.publication.reading.service.exporting import download_file, export_answers
from cooperation.publication.reading.service.reading import read_question
from cooperation.publication.rules import Standing
from cooperation.publication.service import ReadAnswer, Source
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus
from cooperation.review.service.reading import read_part
from cooperation.vault.errors import CannotOpen
from tests.fixtures.circles import NOW

EDITION, STATE = "2026", "AF01"
LATER = NOW + timedelta(days=1)


def read(office, person="other_focal", now=NOW):
    with office.round.acting(person, now) as ctx:
        page = service.read_state(ctx, EDITION, STATE)
    return {q.code: r for _part, pairs in page.parts for q, r in pairs}


def entries(office, *actions):
    with office.round.reading("head") as ctx:
        return [each for act in actions for each in audit.entries_for(ctx.session, action=act)]


def narrow(office, code="A-07", by="focal"):
    with office.round.acting(by, LATER) as ctx:
        service.narrow(ctx, EDITION, code)


@pytest.mark.parametrize("person", ["other_focal", "focal", "officer", "court", "facilitator"])
def test_all_readers_read_published_answers(published, person):
    answers = read(published, person)

    assert answers["A-07"].opened.answer.text == "=Who sits in it"
    assert answers["A-07"].source is Source.PUBLISHED


def test_an_auditor_reads_no_answer(published):
    with published.round.acting("auditor") as ctx, pytest.raises(NotAllowed):
        service.read_state(ctx, EDITION, STATE)


def test_other_states_read_neither_restricted_nor_court_answers(published):
    answers = read(published)

    assert answers["A-04"] is answers["A-05"] is answers["A-12"] is None


def test_the_court_reads_restricted_and_court_answers_labelled(published):
    answers = read(published, "court")

    assert answers["A-04"].source is Source.RESTRICTED
    assert answers["A-05"].source is Source.COURT
    assert answers["A-05"].opened.answer.choice
    assert answers["A-12"].source is Source.RESTRICTED


def test_before_publication_only_the_court_reads_and_only_what_is_for_it(submitted):
    assert all(answer is None for answer in read(submitted).values())

    answers = read(submitted, "court")
    assert answers["A-05"].source is Source.COURT
    assert answers["A-07"] is None


def test_nobody_else_may_ask_for_confidential_answers(published):
    with published.round.acting("officer") as ctx, pytest.raises(NotAllowed):
        service.collect_answers(ctx, EDITION, with_confidential=True)


def test_blank_records_are_told_apart(published):
    answers = read(published)

    assert answers["B-09"].status == "not_asked"
    assert answers["B-13"].status == "no_answer"
    assert not answers["B-13"].has_content


def test_each_page_of_another_institution_leaves_one_entry(published):
    read(published)
    read(published, "court")
    read(published, "focal")
    with published.round.acting("officer") as ctx:
        read_question(ctx, EDITION, "A-07")

    found = entries(published, "published.read", "court_answer.read")
    assert [each.institution for each in found] == ["state/AF02", "secretariat", "court"]
    assert all(each.states == (STATE,) for each in found)
    assert found[1].questions == ("A-07",)
    assert "A-05" in found[2].questions
    assert "A-05" not in found[0].questions


def shown_submission(office, person):
    with office.round.acting(person) as ctx:
        return service.read_state(ctx, EDITION, STATE).submission


def test_a_page_names_the_submission_that_its_answers_come_from(published):
    shown = shown_submission(published, "other_focal")

    assert (shown.id, shown.number, shown.is_late) == (published.submission.id, 1, False)


def test_a_later_submission_is_named_to_those_only_who_read_of_it(published):
    published.round.save("A1", {"A-05": Answer(choice=("other",))}, A_05="court")
    published.round.submit(LATER + timedelta(days=60))

    shown = {person: shown_submission(published, person) for person in ("other_focal", "court")}

    assert (shown["other_focal"].number, shown["other_focal"].is_late) == (1, False)
    assert (shown["court"].number, shown["court"].is_late) == (2, True)


def test_where_nothing_can_be_read_no_submission_is_named(submitted):
    assert shown_submission(submitted, "other_focal") is None
    assert shown_submission(submitted, "court").number == 1


def test_a_page_by_question_holds_all_states_that_can_be_read(published):
    with published.round.acting("court") as ctx:
        page = read_question(ctx, EDITION, "A-05")
    with published.round.acting("other_focal") as ctx:
        other = read_question(ctx, EDITION, "A-05")

    assert [participant.state_code for participant, _read in page.answers] == [STATE]
    assert [participant.state_code for participant in page.silent] == ["AF02"]
    assert other.answers == ()
    with published.round.acting("court") as ctx, pytest.raises(NotFound):
        read_question(ctx, EDITION, "Z-99")


def test_the_list_counts_what_each_reader_may_read(published):
    with published.round.reading("other_focal") as ctx:
        mine = {each.participant.state_code: each for each in service.list_states(ctx, EDITION)}
    with published.round.reading("court") as ctx:
        courts = {each.participant.state_code: each for each in service.list_states(ctx, EDITION)}

    assert mine[STATE].published > 30
    assert mine[STATE].confidential == 0
    assert courts[STATE].confidential >= 3
    assert mine["AF02"].published == 0


def test_a_published_record_is_what_the_state_signed(published):
    with published.round.reading("other_focal") as ctx:
        opened = {(state, code): content for state, code, content in open_published(ctx, EDITION)}
        rows = {row.question: row for row in reading.queries.sealed_records(ctx.session, EDITION)}

    content = opened[STATE, "A-07"]
    assert opened_answer(content, rows["A-07"].commitment).answer.text == "=Who sits in it"
    with pytest.raises(NotWhatWasSignedError):
        opened_answer(content, rows["A-06"].commitment)


def test_a_published_record_opens_at_its_own_place_only(published):
    with published.round.reading("other_focal") as ctx:
        rows = {row.question: row for row in reading.queries.sealed_records(ctx.session, EDITION)}
        bundle = candidates.published_bundle(ctx, EDITION)
        with pytest.raises(CannotOpen):
            bundle.open_many(
                [("A-06", 1, STATE, rows["A-07"].sealed)], kind="published_answer", field="answer"
            )


def export(office, person="other_focal", **scope):
    with office.round.acting(person) as ctx:
        download = export_answers(ctx, EDITION, **scope)
    return list(csv.DictReader(io.StringIO(download.content.decode("utf-8-sig"))))


def test_an_export_holds_what_the_reader_may_read_and_no_formula(published):
    mine = {row["Question"]: row for row in export(published)}
    courts = {row["Question"]: row for row in export(published, "court")}

    assert mine["A-07"]["Answer"] == "'=Who sits in it"
    assert "A-05" not in mine
    assert courts["A-05"]["Who may read"] == "Court only"
    assert courts["A-12"]["Who may read"] == "Secretariat and Court only"
    assert mine["B-09"]["Status"] == "Not asked"
    found = entries(published, "published.exported", "court_answer.exported")
    assert [each.institution for each in found] == ["state/AF02", "court"]


def read_of(state, question):
    return ReadAnswer(
        state, question, Source.PUBLISHED, AnswerStatus.ANSWERED, b"", b"opened", NOW, None
    )


def logged_export(office, *answers, by="facilitator"):
    with office.round.acting(by) as ctx:
        reading.log_reading(ctx, EDITION, answers, act="exported")
    return entries(office, "published.exported")[-1]


def test_an_entry_over_several_states_never_names_what_one_of_them_did_not_give(published):
    uneven = [read_of(STATE, "A-06"), read_of("AF02", "A-06"), read_of("AF02", "A-07")]

    found = logged_export(published, *uneven)

    assert found.states == (STATE, "AF02")
    assert found.questions == "all"


def test_an_entry_names_the_questions_that_all_its_states_gave(published):
    one = logged_export(published, read_of(STATE, "A-06"), read_of(STATE, "A-07"))
    both = logged_export(published, read_of(STATE, "A-06"), read_of("AF02", "A-06"))

    assert (one.states, one.questions) == ((STATE,), ("A-06", "A-07"))
    assert (both.states, both.questions) == ((STATE, "AF02"), ("A-06",))


def test_an_export_of_everything_counts_as_an_opening_of_what_is_published(published):
    logged_export(published, read_of(STATE, "A-06"), read_of("AF02", "A-07"))

    with published.round.reading("focal", LATER) as ctx:
        facts = find_narrowing(ctx, EDITION, "A-07")

    assert facts.institutions == 1


@pytest.mark.parametrize(("code", "institutions"), [("A-07", 0), ("A-12", 1)])
def test_an_export_of_the_court_opened_only_what_was_given_to_it(submitted, code, institutions):
    confidential = read_of(STATE, "A-12")._replace(source=Source.RESTRICTED)
    with submitted.round.acting("court", NOW + timedelta(hours=1)) as ctx:
        answers = (confidential, read_of("AF02", "A-06"))
        reading.log_reading(ctx, EDITION, answers, act="exported")

    with submitted.round.reading("focal", LATER) as ctx:
        facts = find_narrowing(ctx, EDITION, code)

    assert facts.published_at is None
    assert facts.institutions == institutions


def test_an_export_may_be_of_one_state_or_one_question(published):
    assert {row["Question"] for row in export(published, question_code="A-07")} == {"A-07"}
    assert export(published, state_code="AF02") == []
    with pytest.raises(NotFound):
        export(published, state_code="XX99")


def test_an_export_asks_for_a_fresh_second_factor(published):
    with published.round.acting("court") as ctx:
        stale = replace(ctx, actor=replace(ctx.actor, stepped_up_at=NOW - timedelta(minutes=6)))
        with pytest.raises(StepUpNeeded):
            export_answers(stale, EDITION)


def with_file(office):
    law = Row("1", {"title": "Law", "date": "2010-01-01"})
    office.round.fill()
    office.round.save("B2", {"B-08": Answer(rows=(law,))})
    with office.round.acting("focal") as ctx:
        file = responses.add_file(
            ctx,
            edition_id=EDITION,
            question_code="B-09",
            name="law.pdf",
            content=b"%PDF-1.7\nlaw\n%%EOF",
        )
    office.submission = office.round.submit()
    office.approve()
    office.publish(office.propose())
    return file


def download(office, person, file):
    with office.round.acting(person) as ctx:
        return download_file(ctx, EDITION, STATE, "B-09", file.id)


def test_files_of_published_answers_are_read_and_logged(office):
    file = with_file(office)

    found = download(office, "other_focal", file)

    assert (found.name, found.content) == ("law.pdf", b"%PDF-1.7\nlaw\n%%EOF")
    assert [each.institution for each in entries(office, "file.read")] == ["state/AF02"]


def test_files_go_to_the_court_when_their_answer_is_narrowed(office):
    file = with_file(office)
    narrow(office, "B-09")

    assert download(office, "court", file).content == b"%PDF-1.7\nlaw\n%%EOF"
    for person in ("other_focal", "officer"):
        with pytest.raises(NotFound):
            download(office, person, file)


def test_the_state_is_told_who_opened_an_answer_before_it_narrows_it(published):
    read(published, "other_focal", NOW + timedelta(hours=1))
    read(published, "court", NOW + timedelta(hours=1))
    read(published, "court", NOW + timedelta(hours=2))
    export(published, "facilitator", question_code="A-06")

    with published.round.reading("signatory", LATER) as ctx:
        facts = find_narrowing(ctx, EDITION, "A-07")

    assert facts.published_at == NOW
    assert facts.institutions == 2
    assert facts.opened.answer.text == "=Who sits in it"


def test_before_publication_the_readings_of_the_submission_count(submitted):
    submitted.approve()
    with submitted.round.reading("focal") as ctx:
        before = find_narrowing(ctx, EDITION, "A-07")
    with submitted.round.acting("officer", LATER) as ctx:
        read_part(ctx, EDITION, STATE, "A1")
    with submitted.round.reading("focal", LATER) as ctx:
        after = find_narrowing(ctx, EDITION, "A-07")

    assert before.published_at is None
    assert (before.institutions, after.institutions) == (0, 1)


def test_a_narrowed_answer_is_the_courts_and_readers_learn_the_day(published):
    narrow(published)

    mine, courts = read(published)["A-07"], read(published, "court")["A-07"]
    assert (mine.is_open, mine.narrowed_at) == (False, LATER)
    assert courts.source is Source.COURT
    assert courts.opened.answer.text == "=Who sits in it"
    assert courts.narrowed_at == LATER
    with published.round.reading("officer") as ctx:
        rows = {row.question: row for row in reading.queries.sealed_records(ctx.session, EDITION)}
    assert "A-07" not in rows
    row = next(each for each in export(published) if each["Question"] == "A-07")
    assert (row["Status"], row["Answer"], row["Narrowed on"]) == (
        "Narrowed by the State",
        "",
        LATER.date().isoformat(),
    )


def test_a_narrowed_answer_keeps_its_commitment(published):
    before = submitted_row(published)

    narrow(published)

    after = submitted_row(published)
    assert after.commitment == before.commitment
    assert after.bundle_kind == BundleKind.SUBMITTED_COURT
    assert after.sealed != before.sealed


def submitted_row(office):
    with office.round.reading("officer") as ctx:
        return responses.submission_answers(
            ctx.session, [office.submission.id], questions=("A-07",)
        )[0]


def test_a_restricted_answer_can_be_narrowed_before_publication(submitted):
    narrow(submitted, "A-12", by="signatory")

    assert read(submitted, "court")["A-12"].source is Source.COURT
    with submitted.round.reading("officer") as ctx:
        row = responses.submission_answers(
            ctx.session, [submitted.submission.id], questions=("A-12",)
        )
        with pytest.raises(CannotOpen):
            responses.open_answers(ctx, row)


@pytest.mark.parametrize("person", ["officer", "head", "court", "facilitator"])
def test_only_the_state_narrows(published, person):
    with published.round.acting(person) as ctx, pytest.raises(NotAllowed):
        service.narrow(ctx, EDITION, "A-07")


def test_another_state_cannot_narrow(published):
    with published.round.acting("other_focal") as ctx, pytest.raises(NotFound):
        service.narrow(ctx, EDITION, "A-07")
    with published.round.acting("other_focal") as ctx, pytest.raises(NotFound):
        find_narrowing(ctx, EDITION, "A-07")


def test_narrowing_asks_for_a_fresh_second_factor(published):
    with published.round.acting("focal") as ctx:
        stale = replace(ctx, now=ctx.now + timedelta(minutes=6))
        with pytest.raises(StepUpNeeded):
            service.narrow(stale, EDITION, "A-07")


def test_the_state_sees_where_each_answer_stands(published):
    narrow(published)

    with published.round.reading("focal") as ctx:
        found = {each.question.code: each for each in service.own_answers(ctx, EDITION).answers}

    assert found["A-06"].standing is Standing.PUBLISHED
    assert found["A-07"].standing is Standing.NARROWED
    assert found["A-05"].standing is Standing.CONFIDENTIAL
    assert found["B-13"].standing is Standing.EMPTY
    assert found["A-06"].can_be_narrowed
    assert not found["A-05"].can_be_narrowed
    with published.round.reading("other_focal") as ctx:
        assert service.own_answers(ctx, EDITION).submission is None
