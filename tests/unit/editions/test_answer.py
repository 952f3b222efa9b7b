from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.editions.rules import (
    BLANK,
    Answer,
    FileRef,
    Row,
    UnreadableAnswerError,
    answer_data,
    answer_from_data,
    canonical,
    parse_canonical,
)

FILE = FileRef("f1", "law.pdf", "application/pdf", 12, "ab" * 32)

texts = st.text(st.characters(codec="utf-8"), max_size=30)


def normal_answers() -> st.SearchStrategy[Answer]:
    codes = st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple)
    numbers = st.none() | st.decimals(0, 10**9, places=2, allow_nan=False)
    rows = st.lists(
        st.builds(Row, st.just("1"), st.dictionaries(st.sampled_from("xyz"), texts)), max_size=2
    ).map(tuple)
    return st.builds(Answer, choice=codes, number=numbers, rows=rows, comment=texts)


@given(normal_answers())
def test_canonical_bytes_are_stable_through_a_round_trip(answer):
    content = canonical(answer)

    assert canonical(parse_canonical(content)) == content


def test_canonical_bytes_do_not_change_over_time():
    answer = Answer(
        choice=("b", "a"),
        number=Decimal("100.50"),
        day="2026-03",
        rows=(Row("1", {"b": "é", "a": "yes"}),),
        files=(FILE,),
        comment="Straße",
    )

    assert canonical(answer).decode() == (
        '{"choice":["b","a"],"comment":"Straße","day":"2026-03","files":[{"content_type":'
        '"application/pdf","id":"f1","name":"law.pdf","sha256":"' + "ab" * 32 + '","size":12}],'
        '"number":"100.5","rows":[{"cells":{"a":"yes","b":"é"},"code":"1"}]}'
    )


def test_composed_and_decomposed_text_have_the_same_bytes():
    assert canonical(Answer(text="e\u0301")) == canonical(Answer(text="\u00e9"))


def test_a_combining_mark_after_a_line_end_stays_readable():
    answer = Answer(text="a\n\u0303b")

    assert parse_canonical(canonical(answer)) == answer


def test_order_of_choices_is_kept():
    assert parse_canonical(canonical(Answer(choice=("c", "a")))).choice == ("c", "a")


def test_zero_is_an_answer():
    answer = Answer(number=Decimal(0))

    assert answer.is_answered
    assert parse_canonical(canonical(answer)).number == 0


def test_blank_answer_is_blank_and_a_comment_alone_is_no_answer():
    assert BLANK.is_blank
    assert canonical(BLANK) == b"{}"
    assert not Answer(comment="see B-05").is_blank
    assert not Answer(comment="see B-05").is_answered


def test_unfit_answer_has_no_canonical_bytes():
    with pytest.raises(ValueError, match="canonical"):
        canonical(Answer(unfit=(("B-06", "x"),)))


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b'{"choice":"a"}', b'{"rows":[{}]}', b'{"number":"x"}', b"1"]
)
def test_damaged_bytes_are_refused(content):
    with pytest.raises(UnreadableAnswerError):
        parse_canonical(content)


def test_answer_inside_another_record_comes_back():
    answer = Answer(text="yes", rows=(Row("a", {"x": "1"}),))

    assert answer_from_data(answer_data(answer)) == answer


def test_files_are_added_and_taken_out():
    answer = BLANK.with_file(FILE)

    assert answer.file("f1") == FILE
    assert answer.file("f2") is None
    assert answer.without_file("f1").is_blank


@pytest.mark.parametrize("content", [b'{"text":1}', b'{"files":[{"id":"1"}]}', b'{"rows":{}}'])
def test_members_of_the_wrong_kind_are_refused(content):
    with pytest.raises(UnreadableAnswerError):
        parse_canonical(content)
