import re
from decimal import Decimal

import pytest
from flask import render_template_string

from cooperation.editions import schema
from cooperation.editions.rules import Answer, FileRef, Row

PAGE = (
    '{% import "editions/answer.html" as answers with context %}'
    "{{ answers.answer(question, answer, file_url, whose) }}"
)
FILE = FileRef("f1", "loi <1>.pdf", "application/pdf", 2048, "")


@pytest.fixture
def shown(world):
    questionnaire = schema.load_version("2026.2").questionnaire

    def render(code, answer, file_url="", whose=""):
        with world.application.test_request_context("/"):
            return render_template_string(
                PAGE,
                question=questionnaire.question(code),
                answer=answer,
                file_url=file_url,
                whose=whose,
            )

    return render


@pytest.mark.parametrize(
    ("code", "answer", "expected"),
    [
        ("A-06", Answer(), "No answer"),
        ("A-06", Answer(choice=("yes",)), "<p><bdi>Yes</bdi></p>"),
        ("B-01", Answer(choice=("interpol", "other")), "<li><bdi>Other</bdi></li>"),
        ("B-27", Answer(choice=("cost", "translation")), "<ol><li><bdi>Cost</bdi></li>"),
        ("A-06", Answer(choice=("gone",)), "<p><bdi>gone</bdi></p>"),
        ("B-06", Answer(number=Decimal(1200)), "<p>1,200 days</p>"),
        ("B-06", Answer(number=Decimal(0)), "<p>0 days</p>"),
        ("B-25", Answer(day="2027-03-15"), "<p>15 March 2027</p>"),
        ("B-25", Answer(day="2027-03"), "<p>March 2027</p>"),
        ("B-05", Answer(text="a\n<b>"), '<p dir="auto" class="words">a\n&lt;b&gt;</p>'),
        ("B-08", Answer(rows=(Row("1", {"date": "2020-01-31"}),)), "31 January 2020"),
        (
            "C-06",
            Answer(rows=(Row("land", {"period": "yes"}),)),
            '<th scope="row" role="rowheader"><bdi>Land</bdi></th>',
        ),
        ("B-26", Answer(rows=(Row("otp", {"received": "3"}),)), '<bdi dir="ltr">3</bdi>'),
        ("A-08", Answer(rows=(Row("1", {"e_mail": "a@b.example"}),)), "<dt><bdi>E-mail</bdi></dt>"),
        ("A-08", Answer(rows=(Row("1", {"confirmed_on": "x"}),)), '<bdi dir="auto">x</bdi>'),
        ("A-06", Answer(choice=("no",), comment="<i>"), "&lt;i&gt;"),
        ("A-06", Answer(comment="only this"), "only this"),
    ],
)
def test_answer_of_every_type_is_shown(shown, code, answer, expected):
    assert expected in shown(code, answer)


@pytest.mark.parametrize(
    ("code", "answer", "expected"),
    [
        ("B-25", Answer(day="2027-03-15"), "15 March 2027"),
        ("B-25", Answer(day="2027-03"), "March 2027"),
        ("B-08", Answer(rows=(Row("1", {"date": "2020-01-31"}),)), "31 January 2020"),
        ("B-08", Answer(rows=(Row("1", {"date": "2020-01"}),)), "January 2020"),
        ("A-08", Answer(rows=(Row("1", {"confirmed_on": "2026-03-01"}),)), "1 March 2026"),
        ("A-08", Answer(rows=(Row("1", {"confirmed_on": "in spring"}),)), "in spring"),
    ],
)
def test_days_and_months_are_words(shown, code, answer, expected):
    html = shown(code, answer)

    assert expected in html
    assert "202" not in html.replace(expected, "")


def test_files_are_named_and_linked_where_the_page_says_so(shown):
    answer = Answer(files=(FILE,))

    assert "<a " not in shown("B-09", answer)
    html = shown("B-09", answer, "/files/{file}")
    assert '<a href="/files/f1"><bdi dir="auto">loi &lt;1&gt;.pdf</bdi></a>' in html
    assert "2 KB" in html


def test_cell_names_its_column_for_narrow_screens_and_is_left_out_where_blank(shown):
    html = shown("B-08", Answer(rows=(Row("1", {"date": "2020-01-31"}),)))

    assert re.search(r'<td role="cell" data-label="[^"]+">.*31 January 2020', html)
    assert re.search(r'<td role="cell" class="is-blank" data-label="[^"]+">', html)


def test_tables_of_several_states_are_told_apart(shown):
    answer = Answer(rows=(Row("1", {"date": "2020-01-31"}),))

    assert "Answer to B-08, State AF-01" in shown("B-08", answer, whose="State AF-01")


@pytest.mark.parametrize(("status", "expected"), [("no_answer", "No answer"), ("answered", "")])
def test_status_of_an_answer_without_content(world, status, expected):
    page = '{% import "editions/answer.html" as answers with context %}{{ answers.status(status) }}'
    with world.application.test_request_context("/"):
        assert expected in render_template_string(page, status=status)


def test_typed_web_addresses_are_not_links(shown):
    html = shown("B-08", Answer(rows=(Row("1", {"link": "https://laws.example"}),)))

    assert "https://laws.example" in html
    assert "<a " not in html
