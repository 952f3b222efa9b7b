"""What was typed and cannot be counted yet stands beside the answer, as typed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from cooperation.editions.rules import (
    ANSWER_CHARACTERS,
    FIELD_CHARACTERS,
    Answer,
    Row,
    as_typed,
    form_fields,
    gaps,
    parse_form,
    problems,
    set_aside,
    size_problems,
    unfit_findings,
)

TODAY = date(2026, 11, 22)
SURPLUS = {f"A-08.{number}.name": [f"Name {number}"] for number in range(1, 8)}


def kept(question, fields):
    return set_aside(question, parse_form(question, fields), today=TODAY)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("B-05", {"B-05": ["x" * 4001]}),
        ("B-06", {"B-06": ["30 to 60"]}),
        ("B-06", {"B-06": ["1.5"]}),
        ("B-06", {"B-06": ["30"], "B-06.comment": ["c" * 1001]}),
        ("B-25", {"B-25": ["spring of 2027"]}),
        ("A-02", {"A-02": ["new_reply", "update"]}),
        ("B-27", {"B-27": ["cost", "cost"]}),
        ("A-08", {"A-08.1.name": ["Somebody"], "A-08.1.e_mail": ["no address"]}),
        ("A-08", {"A-08.1.e_mail": ["no address"], "A-08.2.name": ["Somebody"]}),
        ("A-08", SURPLUS),
        ("C-04", {"C-04.tracing.contact_named": ["perhaps"]}),
        ("B-26", {"B-26.otp.received": ["two"]}),
    ],
)
def test_typed_text_comes_back_to_its_fields_and_its_problem_with_it(question, code, fields):
    asked = question(code)

    answer = kept(asked, fields)

    shown = {name: texts for name, texts in form_fields(asked, answer).items() if texts}
    assert shown == fields
    assert as_typed(asked, answer) == parse_form(asked, fields)
    assert answer.unfit
    assert set(dict(problems(asked, answer))) <= {code, *fields}
    assert problems(asked, answer) == problems(asked, parse_form(asked, fields))
    assert kept(asked, shown) == answer


def test_what_is_fit_is_counted_and_the_rest_is_in_no_member(question):
    answer = kept(question("A-08"), {"A-08.1.name": ["Somebody"], "A-08.1.e_mail": ["no address"]})

    assert answer.rows == (Row("1", {"name": "Somebody"}),)
    assert answer.unfit == (("A-08.1.e_mail", "no address"),)
    assert not kept(question("B-05"), {"B-05": ["x" * 4001]}).is_answered
    assert kept(question("B-06"), {"B-06": ["30"]}) == Answer(number=Decimal(30))


def test_it_is_a_gap_with_its_own_sentence_even_where_nothing_is_required(question):
    days = question("B-06")

    found = gaps(days, kept(days, {"B-06": ["30 to 60"]}))

    assert [(name, str(sentence)) for name, sentence in found] == [
        ("B-06", "B-06: Enter a number in digits, such as 30 or 12.5.")
    ]
    assert not days.required


def test_a_cell_is_named_by_its_row_and_column(question):
    table = question("B-26")

    found = gaps(table, kept(table, {"B-26.otp.received": ["two"]}))

    assert str(found[0][1]).startswith(f"B-26, {table.rows[0].text}, {table.columns[0].title}: ")


def test_a_required_question_with_an_unfit_comment_alone_still_asks_for_its_answer(question):
    kind = question("A-06")

    found = gaps(kind, kept(kind, {"A-06.comment": ["c" * 1001]}))

    assert [name for name, _sentence in found] == ["A-06.comment", "A-06"]


def test_a_day_that_lay_in_the_future_stays_a_gap_until_it_is_saved_again(question):
    approved = replace(question("D-08"), derived=False)
    answer = set_aside(approved, parse_form(approved, {"D-08": ["2026-11-23"]}), today=TODAY)

    assert answer == Answer(unfit=(("D-08", "2026-11-23"),))
    assert [name for name, _sentence in gaps(approved, answer)] == ["D-08"]
    told = unfit_findings(approved, answer, today=TODAY)
    assert str(told[0][1]) == "Enter a day that is not in the future."


def test_size_alone_refuses(question):
    path, forms = question("B-05"), question("B-11")
    large = parse_form(path, {"B-05": ["x" * (FIELD_CHARACTERS + 1)]})
    cells = {f"B-11.{row.code}.remark": ["x" * FIELD_CHARACTERS] for row in forms.rows}

    assert [name for name, _sentence in size_problems(path, large)] == ["B-05"]
    assert size_problems(path, parse_form(path, {"B-05": ["x" * FIELD_CHARACTERS]})) == ()
    assert len(cells) * FIELD_CHARACTERS > ANSWER_CHARACTERS
    whole = size_problems(forms, parse_form(forms, cells))
    assert [name for name, _sentence in whole] == ["B-11"]


def test_the_work_grows_with_the_bytes(question):
    megabyte = 1024 * 1024
    for code, name, text in (
        ("B-06", "B-06", "1 " * (megabyte // 2)),
        ("B-05", "B-05", "x" * megabyte),
        ("A-08", "A-08.1.e_mail", "a@" * (megabyte // 2)),
    ):
        before = process_time()
        kept(question(code), {name: [text]})
        assert process_time() - before < 1, code
