from decimal import Decimal

from cooperation.editions.rules import Answer, FileRef, Row, answer_text


def test_answers_in_words_for_exports(question):
    file = FileRef("1", "law.pdf", "application/pdf", 1, "")

    assert answer_text(question("A-06"), Answer(choice=("yes",), comment="since 2020")) == (
        "Yes\nComment: since 2020"
    )
    assert answer_text(question("B-27"), Answer(choice=("cost", "translation"))) == (
        "1. Cost\n2. Translation"
    )
    assert answer_text(question("B-06"), Answer(number=Decimal(30))) == "30 days"
    assert answer_text(question("B-25"), Answer(day="2027-03")) == "2027-03"
    assert answer_text(question("B-05"), Answer(text="a\nb")) == "a\nb"
    assert answer_text(question("B-09"), Answer(files=(file,))) == "law.pdf"
    assert answer_text(question("B-09"), Answer()) == ""


def test_tables_in_words_leave_blank_cells_out(question):
    answer = Answer(rows=(Row("land", {"full_name": "yes", "period": "yes"}),))

    assert answer_text(question("C-06"), answer) == "Land: Full name: Yes; Period: Yes"
    assert answer_text(
        question("C-04"), Answer(rows=(Row("tracing", {"decision_by": "judge"}),))
    ) == ("Tracing: Decision by: Judge")


def test_option_unknown_to_the_questionnaire_shows_its_code(question):
    assert answer_text(question("A-06"), Answer(choice=("gone",))) == "gone"
