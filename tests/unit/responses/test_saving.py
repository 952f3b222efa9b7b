"""Saving a part: what is written, what is refused, and what colleagues do to each other."""

import pytest

from cooperation.core.errors import Invalid, NotAllowed, NotFound
from cooperation.editions.rules import FIELD_CHARACTERS, Answer
from cooperation.responses import service
from cooperation.responses.rules import Audience
from tests.fixtures.responses import EDITION, Round


def opened(round_: Round, part_code: str, code: str, by: str = "focal"):
    with round_.reading(by) as ctx:
        state = service.open_part(ctx, edition_id=EDITION, part_code=part_code)
    return next(each for each in state.questions if each.question.code == code)


def test_a_saved_answer_comes_back_to_a_colleague(round_):
    result = round_.save("A1", {"A-07": Answer(text="Four ministries meet monthly.")})

    found = opened(round_, "A1", "A-07", by="signatory")

    assert result.written == ("A-07",)
    assert found.record.answer.text == "Four ministries meet monthly."
    assert found.version == 1


def test_only_what_was_changed_becomes_a_new_version(round_):
    round_.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="One")})

    result = round_.save("A1", {"A-07": Answer(text="Two")})

    assert result.written == ("A-07",)
    assert result.versions["A-06"] == 1
    assert result.versions["A-07"] == 2


def test_several_answers_become_new_versions_at_once(round_):
    round_.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="One")})

    result = round_.save("A1", {"A-06": Answer(choice=("no",)), "A-07": Answer(text="Two")})

    assert set(result.written) == {"A-06", "A-07"}
    assert result.versions["A-06"] == result.versions["A-07"] == 2


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


def test_a_text_too_large_even_for_a_draft_is_refused_by_name(round_):
    fields = round_.fields("B1", {"B-05": Answer(text="x" * (FIELD_CHARACTERS + 1))})

    with pytest.raises(Invalid) as caught:
        round_.post("B1", fields)

    assert [name for name, _sentence in caught.value.errors] == ["B-05"]
    assert opened(round_, "B1", "B-05").version == 0


def test_an_autosave_keeps_what_can_be_kept_and_names_the_rest(round_):
    large = "x" * (FIELD_CHARACTERS + 1)
    fields = round_.fields("B1", {"B-05": Answer(text=large)}) | {"B-06": ["30"]}

    with round_.acting("focal") as ctx:
        result = service.save_part(
            ctx, edition_id=EDITION, part_code="B1", fields=fields, is_autosave=True
        )

    assert result.written == ("B-06",)
    assert [name for name, _sentence in result.refused] == ["B-05"]


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

    with pytest.raises(service.PartConflict) as caught:
        round_.post("A1", page_of_ben)

    conflict = caught.value.conflicts[0]
    texts = [record.answer.text for record in (conflict.yours, conflict.theirs, conflict.base)]
    assert texts == ["Ben's text", "Anna's text", "Base"]
    assert opened(round_, "A1", "A-07").record.answer.text == "Anna's text"


def test_two_first_answers_conflict_over_a_blank_base(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text=text)}) for text in ("One", "Two")]
    round_.post("A1", pages[0])

    with pytest.raises(service.PartConflict) as caught:
        round_.post("A1", pages[1])

    assert caught.value.conflicts[0].base.answer.is_blank


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


def test_after_a_conflict_the_newer_version_may_be_overwritten_knowingly(round_):
    pages = [round_.fields("A1", {"A-07": Answer(text=text)}) for text in ("One", "Two")]
    round_.post("A1", pages[0])

    result = round_.post("A1", pages[1] | {"A-07.version": ["1"]})

    assert result.versions["A-07"] == 2


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

    with pytest.raises(Invalid):
        round_.post("A1", fields)


def test_a_signatory_alone_does_not_write(round_):
    with pytest.raises(NotAllowed):
        round_.post("A1", round_.fields("A1", {}), by="signatory")


def test_another_state_sees_its_own_blank_response(round_):
    round_.save("A1", {"A-07": Answer(text="Secret of AF01")})

    assert opened(round_, "A1", "A-07", by="other_focal").record.answer.is_blank


@pytest.mark.parametrize("person", ["head", "officer", "court", "facilitator", "auditor"])
def test_nobody_outside_a_state_opens_a_draft(round_, person):
    with round_.reading(person) as ctx, pytest.raises(NotAllowed):
        service.open_part(ctx, edition_id=EDITION, part_code="A1")


@pytest.mark.parametrize(("edition_id", "part_code"), [("1999", "A1"), (EDITION, "Z9")])
def test_a_missing_page_is_not_found(round_, edition_id, part_code):
    with round_.reading("focal") as ctx, pytest.raises(NotFound):
        service.open_part(ctx, edition_id=edition_id, part_code=part_code)


def test_a_closed_edition_is_read_and_not_written(round_):
    round_.save("A1", {"A-07": Answer(text="Before")})
    fields = round_.fields("A1", {"A-07": Answer(text="After")})
    with round_.world.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE editions SET status = 'closed'")

    with pytest.raises(service.EditionClosedError):
        round_.post("A1", fields)

    assert opened(round_, "A1", "A-07").record.answer.text == "Before"
