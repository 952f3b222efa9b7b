"""What goes into a batch, what voids it, and who opened an answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cooperation.audit.rules import Entry
from cooperation.publication.rules import (
    Candidate,
    Item,
    Standing,
    batch_of,
    content_hash,
    institutions_that_opened,
    is_still_good,
)
from cooperation.responses.rules import AnswerStatus, Audience
from cooperation.review.rules import Decision

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
APPROVED = Candidate(
    item=Item("AF01", "A-05", "s1", b"c" * 32),
    audience=Audience.STATES,
    status=AnswerStatus.ANSWERED,
    decision=Decision.APPROVED,
    decided_at=NOON,
    needs_release=False,
    is_released=False,
    is_published=False,
)
SILENT = replace(
    APPROVED,
    item=replace(APPROVED.item, question="A-07"),
    status=AnswerStatus.NOT_ASKED,
    decision=Decision.PENDING,
    decided_at=None,
)


def test_content_hash_binds_every_part_of_the_list_and_not_its_order():
    other = replace(APPROVED.item, question="A-06")
    expected = content_hash("2026", [APPROVED.item, other])

    assert content_hash("2026", [other, APPROVED.item]) == expected
    assert content_hash("2025", [APPROVED.item, other]) != expected
    assert content_hash("2026", [APPROVED.item]) != expected
    for change in (
        {"state_code": "AF02"},
        {"question": "B-01"},
        {"submission_id": "s2"},
        {"commitment": b"d" * 32},
    ):
        assert content_hash("2026", [replace(APPROVED.item, **change), other]) != expected


@pytest.mark.parametrize(
    "change",
    [
        {"decision": Decision.PENDING},
        {"decision": Decision.REFUSED},
        {"audience": Audience.RESTRICTED},
        {"audience": Audience.COURT},
        {"needs_release": True},
        {"is_published": True},
    ],
)
def test_a_batch_takes_approved_released_and_unpublished_answers_for_states_only(change):
    assert batch_of([APPROVED], frozenset({"AF01"})) == (APPROVED.item,)
    assert batch_of([replace(APPROVED, **change)], frozenset({"AF01"})) == ()


def test_a_batch_holds_the_states_that_were_chosen():
    assert batch_of([APPROVED], frozenset({"AF02"})) == ()


def test_a_released_answer_goes_out():
    released = replace(APPROVED, needs_release=True, is_released=True)

    assert batch_of([released], frozenset({"AF01"})) == (released.item,)


def test_silent_records_go_out_with_their_states_answers_and_never_alone():
    assert batch_of([SILENT], frozenset({"AF01"})) == ()
    assert batch_of([SILENT, APPROVED], frozenset({"AF01"})) == (APPROVED.item, SILENT.item)


def test_an_item_is_good_while_nothing_has_changed():
    assert is_still_good(APPROVED, APPROVED.item, NOON)
    assert is_still_good(SILENT, SILENT.item, NOON)


@pytest.mark.parametrize(
    "now",
    [
        None,
        replace(APPROVED, item=replace(APPROVED.item, commitment=b"d" * 32)),
        replace(APPROVED, audience=Audience.COURT),
        replace(APPROVED, decision=Decision.REFUSED),
        replace(APPROVED, decided_at=NOON + timedelta(hours=1)),
        replace(APPROVED, is_published=True),
        replace(APPROVED, needs_release=True),
    ],
)
def test_a_new_submission_a_narrowing_or_a_refusal_spoils_an_item(now):
    assert not is_still_good(now, APPROVED.item, NOON)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Standing.APPROVED),
        ({"is_published": True}, Standing.PUBLISHED),
        ({"needs_release": True}, Standing.WAITING),
        ({"decision": Decision.PENDING}, Standing.IN_REVIEW),
        ({"decision": Decision.REFUSED}, Standing.REFUSED),
        ({"audience": Audience.COURT, "decision": Decision.PENDING}, Standing.CONFIDENTIAL),
        ({"status": AnswerStatus.NO_ANSWER, "decision": Decision.PENDING}, Standing.EMPTY),
    ],
)
def test_standing_tells_the_state_where_its_answer_is(change, expected):
    assert replace(APPROVED, **change).standing is expected


def entry(institution: str, *, at: datetime = NOON, **scope: object) -> Entry:
    fields = {"states": ("AF01",), "questions": "all"} | scope
    return Entry(
        seq=0,
        at=at,
        actor="p",
        role="r",
        institution=institution,
        action="published.read",
        request_id="-",
        **fields,
    )


def test_only_readings_that_covered_the_answer_count():
    entries = [
        entry("court"),
        entry("court"),
        entry("state/WE01", states="all", questions=("A-05",)),
        entry("state/WE02", states="all", questions=("B-01",)),
        entry("state/WE03", states=("AF02",)),
        entry("state/WE04", at=NOON - timedelta(seconds=1)),
        entry("state/AF01"),
    ]

    found = institutions_that_opened(entries, state_code="AF01", question="A-05", since=NOON)

    assert found == {"court", "state/WE01"}
