from cooperation.editions.rules import preview_part, preview_question


def test_preview_says_everything_in_words(questionnaire, question):
    shown = preview_question(questionnaire, question("A-10"))

    assert str(shown.type_label) == "Contacts"
    assert str(shown.publication_label) == "The State chooses"
    assert str(shown.audience_note) == "Who may read the answer follows from D-03."
    assert str(shown.asked_if) == "the answer to A-09 is “Yes”"
    assert [str(column.note) for column in shown.columns[-2:]] == ["Short text", "Date"]


def test_preview_says_which_numbers_are_accepted(questionnaire, question):
    shown = preview_question(questionnaire, question("C-13"))

    assert str(shown.range_note) == "A number from 0 to 8760 hours."


def test_preview_names_the_options_of_a_column(questionnaire, question):
    shown = preview_question(questionnaire, question("C-09"))

    assert shown.columns[0].note == "Yes / No / In part"


def test_every_part_has_a_preview(questionnaire):
    for part in questionnaire.parts:
        assert len(preview_part(questionnaire, part)) == len(part.questions)
