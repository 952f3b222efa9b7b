"""Audiences by rule, mark and consent; blank, not known and not asked; merging."""

from dataclasses import replace
from datetime import date

import pytest

from cooperation.editions import schema
from cooperation.editions.rules import Answer, Row
from cooperation.responses.rules import (
    ALWAYS_PUBLISHED,
    NEVER_SAVED,
    AnswerStatus,
    Audience,
    ConsentSettings,
    Counting,
    DraftRecord,
    Entry,
    PartStatus,
    ResponseStatus,
    Seen,
    Stored,
    Submission,
    answer_status,
    audience_of,
    consent_of,
    entry_problems,
    gaps_in,
    marked_table,
    marks_allowed,
    part_status,
    read_entries,
    sealed_key_hash,
    stale_versions,
)
from tests.fixtures.circles import NOW

QUESTIONNAIRE = schema.load_version("2026.2").questionnaire
STATES, RESTRICTED, COURT = Audience
OPEN = ConsentSettings("yes_all_except_those_i_marked", "states_parties_and_the_court", "yes")
COURT_ONLY = ConsentSettings("no_the_whole_reply_is_court", "states_parties_and_the_court", "yes")


def question(code):
    return QUESTIONNAIRE.question(code)


@pytest.mark.parametrize(
    ("code", "mark", "open_audience", "court_only_audience"),
    [
        ("A-01", None, STATES, STATES),  # published, identifies the reply
        ("A-02", COURT, STATES, STATES),  # a mark outside the rule counts for nothing
        ("D-08", None, STATES, STATES),
        ("B-07", None, STATES, COURT),  # published
        ("B-07", RESTRICTED, STATES, COURT),
        ("B-05", None, STATES, COURT),  # choice
        ("B-05", RESTRICTED, RESTRICTED, COURT),
        ("B-05", COURT, COURT, COURT),
        ("A-04", None, RESTRICTED, RESTRICTED),  # restricted stays restricted
        ("A-04", STATES, RESTRICTED, RESTRICTED),
        ("D-03", None, RESTRICTED, RESTRICTED),
        ("A-11", None, COURT, COURT),  # court
        ("A-11", STATES, COURT, COURT),
    ],
)
def test_audience_follows_rule_mark_and_consent(code, mark, open_audience, court_only_audience):
    assert audience_of(question(code), mark, OPEN, narrowed=()) is open_audience
    assert audience_of(question(code), mark, COURT_ONLY, narrowed=()) is court_only_audience


@pytest.mark.parametrize("code", ["B-05", "B-07", "A-04", "A-01"])
def test_what_was_narrowed_is_the_courts_whatever_else_is_said(code):
    assert audience_of(question(code), STATES, OPEN, narrowed={code}) is COURT


@pytest.mark.parametrize("code", ["A-08", "A-10"])
@pytest.mark.parametrize(
    ("d03", "audience"),
    [("states_parties_and_the_court", STATES), ("the_court_only", COURT), ("", COURT)],
)
def test_contacts_follow_the_directory_setting(code, d03, audience):
    consent = ConsentSettings(OPEN.consent, d03, "yes")

    assert audience_of(question(code), STATES, consent, narrowed=()) is audience
    assert marks_allowed(question(code)) == ()


def test_a_court_only_reply_leaves_five_published_questions():
    published = {
        each.code: each.function
        for each in QUESTIONNAIRE.questions
        if audience_of(each, None, COURT_ONLY, narrowed=()) is STATES
    }

    assert set(published) == {"A-01", "A-02", "A-03", "D-01", "D-08"}
    assert set(published.values()) == ALWAYS_PUBLISHED


@pytest.mark.parametrize(
    ("d04", "counting"),
    [
        ("yes", Counting.EVERYWHERE),
        ("yes_but_not_by_region", Counting.OVERALL),
        ("no", Counting.COURT),
        ("", Counting.COURT),
    ],
)
def test_counting_follows_d04(d04, counting):
    assert ConsentSettings("", "", d04).counting is counting


def test_only_ask_me_again_waits_for_a_release():
    assert ConsentSettings("ask_me_again_before_release").needs_release
    assert not OPEN.needs_release
    assert not COURT_ONLY.needs_release


def test_settings_name_the_options_of_the_questionnaire():
    for code, options in (
        ("D-01", {"no_the_whole_reply_is_court", "ask_me_again_before_release"}),
        ("D-03", {"states_parties_and_the_court", "the_court_only"}),
        ("D-04", {"yes", "yes_but_not_by_region", "no"}),
    ):
        assert options <= question(code).option_codes


def test_consent_is_read_from_the_answers():
    answers = {"D-01": Answer(choice=("ask_me_again_before_release",)), "D-04": Answer()}

    assert consent_of(QUESTIONNAIRE, answers) == ConsentSettings(
        "ask_me_again_before_release", "", ""
    )


def test_blank_not_known_and_not_asked_are_three_things():
    answers = {"A-06": Answer(choice=("not_known",)), "A-07": Answer(text="Kept in the draft")}

    assert answer_status(question("A-06"), answers) is AnswerStatus.ANSWERED
    assert answer_status(question("A-05"), answers) is AnswerStatus.NO_ANSWER
    assert answer_status(question("A-07"), answers) is AnswerStatus.NOT_ASKED


def test_only_required_asked_and_blank_is_a_gap():
    part = QUESTIONNAIRE.part("A1")
    answers = {"A-05": Answer(choice=("other",)), "A-06": Answer(choice=("not_known",))}

    found = [gap.question.code for gap in gaps_in(part.questions, answers)]

    assert found == ["A-02", "A-03", "A-04"]


def test_a_row_without_its_required_cell_is_a_gap():
    answers = {
        "B-07": Answer(choice=("yes_in_full",)),
        "B-08": Answer(rows=(Row("1", {"number": "7"}),)),
    }

    assert [gap.field for gap in gaps_in((question("B-08"),), answers)] == ["B-08.1.title"]


def test_d02_lists_the_marked_answers_with_the_typed_reason():
    records = {
        "A-05": DraftRecord(Answer(choice=("other",)), COURT),
        "A-09": DraftRecord(Answer(choice=("no",)), RESTRICTED),
        "A-12": DraftRecord(Answer(), COURT),
        "B-05": DraftRecord(Answer(text="Open")),
        "D-02": DraftRecord(Answer(rows=(Row("1", {"question": "A-05", "reason": "security"}),))),
    }

    rows = marked_table(QUESTIONNAIRE, records, narrowed=())

    assert [dict(row.cells) for row in rows] == [
        {"question": "A-05", "audience": "court", "reason": "security"},
        {"question": "A-09", "audience": "restricted"},
    ]


@pytest.mark.parametrize(
    ("d01", "narrowed"),
    [("no_the_whole_reply_is_court", ()), ("yes_all_except_those_i_marked", ("A-09",))],
)
def test_d02_names_the_audience_that_is_sealed_not_the_mark(d01, narrowed):
    records = {
        "A-09": DraftRecord(Answer(choice=("no",)), RESTRICTED),
        "D-01": DraftRecord(Answer(choice=(d01,))),
    }

    rows = marked_table(QUESTIONNAIRE, records, narrowed=narrowed)

    assert [row.cell("audience") for row in rows] == ["court"]


def test_a_merge_asks_for_older_versions_only_where_the_page_was_stale():
    entries = {
        "A": Entry(DraftRecord(), Seen(1)),
        "B": Entry(DraftRecord(), Seen(2)),
        "C": Entry(DraftRecord(), NEVER_SAVED),
    }
    stored = {"A": Stored(seen=Seen(1)), "B": Stored(seen=Seen(5)), "C": Stored(seen=Seen(1))}

    assert stale_versions(entries, stored) == {"B": 2}


def test_every_state_has_words():
    for kind in (Audience, ResponseStatus, PartStatus):
        assert len({str(each.label) for each in kind}) == len(kind)


def test_a_part_is_begun_once_one_of_its_questions_is_saved():
    part = QUESTIONNAIRE.part("A1")
    nothing: frozenset[str] = frozenset()

    assert part_status(part, done=nothing, saved=nothing) is PartStatus.NOT_STARTED
    assert part_status(part, done=nothing, saved=frozenset({"A-05"})) is PartStatus.IN_PROGRESS
    assert part_status(part, done=frozenset({"A1"}), saved=nothing) is PartStatus.DONE


@pytest.mark.parametrize(("reason", "count"), [("security", 0), ("because", 1)])
def test_a_reason_for_a_mark_is_one_of_those_on_offer(reason, count):
    part = QUESTIONNAIRE.part("D1")
    fields = {"D-02.version": ["0"], "D-02.A-05.reason": [reason], "D-02.A-06.reason": [""]}

    entries = read_entries(part, fields, {}, date(2026, 11, 22))
    found = entry_problems(part, entries)

    assert [row.cell("question") for row in entries["D-02"].record.answer.rows] == ["A-05"]
    assert len(found) == count


def test_a_manifest_without_circles_names_no_key():
    assert sealed_key_hash({}, "court") is None
    assert sealed_key_hash({"circles": [["court", 1, "ab"]]}, "court") == "ab"


def test_a_submission_says_when_one_person_did_both():
    one = Submission("s", "2026", "AF01", 1, NOW, False, OPEN, b"", "anna", "anna")

    assert one.is_by_one_person
    assert not replace(one, prepared_by="ben").is_by_one_person
