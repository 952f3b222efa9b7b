from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cooperation.editions.rules import (
    Answer,
    FileRef,
    QuestionType,
    Row,
    field_names,
    form_fields,
    gaps,
    is_complete,
    parse_form,
    problems,
)


def sentences(found):
    return [str(sentence) for _field, sentence in found]


def typed(question, **fields):
    return parse_form(question, {name.replace("_", "-"): [value] for name, value in fields.items()})


def test_number_is_read_from_several_scripts_and_spacings(question):
    days = question("B-06")

    plain = (
        "1000",
        "1 000",
        "1\u202f000",
        "1\u00a0000",
        "1\u2009000",
        "+ 1000",
        "1'000",
        "1\u2019000",
        " 1000 ",
        "1000.0",
    )
    scripts = ("١٠٠٠", "۱۰۰۰", "১০০০", "１０００", "١٬٠٠٠", "١٠٠٠٫٠")
    marked = ("\u200e1000", "1000\u200f", "\u20681000\u2069", "\u200b1000", "\ufeff1000")
    for text in (*plain, *scripts, *marked):
        assert typed(days, B_06=text).number == Decimal(1000), text


def test_nothing_unseen_stands_in_cells_that_machines_read(question):
    contacts = question("A-04")
    fields = {
        "A-04.1.name": ["Zahra\u200cNia"],
        "A-04.1.e_mail": ["\u200bname@mini\u00adstry.example\u200e"],
        "A-04.1.telephone": ["\u202a\u200e+31 70 515\u202c"],
    }

    (row,) = parse_form(contacts, fields).rows

    assert dict(row.cells) == {
        "name": "Zahra\u200cNia",
        "e_mail": "name@ministry.example",
        "telephone": "+31 70 515",
    }


def test_an_address_of_another_script_is_kept_as_the_network_writes_it(question):
    contacts = question("A-04")

    answer = parse_form(contacts, {"A-04.1.e_mail": ["post@außen.example"]})

    assert answer.rows[0].cell("e_mail") == "post@xn--auen-wna.example"
    assert problems(contacts, answer) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("1'00", "1'0000", "'100", "1,000", "1.2.3", "1200'000", "1'00'000"),
        *("30 60", "12 5", "12\u00a05", "12\u202f5", "1 2 3", "1200 000", "1 000 00", "1  000"),
        *("٣٠ ٦٠", "٣٠٬٦٠", "30\n60", "12 . 5", "12.5 00", "0.123 456"),
    ],
)
def test_a_sign_between_digits_that_groups_nothing_is_no_number_and_stays_as_typed(question, text):
    days, shown = question("B-06"), text.replace("\n", " ")

    answer = typed(days, B_06=text)

    assert answer.number is None
    assert sentences(problems(days, answer)) == ["Enter a number in digits, such as 30 or 12.5."]
    assert form_fields(days, answer) == {"B-06": [shown]}


def test_thousands_are_grouped_by_any_of_the_signs_that_mean_nothing_else(question):
    cell = {"C-28.land.value": ["-1'200\u202f000.50"]}

    assert parse_form(question("C-28"), cell).rows[0].cell("value") == "-1200000.5"


def test_a_cell_of_a_table_joins_no_two_numbers_either(question):
    cell = {"C-28.land.value": ["30 60"]}

    assert parse_form(question("C-28"), cell).rows[0].cell("value") == "30 60"


@pytest.mark.parametrize("text", ["x", "1,5", "1e3", "nan", "--1", "1.2.3", "9" * 30])
def test_typed_text_that_is_no_number_comes_back_with_a_problem(question, text):
    days = question("B-06")

    answer = typed(days, B_06=text)

    assert sentences(problems(days, answer)) == ["Enter a number in digits, such as 30 or 12.5."]
    assert form_fields(days, answer) == {"B-06": [text]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-1", "Enter a number of 0 or more."),
        ("3651", "Enter a number of 3650 or less."),
        ("1.5", "Enter a whole number."),
    ],
)
def test_number_outside_its_range_is_refused(question, text, sentence):
    days = question("B-06")

    assert sentences(problems(days, typed(days, B_06=text))) == [sentence]


def test_month_is_allowed_where_the_question_says_so(question):
    expected = question("B-25")

    assert problems(expected, typed(expected, B_25="2027-03")) == ()
    assert problems(expected, typed(expected, B_25="2027-03-31")) == ()
    for text in ("2027", "03/04/2027", "2027-13", "2027-02-30", "20270331", "0001-01-01"):
        assert len(problems(expected, typed(expected, B_25=text))) == 1


def test_choices_follow_the_order_of_the_options(question):
    channels = question("B-01")

    answer = parse_form(channels, {"B-01": ["interpol", "diplomatic_channel", "interpol"]})

    assert answer.choice == ("diplomatic_channel", "interpol")


def test_ordered_choices_keep_the_order_of_the_state_and_drop_blank_places(question):
    challenges = question("B-27")

    answer = parse_form(challenges, {"B-27": ["cost", "", "translation", "", ""]})

    assert answer.choice == ("cost", "translation")
    assert form_fields(challenges, answer) == {"B-27": ["cost", "translation"]}


def test_ordered_choice_given_twice_is_refused(question):
    challenges = question("B-27")

    answer = parse_form(challenges, {"B-27": ["cost", "cost"]})

    assert sentences(problems(challenges, answer)) == ["Choose each option only once."]


def test_more_choices_than_allowed_are_refused(question):
    challenges = question("B-27")
    codes = [option.code for option in challenges.options[:6]]

    assert sentences(problems(challenges, Answer(choice=tuple(codes)))) == [
        "Choose at most 5 options."
    ]


def test_one_choice_only_where_one_is_asked(question):
    kind = question("A-02")

    answer = parse_form(kind, {"A-02": ["update", "new_reply"]})

    assert sentences(problems(kind, answer)) == ["Choose 1 option."]


def test_unknown_option_is_refused(question):
    kind = question("A-02")

    assert sentences(problems(kind, typed(kind, A_02="<script>"))) == [
        "Choose among the options on the page."
    ]


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\ud800", "\x7f", "\u009f"])
def test_control_characters_and_direction_overrides_are_refused(question, hidden):
    path = question("B-05")

    found = problems(path, typed(path, B_05=f"a{hidden}b"))

    assert len(found) == 1
    assert found[0][0] == "B-05"


def test_lines_marks_of_direction_and_all_scripts_are_kept(question):
    path = question("B-05")
    text = "Première étape.\n\tالخطوة\u200f الأولى\nПервый шаг\n第一步"

    answer = typed(path, B_05=text.replace("\n", "\r\n"))

    assert answer.text == text
    assert problems(path, answer) == ()


def test_too_long_text_says_how_long_it_is(question):
    path = question("B-05")

    assert sentences(problems(path, typed(path, B_05="a" * 4001))) == [
        "Shorten this to 4000 characters or fewer; it has 4001."
    ]


def test_comment_stands_beside_a_choice(question):
    kind = question("A-06")

    answer = parse_form(kind, {"A-06": ["yes"], "A-06.comment": [" since 2020 "]})

    assert answer == Answer(choice=("yes",), comment="since 2020")
    assert parse_form(kind, form_fields(kind, answer)) == answer
    assert problems(kind, Answer(comment="x" * 1001))[0][0] == "A-06.comment"


def test_fixed_rows_keep_their_codes(question):
    forms = question("B-11")

    answer = parse_form(
        forms,
        {"B-11.c.availability": ["available"], "B-11.a.remark": ["ok"], "B-11.z.remark": ["x"]},
    )

    assert answer.rows == (Row("a", {"remark": "ok"}), Row("c", {"availability": "available"}))
    assert parse_form(forms, form_fields(forms, answer)) == answer


def test_blank_free_rows_are_dropped_and_the_others_move_up(question):
    laws = question("B-08")

    answer = parse_form(laws, {"B-08.2.title": ["Act 1"], "B-08.5.title": ["Act 2"]})

    assert answer.rows == (Row("1", {"title": "Act 1"}), Row("2", {"title": "Act 2"}))


def test_row_beyond_the_last_moves_up(question):
    contacts = question("A-08")

    assert parse_form(contacts, {"A-08.7.name": ["x"]}).rows == (Row("1", {"name": "x"}),)
    assert len(field_names(contacts)) == 6 * len(contacts.columns)


@pytest.mark.parametrize(
    ("code", "field", "text", "is_good"),
    [
        ("A-08", "A-08.1.e_mail", "name@ministry.example", True),
        ("A-08", "A-08.1.e_mail", "name@ministry", False),
        ("A-08", "A-08.1.e_mail", "a@b.c, d@e.f", False),
        ("A-08", "A-08.1.e_mail", "a" * 250 + "@b.example", False),
        ("A-08", "A-08.1.confirmed_on", "2026-01-31", True),
        ("A-08", "A-08.1.confirmed_on", "2026-01", False),
        ("B-08", "B-08.1.link", "https://laws.example/1", True),
        ("B-08", "B-08.1.link", "javascript:alert(1)", False),
        ("B-08", "B-08.1.link", "https://user:secret@laws.example", False),
        ("B-08", "B-08.1.link", "http://[", False),
        ("B-08", "B-08.1.link", "//laws.example", False),
        ("B-26", "B-26.otp.received", "12", True),
        ("B-26", "B-26.otp.received", "12.5", False),
        ("B-26", "B-26.otp.received", "twelve", False),
        ("C-28", "C-28.land.value", "12.55", True),
        ("C-28", "C-28.land.value", "12.555", False),
        ("C-06", "C-06.land.period", "yes", True),
        ("C-06", "C-06.land.period", "on", False),
        ("C-04", "C-04.tracing.contact_named", "not_known", True),
        ("C-04", "C-04.tracing.contact_named", "perhaps", False),
        ("C-09", "C-09.land.public", "in_part", True),
        ("C-09", "C-09.land.public", "maybe", False),
        ("B-11", "B-11.a.remark", "a" * 301, False),
    ],
)
def test_cells_are_judged_by_the_type_of_their_column(question, code, field, text, is_good):
    table = question(code)

    found = problems(table, parse_form(table, {field: [text]}))

    assert [name for name, _sentence in found] == ([] if is_good else [field])


def test_rows_and_columns_that_are_not_on_the_page_are_refused(question):
    forms = question("B-11")

    assert problems(forms, Answer(rows=(Row("z", {"remark": "x"}),)))
    assert problems(forms, Answer(rows=(Row("a", {"other": "x"}),)))
    assert problems(question("A-08"), Answer(rows=tuple(Row(str(n), {}) for n in range(7))))


def test_files_stay_unless_they_are_removed(question):
    copies = question("B-09")
    files = [FileRef(name, f"{name}.pdf", "application/pdf", 1, "") for name in ("one", "two")]

    assert parse_form(copies, {}, files=files).files == tuple(files)
    assert parse_form(copies, {"B-09.remove": ["one"]}, files=files).files == (files[1],)


@pytest.mark.parametrize(
    ("name", "size", "is_good"),
    [
        ("law.PDF", 1, True),
        ("photo.jpg", 1, True),
        ("law.exe", 1, False),
        ("pdf", 1, True),
        ("../law.pdf", 1, False),
        ("law\u202efdp.pdf", 1, False),
        ("law.pdf", 0, False),
        ("law.pdf", 10 * 1024 * 1024, True),
        ("law.pdf", 10 * 1024 * 1024 + 1, False),
    ],
)
def test_files_are_judged_by_name_and_size(question, name, size, is_good):
    copies = question("B-09")

    answer = Answer(files=(FileRef("1", name, "application/pdf", size, ""),))

    assert (problems(copies, answer) == ()) is is_good


def test_more_files_than_allowed_are_refused(question):
    papers = question("D-06")
    file = FileRef("1", "a.pdf", "application/pdf", 1, "")

    assert sentences(problems(papers, Answer(files=(file,) * 6))) == ["Add at most 5 files."]


def test_required_question_without_answer_is_a_gap_not_a_problem(question):
    for code, start in (
        ("A-02", "Choose"),
        ("B-05", "Answer"),
        ("A-08", "Fill in at least one row"),
    ):
        assert problems(question(code), Answer()) == ()
        assert str(gaps(question(code), Answer())[0][1]).startswith(start)
        assert not is_complete(question(code), Answer())
    assert is_complete(question("B-06"), Answer())


def test_required_cell_is_a_gap_in_a_row_that_has_something(question):
    laws = question("B-08")

    found = gaps(laws, Answer(rows=(Row("1", {"number": "12"}),)))

    assert [(name, str(sentence)) for name, sentence in found] == [
        ("B-08.1.title", "Fill in “Title”.")
    ]


def test_derived_questions_take_nothing_from_the_page(question):
    for code in ("A-01", "D-02", "D-07", "D-08"):
        derived = question(code)
        assert parse_form(derived, {code: ["typed"]}).is_blank
        assert field_names(derived) == ()
        assert is_complete(derived, Answer())


def test_every_question_can_be_read_from_an_empty_page(questionnaire):
    for each in questionnaire.questions:
        assert parse_form(each, {}).is_blank
        assert problems(each, Answer()) == ()
        assert each.type in QuestionType


def test_fields_of_every_type_have_names(question):
    assert field_names(question("B-09")) == ("B-09.remove",)
    assert field_names(question("A-06")) == ("A-06", "A-06.comment")
    assert field_names(question("B-05")) == ("B-05",)
    assert len(field_names(question("B-26"))) == 16


def test_text_number_day_and_files_go_back_to_their_fields(question):
    assert form_fields(question("B-05"), Answer(text="a")) == {"B-05": ["a"]}
    assert form_fields(question("B-05"), Answer()) == {"B-05": []}
    assert form_fields(question("B-06"), Answer(number=Decimal("30"))) == {"B-06": ["30"]}
    assert form_fields(question("B-25"), Answer(day="2027-03")) == {"B-25": ["2027-03"]}
    assert form_fields(question("B-09"), Answer()) == {}


def test_short_text_is_one_line(questionnaire, question):
    signer = replace(question("D-07"), derived=False)

    assert typed(signer, D_07="Name\r\nPost").text == "Name Post"


def test_derived_answer_has_no_problems(question):
    assert problems(question("A-01"), Answer(text="x" * 1000)) == ()


def test_day_in_the_future_is_refused_where_the_question_says_so(question):
    approved = replace(question("D-08"), derived=False)
    today = date(2026, 3, 1)

    assert problems(approved, Answer(day="2026-03-01"), today=today) == ()
    assert sentences(problems(approved, Answer(day="2026-03-02"), today=today)) == [
        "Enter a day that is not in the future."
    ]


def test_file_question_that_is_required_asks_for_a_file(question):
    papers = replace(question("D-06"), required=True)

    assert sentences(gaps(papers, Answer())) == ["Add a file to D-06, Other papers."]
