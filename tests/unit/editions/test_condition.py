import pytest

from cooperation.editions.rules import (
    All,
    Answer,
    Answered,
    Any,
    AnyOf,
    NoneOf,
    Row,
    condition_data,
    condition_words,
    is_asked,
)


class Asked:
    def __init__(self, condition):
        self.asked_when = condition


YES = {"A-06": Answer(choice=("yes",)), "B-01": Answer(choice=("fax", "post"))}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        (AnyOf("A-06", ("yes",)), True),
        (AnyOf("A-06", ("no", "yes")), True),
        (AnyOf("A-06", ("no",)), False),
        (AnyOf("B-01", ("post",)), True),
        (NoneOf("B-01", ("post",)), False),
        (NoneOf("B-01", ("e_mail",)), True),
        (NoneOf("Z-99", ("e_mail",)), True),
        (AnyOf("Z-99", ("e_mail",)), False),
        (Answered("A-06"), True),
        (Answered("Z-99"), False),
        (Answered("Z-99", is_answered=False), True),
        (All((Answered("A-06"), AnyOf("A-06", ("no",)))), False),
        (Any((Answered("Z-99"), AnyOf("A-06", ("yes",)))), True),
    ],
)
def test_condition_is_decided_from_the_answers(condition, expected):
    assert is_asked(Asked(condition), YES) is expected


def test_question_depending_on_one_not_asked_is_not_asked(question):
    laws = Answer(rows=(Row("1", {"title": "Act"}),))

    assert is_asked(question("B-09"), {"B-07": Answer(choice=("yes_in_full",)), "B-08": laws})
    assert not is_asked(question("B-09"), {"B-07": Answer(choice=("no",)), "B-08": laws})
    assert not is_asked(question("B-09"), {"B-07": Answer(choice=("yes_in_full",))})


def test_comment_alone_does_not_count_as_answered(question):
    assert not is_asked(question("B-28"), {"B-27": Answer(comment="x")})


def test_condition_data_is_the_grammar_of_the_file(question):
    assert condition_data(question("B-09").asked_when) == {
        "all": [
            {
                "question": "B-07",
                "any_of": ["yes_in_full", "yes_in_part", "no_the_statute_applies_directly"],
            },
            {"question": "B-08", "answered": True},
        ]
    }
    assert condition_data(Any((NoneOf("B-20", ("x",)), Answered("A-01")))) == {
        "any": [{"question": "B-20", "none_of": ["x"]}, {"question": "A-01", "answered": True}]
    }


def test_condition_in_words(questionnaire):
    words = condition_words(
        questionnaire,
        Any(
            (
                All((AnyOf("A-06", ("yes",)), Answered("A-07"))),
                NoneOf("B-20", ("not_known",)),
                AnyOf("A-06", ("yes", "no")),
                Answered("B-01", is_answered=False),
            )
        ),
    )

    assert str(words) == (
        "the answer to A-06 is “Yes” and A-07 has an answer or "
        "the answer to B-20 is none of “Not known” or "
        "the answer to A-06 is one of “Yes”, “No” or B-01 has no answer"
    )
