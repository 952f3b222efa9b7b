"""Both texts in one field: what can stand together, and that nothing of either is lost."""

import pytest

from cooperation.editions import schema
from cooperation.editions.rules import Answer, QuestionType, Row
from cooperation.responses.rules import (
    NO_PAGE,
    DraftRecord,
    PageKey,
    Seen,
    can_be_joined,
    read_page_key,
    seen_of,
)
from cooperation.responses.rules.merge import UNREADABLE, read_seen
from cooperation.responses.rules.settling import joined

QUESTIONNAIRE = schema.load_version("2026.2").questionnaire
LONG = QUESTIONNAIRE.question("B-05")
TABLE = QUESTIONNAIRE.question("A-08")
MULTIPLE = next(
    each
    for each in QUESTIONNAIRE.questions
    if each.type is QuestionType.MULTIPLE and not each.ordered
)


def both(question, theirs, mine):
    return joined(question, DraftRecord(theirs), DraftRecord(mine)).answer


def test_both_texts_stand_in_one_theirs_first_with_both_comments():
    theirs = Answer(text="首先由司法部处理", comment="Theirs")
    mine = Answer(text="ثم ترسل إلى المحكمة", comment="Mine")

    found = both(LONG, theirs, mine)

    assert found.text == "首先由司法部处理\n\nثم ترسل إلى المحكمة"
    assert found.comment == "Theirs\n\nMine"


def test_a_text_that_holds_the_other_is_not_doubled():
    assert both(LONG, Answer(text="One"), Answer(text="One and two")).text == "One and two"


def test_a_text_that_is_too_long_to_count_is_joined_too():
    found = both(LONG, Answer(text="Short"), Answer(unfit=(("B-05", "Too long"),)))

    assert (found.text, found.unfit) == ("Short\n\nToo long", ())


def test_of_a_table_the_rows_of_both_stand_once_and_only_where_there_is_room():
    theirs = Answer(rows=(Row("1", {"name": "Amina"}), Row("2", {"name": "Ben"})))
    mine = Answer(rows=(Row("1", {"name": "Ben"}), Row("2", {"name": "Chen"})))
    full = Answer(rows=tuple(Row(str(n), {"name": f"N{n}"}) for n in range(1, TABLE.max_rows + 1)))

    assert [row.cell("name") for row in both(TABLE, theirs, mine).rows] == ["Amina", "Ben", "Chen"]
    assert not can_be_joined(TABLE, DraftRecord(theirs), DraftRecord(full))


def test_of_choices_what_either_chose_stands_in_the_order_of_the_question():
    codes = [option.code for option in MULTIPLE.options[:3]]

    found = both(MULTIPLE, Answer(choice=(codes[2],)), Answer(choice=(codes[0], codes[2])))

    assert found.choice == (codes[0], codes[2])


@pytest.mark.parametrize("code", ["A-05", "B-06"])
def test_what_has_room_for_one_value_is_not_joined(code):
    assert not can_be_joined(QUESTIONNAIRE.question(code), DraftRecord(), DraftRecord())


def test_what_a_page_showed_survives_the_field():
    seen = seen_of(7, b"sealed")

    assert read_seen(str(seen)) == seen
    assert read_seen("7").is_same_as(seen)  # of a page from before there was a hash
    assert not Seen(7, "0" * 16).is_same_as(seen)


@pytest.mark.parametrize("text", ["", "-1", "7-", "7-XYZ", "²", "9" * 5000, "1.5", "9999999"])
def test_what_no_page_showed_is_unreadable(text):
    assert read_seen(text) == UNREADABLE


@pytest.mark.parametrize("text", ["", "f" * 32, f"{'f' * 32}.-1", f"{'F' * 32}.1", "x.1"])
def test_a_page_without_a_key_of_ours_is_no_page(text):
    assert read_page_key(text) == NO_PAGE
    assert not NO_PAGE.is_of(PageKey())
