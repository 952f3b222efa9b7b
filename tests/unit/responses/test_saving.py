"""Saving a part: what is written, what is refused, and what colleagues do to each other."""

import pytest

from cooperation.core.errors import Invalid, NotAllowed, NotFound
from cooperation.editions.rules import FIELD_CHARACTERS, Answer
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.frame import EditionClosedError
from cooperation.responses.rules import Audience, Choice, PageKey, Settling
from tests.fixtures.responses import EDITION, Round

PAGE = "f" * 32


@pytest.fixture
def round_(round_):
    """The round with a contributor, who writes beside the focal point."""
    return round_


def opened(round_: Round, part_code: str, code: str, by: str = "focal"):
    with round_.reading(by) as ctx:
        state = open_part(ctx, edition_id=EDITION, part_code=part_code)
    return next(each for each in state.questions if each.question.code == code)


def test_a_saved_answer_comes_back_to_a_colleague(round_):
    result = round_.save("A1", {"A-07": Answer(text="Four ministries meet monthly.")})

    found = opened(round_, "A1", "A-07", by="signatory")

    assert result.written == ("A-07",)
    assert found.record.answer.text == "Four ministries meet monthly."
    assert found.seen.version == 1


def test_only_what_was_changed_becomes_a_new_version(round_):
    round_.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="One")})

    result = round_.save("A1", {"A-07": Answer(text="Two")})

    assert result.written == ("A-07",)
    assert result.seen["A-06"].version == 1
    assert result.seen["A-07"].version == 2


def test_several_answers_become_new_versions_at_once(round_):
    round_.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="One")})

    result = round_.save("A1", {"A-06": Answer(choice=("no",)), "A-07": Answer(text="Two")})

    assert set(result.written) == {"A-06", "A-07"}
    assert result.seen["A-06"].version == result.seen["A-07"].version == 2


def test_a_page_sent_again_unchanged_writes_nothing(round_):
    round_.save("A1", {"A-06": Answer(choice=("yes",))})

    assert round_.save("A1", {}).written == ()


def test_what_does_not_count_yet_is_kept_as_typed_beside_its_siblings(round_):
    fields = round_.fields("B1", {"B-05": Answer(text="A path")}) | {"B-06": ["soon"]}

    result = round_.post("B1", fields)

    found = opened(round_, "B1", "B-06", by="signatory")
    assert set(result.written) == {"B-05", "B-06"}
    assert [name for name, _sentence in result.problems] == ["B-06"]
    assert found.record.answer == Answer(unfit=(("B-06", "soon"),))
    assert [name for name, _sentence in found.problems] == ["B-06"]
    assert opened(round_, "B1", "B-05").record.answer.text == "A path"


def test_what_can_be_kept_is_kept_beside_what_is_too_large_even_for_a_draft(round_):
    large = "x" * (FIELD_CHARACTERS + 1)
    fields = round_.fields("B1", {"B-05": Answer(text=large)}) | {"B-06": ["30"]}

    result = round_.post("B1", fields)

    assert result.written == ("B-06",)
    assert [name for name, _sentence in result.refused["B-05"]] == ["B-05"]
    assert result.left_out == ("B-05",)
    assert result.seen["B-06"].version == 1
    assert "B-05" not in result.seen


def test_what_does_not_count_yet_refuses_the_mark_ready_and_is_named(filled):
    filled.save("B1", {"B-05": Answer(text="x" * 4001)})

    with pytest.raises(Invalid) as caught:
        filled.ready()

    name, sentence = caught.value.errors[0]
    assert name == "B-05"
    assert str(sentence).startswith("B-05: Shorten this to 4000 characters or fewer")


def test_what_does_not_count_yet_asks_no_follow_up_question_and_decides_no_audience(round_):
    options = ["update", "nothing_has_changed"]
    part = round_.fields("A1", {}) | {"A-02": options}

    round_.post("A1", part)

    assert opened(round_, "A1", "A-02").record.answer.choice == ()
    assert sorted(text for _name, text in opened(round_, "A1", "A-02").record.answer.unfit) == (
        sorted(options)
    )


def test_two_texts_for_one_question_conflict_and_both_are_shown(round_):
    round_.save("A1", {"A-07": Answer(text="Base")})
    page_of_anna = round_.fields("A1", {"A-07": Answer(text="Anna's text")})
    page_of_ben = round_.fields("A1", {"A-07": Answer(text="Ben's text")})
    round_.post("A1", page_of_anna)

    result = round_.post("A1", page_of_ben | {"A-06": ["yes"]}, by="contributor")

    conflict = result.conflicts[0]
    assert not conflict.is_own
    assert conflict.saving.by == round_.world.people["focal"].person_id
    assert result.written == ("A-06",)
    texts = [record.answer.text for record in (conflict.yours, conflict.theirs, conflict.base)]
    assert texts == ["Ben's text", "Anna's text", "Base"]
    assert opened(round_, "A1", "A-07").record.answer.text == "Anna's text"


def test_two_first_answers_conflict_over_a_blank_base(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text=text)}) for text in ("One", "Two")]
    round_.post("A1", pages[0])

    result = round_.post("A1", pages[1])

    assert result.conflicts[0].base.answer.is_blank


def test_a_page_is_told_no_newer_version_of_a_text_that_it_does_not_show(round_):
    """A page that took the newer number over its older text would overwrite it the next time."""
    round_.save("A1", {"A-07": Answer(text="Old"), "A-06": Answer(choice=("yes",))})
    page = round_.fields("A1", {})
    round_.save("A1", {"A-07": Answer(text="Improved by a colleague")}, by="contributor")

    result = round_.post("A1", page | {"A-06": ["no"]})
    assert "A-07" not in result.seen
    again = round_.post("A1", page | {"A-06": ["no"], "A-06.version": [str(result.seen["A-06"])]})

    assert again.written == ()
    assert opened(round_, "A1", "A-07").record.answer.text == "Improved by a colleague"


def test_a_later_snapshot_of_the_same_page_is_no_conflict_where_the_reply_was_lost(round_):
    page = round_.fields("A1", {"A-07": Answer(text="One")})
    round_.post("A1", page, page=PageKey(PAGE, 1))

    result = round_.post("A1", page | {"A-07": ["One and two"]}, page=PageKey(PAGE, 2))

    assert result.written == ("A-07",)
    assert round_.post("A1", page | {"A-07": [""]}, page=PageKey(PAGE, 3)).written == ("A-07",)


def test_a_snapshot_that_arrives_after_a_later_one_is_left_aside(round_):
    page = round_.fields("A1", {"A-07": Answer(text="One")})
    round_.post("A1", page | {"A-07": ["One and two"]}, page=PageKey(PAGE, 2))

    result = round_.post("A1", page, page=PageKey(PAGE, 1))

    assert result.written == result.conflicts == ()
    assert opened(round_, "A1", "A-07").record.answer.text == "One and two"


@pytest.mark.parametrize("by", ["focal", "contributor"])
def test_another_tab_and_a_colleague_conflict_and_are_told_apart(round_, by):
    page = round_.fields("A1", {"A-07": Answer(text="One")})
    round_.post("A1", page, page=PageKey(PAGE, 1))

    result = round_.post("A1", page | {"A-07": ["Two"]}, by=by, page=PageKey("0" * 32, 2))

    assert [conflict.is_own for conflict in result.conflicts] == [by == "focal"]


def test_a_version_with_the_same_number_and_another_text_is_not_taken_for_it(round_):
    """So a page that stayed open over the restore of a backup meets what was written after it."""
    round_.save("A1", {"A-07": Answer(text="Written after the backup was restored")})
    page = round_.fields("A1", {"A-07": Answer(text="From a page of before")})

    result = round_.post("A1", page | {"A-07.version": ["1-00000000000000ff"]})

    assert result.conflicts[0].base is None


def test_of_two_texts_mine_replaces_the_one_that_was_shown_and_no_newer_one(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text=text)}) for text in ("One", "Two")]
    round_.post("A1", pages[0])
    shown = round_.post("A1", pages[1]).conflicts[0].seen
    mine = Settling("A-07", Choice.MINE, shown)

    result = round_.post("A1", pages[1], settling=mine)
    assert result.written == ("A-07",)

    assert round_.post("A1", pages[0] | {"A-07": ["Three"]}, settling=mine).conflicts
    assert opened(round_, "A1", "A-07").record.answer.text == "Two"


def test_of_two_texts_theirs_is_left_and_the_rest_of_the_page_is_saved(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text=text)}) for text in ("One", "Two")]
    round_.post("A1", pages[0])
    theirs = Settling("A-07", Choice.THEIRS, round_.post("A1", pages[1]).conflicts[0].seen)

    result = round_.post("A1", pages[1] | {"A-06": ["no"]}, settling=theirs)

    assert result.written == ("A-06",)
    assert result.left_out == ()
    assert opened(round_, "A1", "A-07").record.answer.text == "One"


def test_both_texts_come_back_as_one_and_nothing_is_written(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text=text)}) for text in ("One", "Two")]
    round_.post("A1", pages[0])
    both = Settling("A-07", Choice.BOTH, round_.post("A1", pages[1]).conflicts[0].seen)

    result = round_.post("A1", pages[1], settling=both)

    assert result.written == ()
    assert result.joined.answer.text == "One\n\nTwo"


def test_answers_to_different_questions_of_a_part_merge(round_):
    page_of_anna = round_.fields("A1", {"A-06": Answer(choice=("yes",))})
    page_of_ben = round_.fields("A1", {"A-07": Answer(text="Ben's text")})
    round_.post("A1", page_of_anna)

    round_.post("A1", page_of_ben)

    assert opened(round_, "A1", "A-06").record.answer.choice == ("yes",)
    assert opened(round_, "A1", "A-07").record.answer.text == "Ben's text"


def test_the_same_text_from_two_people_is_no_conflict(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text="Same")}) for _ in range(2)]
    round_.post("A1", pages[0])

    assert round_.post("A1", pages[1]).written == ()


def test_every_version_is_kept(round_):
    for text in ("One", "Two", "Three"):
        round_.save("A1", {"A-07": Answer(text=text)})

    with round_.world.database.reading() as session:
        count = (
            session.connection()
            .exec_driver_sql("SELECT count(*) FROM draft_answer_versions")
            .scalar()
        )

    assert count == 3


def test_rows_that_a_script_numbered_with_holes_are_all_read(round_):
    fields = round_.fields("A2", {}) | {
        "A-08.2.name": ["Second"],
        "A-08.9.name": ["Ninth"],
        "A-08.14.name": ["Fourteenth"],
    }

    round_.post("A2", fields)

    rows = opened(round_, "A2", "A-08").record.answer.rows
    assert [(row.code, row.cell("name")) for row in rows] == [
        ("1", "Second"),
        ("2", "Ninth"),
        ("3", "Fourteenth"),
    ]


def test_more_rows_than_the_question_has_are_kept_not_cut(round_):
    fields = round_.fields("A2", {}) | {f"A-08.{n}.name": [f"Name {n}"] for n in range(1, 8)}

    round_.post("A2", fields)

    found = opened(round_, "A2", "A-08").record.answer
    assert [text for _name, text in found.unfit] == [f"Name {n}" for n in range(1, 8)]
    assert found.rows == ()


def test_a_mark_is_saved_within_the_rule_only(round_):
    round_.save("A1", {"A-05": round_.answer("A-05")}, A_05="court", A_02="court")

    assert opened(round_, "A1", "A-05").record.mark is Audience.COURT
    assert opened(round_, "A1", "A-02").record.mark is None


def test_a_question_that_was_not_on_the_page_is_left_alone(round_):
    round_.save("A1", {"A-07": Answer(text="Kept")})
    fields = round_.fields("A1", {"A-06": Answer(choice=("no",))})
    del fields["A-07.version"], fields["A-07"]

    round_.post("A1", fields)

    assert opened(round_, "A1", "A-07").record.answer.text == "Kept"


def test_an_answer_no_longer_asked_keeps_its_text(round_):
    round_.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="Text")})
    round_.save("A1", {"A-06": Answer(choice=("no",))})

    found = opened(round_, "A1", "A-07")

    assert found.record.answer.text == "Text"
    assert not found.is_asked


def test_a_damaged_version_is_refused(round_):
    fields = round_.fields("A1", {"A-07": Answer(text="Text")}) | {"A-07.version": ["-3"]}

    assert round_.post("A1", fields).left_out == ("A-07",)


def test_a_signatory_alone_does_not_write(round_):
    with pytest.raises(NotAllowed):
        round_.post("A1", round_.fields("A1", {}), by="signatory")


def test_another_state_sees_its_own_blank_response(round_):
    round_.save("A1", {"A-07": Answer(text="Secret of AF01")})

    assert opened(round_, "A1", "A-07", by="other_focal").record.answer.is_blank


@pytest.mark.parametrize("person", ["head", "officer", "court", "facilitator", "auditor"])
def test_nobody_outside_a_state_opens_a_draft(round_, person):
    with round_.reading(person) as ctx, pytest.raises(NotAllowed):
        open_part(ctx, edition_id=EDITION, part_code="A1")


@pytest.mark.parametrize(("edition_id", "part_code"), [("1999", "A1"), (EDITION, "Z9")])
def test_a_missing_page_is_not_found(round_, edition_id, part_code):
    with round_.reading("focal") as ctx, pytest.raises(NotFound):
        open_part(ctx, edition_id=edition_id, part_code=part_code)


def test_a_closed_edition_is_read_and_not_written(round_):
    round_.save("A1", {"A-07": Answer(text="Before")})
    fields = round_.fields("A1", {"A-07": Answer(text="After")})
    with round_.world.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE editions SET status = 'closed'")

    with pytest.raises(EditionClosedError):
        round_.post("A1", fields)

    assert opened(round_, "A1", "A-07").record.answer.text == "Before"
