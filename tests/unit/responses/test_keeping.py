"""Last year's answers: kept with audience, salt and year of the last change."""

import pytest

from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.keeping import (
    AnsweredThisYearError,
    keep_answer,
    keep_part,
    offers_keeping,
)
from cooperation.responses.rules import Audience, PartStatus
from tests.fixtures.responses import EARLIER, EDITION, Round


def state_of(round_: Round, part_code: str, code: str):
    with round_.reading("focal") as ctx:
        page = open_part(ctx, edition_id=EDITION, part_code=part_code)
    return next(each for each in page.questions if each.question.code == code)


def commitments(round_: Round, submission):
    with round_.reading("focal") as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,))
    return {row.question: row.commitment for row in rows}


def latest(round_: Round, edition: str):
    with round_.reading("focal") as ctx:
        return service.latest_submission(ctx, edition, "AF01")


def test_last_years_answer_stands_beside_a_blank_question(next_year):
    found = state_of(next_year, "A1", "A-07")

    assert found.record.answer.is_blank
    assert found.earlier is not None
    assert found.earlier.edition == EARLIER
    assert found.earlier.answer.text == "Old words"


def test_a_kept_answer_brings_its_audience_and_the_year_of_its_last_change(next_year):
    with next_year.acting("focal") as ctx:
        keep_answer(ctx, edition_id=EDITION, question_code="A-05")

    record = state_of(next_year, "A1", "A-05").record

    assert record.is_kept
    assert record.mark is Audience.COURT
    assert record.origin is not None
    assert record.origin.changed_in == EARLIER


def test_a_kept_answer_keeps_its_commitment_and_a_changed_one_does_not(next_year):
    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)
    next_year.save("B1", {"B-05": Answer(text="New this year")})
    now = commitments(next_year, next_year.submit())
    before = commitments(next_year, latest(next_year, EARLIER))

    changed = {code for code, value in now.items() if before[code] != value}

    assert "A-05" not in changed
    assert "B-05" in changed
    assert {"A-02", "D-08"} <= changed


def test_a_kept_answer_under_another_audience_gets_a_new_salt(next_year):
    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)
    next_year.save("D1", {"D-01": Answer(choice=("no_the_whole_reply_is_court",))})

    now = commitments(next_year, next_year.submit())

    before = commitments(next_year, latest(next_year, EARLIER))
    assert now["B-05"] != before["B-05"]
    assert now["A-04"] == before["A-04"]


def test_a_changed_mark_makes_a_kept_answer_this_years(next_year):
    with next_year.acting("focal") as ctx:
        keep_answer(ctx, edition_id=EDITION, question_code="A-05")
    next_year.save("A1", {}, A_05="states")

    assert not state_of(next_year, "A1", "A-05").record.is_kept


def test_keeping_a_part_leaves_what_a_colleague_wrote(next_year):
    next_year.save("A1", {"A-07": Answer(text="Written this year")})

    with next_year.acting("focal") as ctx:
        kept = keep_part(ctx, edition_id=EDITION, part_code="A1").questions

    assert "A-07" not in kept
    assert "A-02" not in kept
    assert "A-05" in kept
    assert state_of(next_year, "A1", "A-07").record.answer.text == "Written this year"


def test_keeping_everything_says_that_nothing_has_changed(next_year):
    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)

    assert state_of(next_year, "A1", "A-02").record.answer.choice == ("nothing_has_changed",)
    next_year.ready()


def test_a_state_without_an_earlier_submission_has_nothing_to_keep(next_year):
    with next_year.acting("other_focal") as ctx, pytest.raises(service.NothingToKeepError):
        service.keep_everything(ctx, edition_id=EDITION)


def test_what_was_kept_unchanged_is_complete_in_sections_b_and_c(next_year):
    next_year.save("A1", {"A-02": Answer(choice=("nothing_has_changed",))})

    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)

    with next_year.reading("focal") as ctx:
        home = service.response_page(ctx, edition_id=EDITION)
    statuses = {each.part.code: each.status for each in home.parts if each.part.code[0] in "BC"}
    assert set(statuses.values()) == {PartStatus.DONE}


def test_keeping_everything_turns_an_update_of_nothing_into_nothing_has_changed(next_year):
    next_year.save("A1", {"A-02": Answer(choice=("update",))})

    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)

    assert state_of(next_year, "A1", "A-02").record.answer.choice == ("nothing_has_changed",)


def test_keeping_the_rest_of_an_update_leaves_it_an_update(next_year):
    next_year.save("A1", {"A-02": Answer(choice=("update",)), "A-07": Answer(text="New")})

    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)

    assert state_of(next_year, "A1", "A-02").record.answer.choice == ("update",)


@pytest.mark.parametrize(
    ("person", "kind", "is_offered"),
    [
        ("focal", "nothing_has_changed", True),
        ("focal", "update", False),
        ("other_focal", "nothing_has_changed", False),
    ],
)
def test_keeping_is_offered_to_who_says_that_nothing_has_changed(
    next_year, person, kind, is_offered
):
    fields = next_year.fields("A1", {"A-02": Answer(choice=(kind,))})
    next_year.post("A1", fields, by=person)

    with next_year.reading(person) as ctx:
        assert offers_keeping(ctx, edition_id=EDITION) is is_offered


def test_keeping_is_not_offered_again_once_everything_is_kept(next_year):
    next_year.save("A1", {"A-02": Answer(choice=("nothing_has_changed",))})
    with next_year.acting("focal") as ctx:
        service.keep_everything(ctx, edition_id=EDITION)

    with next_year.reading("focal") as ctx:
        assert not offers_keeping(ctx, edition_id=EDITION)


def keep(round_: Round, code: str, over=None) -> None:
    with round_.acting("focal") as ctx:
        chosen = {} if over is None else {"over": over}
        keep_answer(ctx, edition_id=EDITION, question_code=code, **chosen)


def test_this_years_words_are_replaced_only_where_just_they_were_let_go(next_year):
    next_year.save("A1", {"A-07": Answer(text="Written this year")})
    seen = state_of(next_year, "A1", "A-07").seen

    with pytest.raises(AnsweredThisYearError):
        keep(next_year, "A-07")
    next_year.save("A1", {"A-07": Answer(text="A colleague's words")}, by="contributor")
    with pytest.raises(AnsweredThisYearError):
        keep(next_year, "A-07", seen)
    assert state_of(next_year, "A1", "A-07").record.answer.text == "A colleague's words"
    keep(next_year, "A-07", state_of(next_year, "A1", "A-07").seen)

    assert state_of(next_year, "A1", "A-07").record.answer.text == "Old words"


def test_an_audience_chosen_this_year_is_not_replaced_unasked(next_year):
    next_year.save("A1", {}, A_05="restricted")

    with pytest.raises(AnsweredThisYearError):
        keep(next_year, "A-05")
    with next_year.acting("focal") as ctx:
        assert "A-05" not in keep_part(ctx, edition_id=EDITION, part_code="A1").questions

    assert state_of(next_year, "A1", "A-05").record.mark is Audience.RESTRICTED


def test_the_same_words_typed_again_become_kept_without_a_question(next_year):
    next_year.save("A1", {"A-07": Answer(text="Old words")})

    keep(next_year, "A-07")

    assert state_of(next_year, "A1", "A-07").record.is_kept
