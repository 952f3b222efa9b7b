"""Undo: what an act did to answers is taken back, and nobody's later words with it."""

import pytest
import sqlalchemy as sa

from cooperation.audit.models import LogEntry
from cooperation.core.errors import FieldsRefused, NotAllowed, NotFound
from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.drafting.service import keeping
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.frame import ResponseReadyError
from cooperation.responses.drafting.service.keeping import Kept, keep_answer
from cooperation.responses.drafting.service.undoing import Undone, undo_answers
from cooperation.responses.rules import (
    DraftRecord,
    Saver,
    Saving,
    Seen,
    Stored,
    plan_undoing,
    read_made,
    write_made,
)
from tests.fixtures.circles import NOW
from tests.fixtures.responses import EDITION, Round

ME = Saver("me")


def stored(version: int, by: str = "me") -> Stored:
    return Stored(DraftRecord(Answer(text="words")), Seen(version), Saving(by, NOW))


@pytest.fixture
def kept(next_year: Round) -> Round:
    """A State that wrote an answer this year, with a colleague who writes beside her."""
    next_year.save("A1", {"A-02": Answer(choice=("update",)), "A-07": Answer(text="This year's")})
    return next_year


def undo(round_: Round, made, *, by: str = "focal") -> Undone:
    with round_.acting(by) as ctx:
        return undo_answers(ctx, edition_id=EDITION, made=write_made(made))


def keep_part(round_: Round) -> Kept:
    with round_.acting("focal") as ctx:
        return keeping.keep_part(ctx, edition_id=EDITION, part_code="A1")


def record_of(round_: Round, code: str) -> DraftRecord:
    with round_.reading("focal") as ctx:
        page = open_part(ctx, edition_id=EDITION, part_code="A1")
    return next(each.record for each in page.questions if each.question.code == code)


def actions(round_: Round) -> list[str]:
    with round_.world.database.reading() as session:
        return list(session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


def test_only_what_the_act_left_and_the_same_person_wrote_is_undone():
    answers = {"A-01": stored(1), "A-02": stored(5), "A-03": stored(2), "A-04": stored(3, "her")}

    plan = plan_undoing({"A-01": 1, "A-02": 5, "A-03": 1, "A-04": 3, "A-05": 1}, answers, ME)

    assert plan.before == {"A-01": 0, "A-02": 4}
    assert plan.changed == ("A-03", "A-04", "A-05")


def test_the_versions_of_an_act_travel_through_a_form():
    made = {"A-02": 1, "B-31": 9_999_999}

    assert read_made(write_made(made)) == made


@pytest.mark.parametrize(
    "text",
    ["", " ", "A-02", "A-02:0", "A-02:-1", "A-02:1 A-02:1", "A-02:1  A-03:1", "A-02:٣", "A-02:1\n"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(FieldsRefused):
        read_made(text)


def test_undoing_a_kept_part_makes_its_answers_blank_again(kept):
    made = keep_part(kept).made

    undone = undo(kept, made)

    assert set(undone.questions) == set(made)
    assert (undone.changed, undone.lost) == ((), ())
    assert record_of(kept, "A-05") == DraftRecord()
    assert record_of(kept, "A-07").answer.text == "This year's"
    assert actions(kept)[-1] == "answers.undone"


def test_undoing_a_kept_answer_brings_this_years_words_back(kept):
    with kept.reading("focal") as ctx:
        page = open_part(ctx, edition_id=EDITION, part_code="A1")
    seen = next(each.seen for each in page.questions if each.question.code == "A-07")
    with kept.acting("focal") as ctx:
        made = keep_answer(ctx, edition_id=EDITION, question_code="A-07", over=seen).made

    undo(kept, made)

    found = record_of(kept, "A-07")
    assert (found.answer.text, found.is_kept) == ("This year's", False)


def test_undoing_everything_takes_the_statement_of_a02_back_too(kept):
    kept.save("A1", {"A-07": Answer()})
    with kept.acting("focal") as ctx:
        made = service.keep_everything(ctx, edition_id=EDITION).made
    assert record_of(kept, "A-02").answer.choice == ("nothing_has_changed",)

    undo(kept, made)

    assert record_of(kept, "A-02").answer.choice == ("update",)
    with kept.reading("focal") as ctx:
        assert service.response_page(ctx, edition_id=EDITION).parts_done == 0


def test_what_a_colleague_changed_since_is_left_and_named(kept):
    made = keep_part(kept).made
    kept.save("A1", {"A-05": Answer(choice=("other",))}, by="contributor")

    undone = undo(kept, made)

    assert undone.changed == ("A-05",)
    assert record_of(kept, "A-05").answer.choice == ("other",)
    assert record_of(kept, "A-03") == DraftRecord()


def test_a_colleagues_act_is_not_undone_by_somebody_else(kept):
    made = keep_part(kept).made

    undone = undo(kept, made, by="contributor")

    assert set(undone.changed) == set(made)
    assert record_of(kept, "A-05").is_kept


def test_undoing_twice_takes_effect_once(kept):
    made = keep_part(kept).made
    undo(kept, made)
    before = actions(kept)

    undone = undo(kept, made)

    assert set(undone.changed) == set(made)
    assert actions(kept) == before


def test_nothing_is_undone_in_a_ready_response_nor_by_whoever_may_not_write(kept):
    made = keep_part(kept).made

    with pytest.raises(NotAllowed):
        undo(kept, made, by="signatory")
    with pytest.raises(NotFound):
        undo(kept, {"Z-99": 1})
    assert set(undo(kept, made, by="other_focal").changed) == set(made)
    with kept.acting("focal") as ctx:
        made = service.keep_everything(ctx, edition_id=EDITION).made
    kept.save("A1", {"A-06": Answer(choice=("yes",))})
    kept.fill()
    kept.ready()
    with pytest.raises(ResponseReadyError):
        undo(kept, made)
