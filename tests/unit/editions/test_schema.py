import copy
import json

import pytest
import yaml

from cooperation.core.errors import NotFound
from cooperation.editions import schema
from cooperation.editions.rules import NEEDS, ColumnType, Function, PublicationRule, QuestionType


def definition(*questions):
    return {
        "version": "2030.1",
        "as_of": "2030-01-01",
        "figures": {"F01": "Rate"},
        "sections": [
            {
                "code": "A",
                "title": "Section",
                "parts": [{"code": "A1", "title": "Part", "questions": list(questions)}],
            }
        ],
    }


def asked(code, **members):
    base = {"title": "T", "wording": "W", "type": "short_text", "publication": "choice"}
    return {"code": code, **base, **members}


FIRST_HASH = "dbe67440cc095e813b7fe57cef71cf3ac1dcb8dcf5ce2ba681e2d6e5780b18d3"
OPTIONS = [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}]


def load(data):
    return schema.load_text(yaml.safe_dump(data)).questionnaire


def test_questionnaire_has_eighty_questions_in_thirteen_parts(questionnaire):
    assert len(questionnaire.questions) == 80
    assert len(questionnaire.parts) == 13
    assert len({question.code for question in questionnaire.questions}) == 80
    assert all(len(part.questions) <= 8 for part in questionnaire.parts)
    assert {question.type for question in questionnaire.questions} == set(QuestionType)
    columns = {c.type for question in questionnaire.questions for c in question.columns}
    assert columns == set(ColumnType)
    assert len(questionnaire.figures) == 30


def test_questionnaire_keeps_rules_of_publication(question):
    assert question("A-01").publication is PublicationRule.PUBLISHED
    assert question("B-18").publication is PublicationRule.COURT
    assert question("A-04").publication is PublicationRule.RESTRICTED
    assert question("A-08").audience_from == "D-03"
    assert question("B-27").ordered
    assert question("B-27").choices_allowed == 5
    assert question("B-01").choices_allowed == len(question("B-01").options)


def test_notes_to_the_authors_do_not_reach_the_states(questionnaire):
    for question in questionnaire.questions:
        assert "[" not in question.help
    assert sum(question.to_check for question in questionnaire.questions) == 9


def test_parts_follow_each_other(questionnaire):
    assert questionnaire.part_number("A1") == 1
    assert questionnaire.part_before("A1") is None
    assert questionnaire.part_after("A1").code == "A2"
    assert questionnaire.part_after("A2").code == "B1"
    assert questionnaire.part_after("D1") is None
    assert questionnaire.part_before("A2").code == "A1"


def test_unknown_codes_are_not_found(questionnaire):
    with pytest.raises(NotFound):
        questionnaire.question("Z-99")
    with pytest.raises(NotFound):
        questionnaire.part("Z9")
    with pytest.raises(NotFound):
        schema.load_version("1999.1")
    assert questionnaire.has_question("A-01")
    assert not questionnaire.has_question("Z-99")


def test_stored_copy_is_the_same_questionnaire(questionnaire):
    stored = schema.load_version("2026.2")

    assert schema.load_stored(stored.content, content_hash=questionnaire.content_hash) == (
        questionnaire
    )


def test_changed_stored_copy_is_refused(questionnaire):
    content = schema.load_version("2026.2").content.replace(b"Yes", b"Non", 1)

    with pytest.raises(schema.QuestionnaireFileError, match="hash"):
        schema.load_stored(content, content_hash=questionnaire.content_hash)


def test_smallest_questionnaire_passes():
    assert load(definition(asked("A-01"))).questions[0].max_characters == 300


@pytest.mark.parametrize(
    ("questions", "reason"),
    [
        ([asked("A-01"), asked("A-01")], "question given twice: A-01"),
        ([asked("A-1")], "pattern"),
        ([asked("A-01", type="riddle")], "Input should be"),
        ([asked("A-01", publication="secret")], "Input should be"),
        ([asked("A-01", colour="red")], "Extra inputs"),
        ([asked("A-01", required="yes")], "valid boolean"),
        ([asked("A-01", options=OPTIONS)], "options does not belong to type short_text"),
        ([asked("A-01", type="single")], "needs two options or more"),
        ([asked("A-01", type="single", options=[*OPTIONS, OPTIONS[0]])], "options given twice: a"),
        ([asked("A-01", type="table", max_rows=2)], "needs columns"),
        ([asked("A-01", type="file", formats=["pdf"], max_files=1)], "needs a size"),
        (
            [asked("A-01", type="file", formats=["exe"], max_files=1, max_megabytes_each=1)],
            "needs known formats",
        ),
        ([asked("A-01", type="multiple", options=OPTIONS, ordered=True)], "needs max_choices"),
        ([asked("A-01", type="multiple", options=OPTIONS, max_choices=3)], "more than there are"),
        ([asked("A-01", type="number", minimum=2, maximum=1)], "minimum is more than maximum"),
        ([asked("A-01", figures=["F99"])], "unknown figures F99"),
        ([asked("A-01", audience_from="D-03")], "audience_from must name"),
        (
            [asked(f"A-{n:02}") for n in range(1, 10)],
            "at most 8 items",
        ),
        (
            [asked("A-01", type="table", columns=[{"code": "c", "title": "C", "type": "single"}])],
            "options belong to a column of type single",
        ),
        (
            [
                asked(
                    "A-01",
                    type="table",
                    max_rows=1,
                    columns=[{"code": "c", "title": "C", "type": "email", "minimum": 1}],
                )
            ],
            "belong to type number",
        ),
        (
            [
                asked(
                    "A-01",
                    type="table",
                    max_rows=1,
                    rows=OPTIONS,
                    columns=[{"code": "c", "title": "C", "type": "email"}],
                )
            ],
            "needs either rows or max_rows",
        ),
    ],
)
def test_mistakes_are_named(questions, reason):
    with pytest.raises(schema.QuestionnaireFileError, match=reason):
        load(definition(*questions))


CHOICE = asked("A-01", type="single", options=OPTIONS)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"question": "A-03", "answered": True}, "A-03, which is not earlier"),
        ({"question": "A-02", "answered": True}, "A-02, which is not earlier"),
        ({"question": "A-01", "any_of": ["c"]}, "A-01 has no option c"),
        ({"question": "A-01", "any_of": []}, "at least 1 item"),
        ({"question": "A-01"}, "exactly one of"),
        ({"any_of": ["a"]}, "question belongs to"),
        ({"question": "A-01", "any_of": ["a"], "answered": True}, "exactly one of"),
        ({"all": [{"question": "A-01", "answered": True}]}, "at least 2 items"),
        ({"question": "A-01", "python": "1 == 1"}, "Extra inputs"),
    ],
)
def test_mistakes_in_conditions_are_named(condition, reason):
    with pytest.raises(schema.QuestionnaireFileError, match=reason):
        load(definition(CHOICE, asked("A-02", asked_if=condition), asked("A-03")))


def test_joined_conditions_are_read():
    condition = {
        "any": [
            {"question": "A-01", "any_of": ["a"]},
            {
                "all": [
                    {"question": "A-01", "none_of": ["b"]},
                    {"question": "A-01", "answered": True},
                ]
            },
        ]
    }

    loaded = load(definition(CHOICE, asked("A-02", asked_if=condition)))

    assert len(loaded.question("A-02").asked_when.conditions) == 2


def test_audience_from_belongs_to_the_rule_choice():
    contacts = [{"code": code, "text": code} for code in NEEDS[Function.CONSENT_CONTACTS].codes]
    source = asked("A-01", type="single", options=OPTIONS + contacts, function="consent_contacts")
    questions = (source, asked("A-02", audience_from="A-01", publication="court"))

    with pytest.raises(schema.QuestionnaireFileError, match="belongs to the rule choice"):
        load(definition(*questions))


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({**CHOICE, "function": "consent_audience"}, "A-01: not what the function consent_aud"),
        (asked("A-01", function="approved_by"), "A-01: not what the function approved_by needs"),
        (asked("A-01", type="number", function="state_name"), "not what the function state_name"),
        (asked("A-01", function="riddle"), "Input should be"),
    ],
)
def test_a_function_needs_its_type_and_options(question, reason):
    with pytest.raises(schema.QuestionnaireFileError, match=reason):
        load(definition(question))


def test_a_function_is_given_once():
    state = {"function": "state_name", "derived": True}

    with pytest.raises(schema.QuestionnaireFileError, match="function given twice: state_name"):
        load(definition(asked("A-01", **state), asked("A-02", **state)))


def test_contacts_follow_only_the_question_about_contacts():
    questions = (CHOICE, asked("A-02", audience_from="A-01"))

    with pytest.raises(schema.QuestionnaireFileError, match="must name the question on contacts"):
        load(definition(*questions))


def test_an_edition_that_asks_the_first_version_works_the_same_from_its_own_bytes(questionnaire):
    """Those bytes are hashed and signed as they are: they give no functions."""
    data = json.loads(schema.load_version("2026.2").content)
    data["version"] = "2026.1"
    for question in (q for s in data["sections"] for p in s["parts"] for q in p["questions"]):
        question.pop("function", None)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    first = schema.load_stored(text.encode(), content_hash=FIRST_HASH)

    assert first.questions == questionnaire.questions
    assert {each.function for each in first.questions} == {None, *Function}


def test_key_given_twice_and_broken_yaml_are_refused():
    with pytest.raises(schema.QuestionnaireFileError, match="key given twice: version"):
        schema.load_text('version: "2030.1"\nversion: "2030.2"\n')
    with pytest.raises(schema.QuestionnaireFileError):
        schema.load_text("version: [")
    with pytest.raises(schema.QuestionnaireFileError):
        schema.load_text("!!python/object/apply:os.system ['true']")


def test_unquoted_yes_is_refused_as_an_option():
    data = definition(copy.deepcopy(CHOICE))
    data["sections"][0]["parts"][0]["questions"][0]["options"][0]["code"] = True

    with pytest.raises(schema.QuestionnaireFileError, match="valid string"):
        load(data)


def test_stored_bytes_are_canonical_json():
    content = schema.load_version("2026.2").content

    again = json.dumps(
        json.loads(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    assert again.encode() == content
