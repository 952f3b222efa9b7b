"""References, addressees, checks before issue, and where a note stands."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.notes_verbales.rules import (
    BadReferenceError,
    CheckKind,
    DispatchFacts,
    DispatchStatus,
    NoteGroup,
    Reference,
    addressee_of,
    checks_before_issue,
    delivery_problem,
    dispatch_status,
    file_stem,
    next_number,
    parse_reference,
    session_of,
)
from cooperation.outbox.rules import MailStatus
from cooperation.register.rules import PostKind

DAY = date(2026, 4, 19)


def test_the_session_follows_from_the_year() -> None:
    assert session_of(2022) == 21
    assert session_of(2027) == 26


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("ICC-ASP/25/SP/09", Reference(25, NoteGroup.SP, 9)),
        (" icc-asp/21/s/ldc/07 ", Reference(21, NoteGroup.S_LDC, 7)),
        ("ICC-ASP/19/S/61", Reference(19, NoteGroup.S, 61)),
        ("ICC-ASP/19/OS/104", Reference(19, NoteGroup.OS, 104)),
    ],
)
def test_references_of_the_pattern_are_read(typed: str, reference: Reference) -> None:
    assert parse_reference(typed) == reference
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    "typed",
    ["", "ICC-ASP/25/SP/9", "ICC-ASP/25/XX/09", "ICC-ASP/25/SP/00", "ICC-ASP/025/SP/09",
     "ICC-ASP/25/SP/09\n/x", "ICC-ASP/٢٥/SP/09", "ICC-ASP/25/SP/1000"],
)  # fmt: skip
def test_other_references_are_refused(typed: str) -> None:
    with pytest.raises(BadReferenceError):
        parse_reference(typed)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_references(typed: str) -> None:
    with contextlib.suppress(BadReferenceError):
        assert str(parse_reference(typed)) == typed.strip().upper()


def test_one_counter_runs_over_all_groups() -> None:
    assert next_number([]) == 1
    assert next_number([2, 14, 7]) == 15


def test_a_reference_becomes_part_of_a_file_name() -> None:
    assert file_stem("ICC-ASP/21/S/LDC/07") == "ICC-ASP-21-S-LDC-07"


def test_addressees_follow_the_kind_of_post() -> None:
    embassy = addressee_of("the Kingdom of Belgium", PostKind.EMBASSY_THE_HAGUE, "The Hague")
    mission = addressee_of("Japan", PostKind.PERMANENT_MISSION, "New York")
    ministry = addressee_of("the Republic of Kenya", PostKind.MINISTRY, "")

    assert embassy.full == "the Embassy of the Kingdom of Belgium"
    assert embassy.short == "the Embassy"
    assert embassy.lines == ("To the Embassy of the Kingdom of Belgium", "The Hague")
    assert mission.full == "the Permanent Mission of Japan to the United Nations"
    assert ministry.lines == ("To the Ministry of Foreign Affairs of the Republic of Kenya",)


def check(**changes: object) -> dict[CheckKind, list[str]]:
    facts = {
        "parties": {"BEL", "KEN"},
        "addressed": {"BEL", "KEN"},
        "dated_on": DAY,
        "deadline_on": date(2026, 6, 30),
        "deadline_in_notes": date(2026, 6, 30),
        "without_email": 0,
        "contact": "asp@example.int",
    }
    found: dict[CheckKind, list[str]] = {kind: [] for kind in CheckKind}
    for each in checks_before_issue(**(facts | changes)):
        found[each.kind].append(str(each.sentence))
    return found


def test_example_address_for_questions_is_a_warning() -> None:
    found = check(contact="secretariat@example.org")

    assert len(found[CheckKind.WARNING]) == 1


def test_notes_in_order_raise_nothing() -> None:
    found = check()

    assert not found[CheckKind.PROBLEM]
    assert not found[CheckKind.WARNING]
    assert "All 2 States Parties on the opening day are in the list." in found[CheckKind.PASSED]


def test_a_missing_party_and_a_former_party_are_problems() -> None:
    problems = check(addressed={"BEL", "BDI"})[CheckKind.PROBLEM]

    assert any("KEN" in problem for problem in problems)
    assert any("BDI" in problem for problem in problems)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"deadline_on": DAY, "deadline_in_notes": DAY}, CheckKind.PROBLEM),
        ({"deadline_in_notes": date(2026, 6, 29)}, CheckKind.PROBLEM),
        (
            {"deadline_on": date(2026, 5, 29), "deadline_in_notes": date(2026, 5, 29)},
            CheckKind.WARNING,
        ),
        (
            {"deadline_on": date(2026, 6, 28), "deadline_in_notes": date(2026, 6, 28)},
            CheckKind.WARNING,
        ),
        ({"without_email": 3}, CheckKind.WARNING),
    ],
)
def test_each_finding_has_its_weight(changes: dict[str, object], kind: CheckKind) -> None:
    assert len(check(**changes)[kind]) == 1


def status(**changes: object) -> DispatchStatus:
    facts = {
        "is_compiled": True,
        "is_voided": False,
        "is_approved": True,
        "is_dispatched": True,
        "mail": None,
        "delivered_on": None,
        "acknowledged_on": None,
    }
    return dispatch_status(DispatchFacts(**(facts | changes)))


def test_the_latest_fact_decides_where_a_note_stands() -> None:
    before = {"is_approved": False, "is_dispatched": False}

    assert status(is_compiled=False, **before) is DispatchStatus.WAITING
    assert status(**before) is DispatchStatus.PREPARED
    assert status(is_voided=True, **before) is DispatchStatus.VOIDED
    assert status(is_dispatched=False) is DispatchStatus.APPROVED
    assert status() is DispatchStatus.TO_DELIVER
    assert status(mail=MailStatus.DUE) is DispatchStatus.APPROVED
    assert status(mail=MailStatus.SENT) is DispatchStatus.SENT
    assert status(mail=MailStatus.UNCERTAIN) is DispatchStatus.FAILED
    assert status(mail=MailStatus.FAILED, delivered_on=DAY) is DispatchStatus.DELIVERED
    assert status(delivered_on=DAY, acknowledged_on=DAY) is DispatchStatus.ACKNOWLEDGED


def test_every_state_of_a_mail_has_a_meaning() -> None:
    for mail in MailStatus:
        assert status(mail=mail) in DispatchStatus


def test_a_delivery_lies_between_the_note_and_today() -> None:
    facts = {"dated_on": DAY, "today": date(2026, 4, 30)}

    assert delivery_problem(DAY, is_issued=True, **facts) is None
    assert delivery_problem(DAY, is_issued=False, **facts) is not None
    assert delivery_problem(date(2026, 5, 1), is_issued=True, **facts) is not None
    assert delivery_problem(date(2026, 4, 18), is_issued=True, **facts) is not None
