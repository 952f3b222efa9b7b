"""Readings of a State's answers, grouped by the database, on both engines."""

from datetime import UTC, date, datetime

import pytest

from cooperation.access.rules import Actor, Institution, Role
from cooperation.audit import service
from cooperation.audit.rules import ReadingFilter

EVENING = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 0, 1, tzinfo=UTC)
OURS = ReadingFilter("KEN", "2026")


def person(role, institution, state_code=None):
    name = f"{role.value:0>8.8}-0000-4000-8000-000000000000"
    return Actor(name, frozenset({role}), institution, state_code)


COURT = person(Role.COURT_READER, Institution.COURT)
FRENCH = person(Role.FOCAL_POINT, Institution.STATE, "FRA")
KENYAN = person(Role.FOCAL_POINT, Institution.STATE, "KEN")


def read(session, actor, at, *, states=("FRA", "KEN"), questions=("A-01",), edition="2026", **more):
    action = more.get("action", "published.read")
    service.record(
        session,
        actor=actor,
        action=action,
        at=at,
        edition=edition,
        states=states,
        questions=questions,
    )


@pytest.fixture
def session(each_database):
    with each_database.writing() as session:
        read(session, COURT, EVENING)
        read(session, COURT, EVENING)
        read(session, COURT, MORNING, questions="all", action="court_answer.exported")
        read(session, FRENCH, MORNING, states=("KEN",), questions=("A-01", "A-02"))
        read(session, FRENCH, MORNING, states=("FRA",))
        read(session, FRENCH, MORNING, edition="2025")
        read(session, KENYAN, MORNING)
        read(session, COURT, MORNING, states="all", action="figures.read")
        yield session


def seen(readings):
    return [(each.day.day, each.institution, each.questions, each.times) for each in readings]


def test_readings_are_grouped_by_day_in_utc_institution_act_and_questions(session):
    assert seen(service.readings_of_state(session, OURS)) == [
        (23, "court", "all", 1),
        (23, "state/FRA", ("A-01", "A-02"), 1),
        (22, "court", ("A-01",), 2),
    ]


def test_days_come_newest_first_with_their_number_of_openings(session):
    assert service.days_of_readings(session, OURS) == [
        (date(2026, 11, 23), 2),
        (date(2026, 11, 22), 2),
    ]


def test_a_filter_names_institution_question_and_days(session):
    by_court = ReadingFilter("KEN", "2026", institution="court")
    second = ReadingFilter("KEN", "2026", question="A-02")
    first_day = ReadingFilter("KEN", "2026", last=date(2026, 11, 22))
    last_day = ReadingFilter("KEN", "2026", first=date(2026, 11, 23))

    assert len(service.readings_of_state(session, by_court)) == 2
    assert [each.questions for each in service.readings_of_state(session, second)] == [
        "all",
        ("A-01", "A-02"),
    ]
    assert [each.day.day for each in service.readings_of_state(session, first_day)] == [22]
    assert [each.day.day for each in service.readings_of_state(session, last_day)] == [23, 23]


def test_over_all_days_first_and_last_instant_are_told(session):
    found = {each.questions: each for each in service.openings_of_state(session, OURS)}

    assert found["A-01",].times == 2
    assert found["A-01",].last == EVENING


def test_what_was_not_delivered_counts_as_no_reading(session):
    by_court = ReadingFilter("KEN", "2026", institution="court")
    before = service.openings_of_state(session, by_court)
    exported = [each for each in service.entries_in(session) if each.action.endswith(".exported")]

    service.record_undelivered(session, exported, at=MORNING)

    assert [each.times for each in before] == [1, 2]
    assert [each.times for each in service.openings_of_state(session, by_court)] == [2]
    assert [each.day.day for each in service.readings_of_state(session, by_court)] == [22]
    assert "all" not in {
        each.questions for each in service.openings_by(session, COURT.person_id, EVENING)
    }
    assert not service.delivered_readings(session, ["court_answer.exported"], edition="2026")
    told = service.entries_for(session, action="reading.undelivered")
    assert [(each.version, each.states) for each in told] == [(2, ("FRA", "KEN"))]


def test_an_act_that_is_no_delivery_is_not_taken_back(session):
    service.record(session, actor=KENYAN, action="part.saved", at=MORNING, states=("KEN",))

    service.record_undelivered(session, service.entries_in(session)[-1:], at=MORNING)

    assert not service.entries_for(session, action="reading.undelivered")
