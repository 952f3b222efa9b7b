"""Ten exports an hour; an alarm over an account that reads faster than anybody reads."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.signin.service.exports import ExportLimitReached
from cooperation.accounts.signin.service.history import own_history
from cooperation.audit import service as audit
from cooperation.audit.rules import Entry, is_alarming, weight_of
from cooperation.core.db import DatabaseFailedError
from cooperation.core.errors import NotAllowed
from cooperation.operation import doctor
from cooperation.outbox.models import MailRow

MINUTE = timedelta(minutes=1)
STATES = tuple(f"S{number:03}" for number in range(125))
QUESTIONS = tuple(f"Q-{number:02}" for number in range(80))


@pytest.fixture
def reader(world):
    return world.person(Role.COURT_READER)


def entry(states, questions, edition="2026"):
    return Entry(0, None, "", "", "", "published.read", "", edition, states, questions)


def read(world, person, states, questions):
    """One page of answers, logged and watched as the shell does."""
    ctx = world.context_of(person)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="published.read",
        at=ctx.now,
        edition="2026",
        states=states,
        questions=questions,
    )
    accounts.watch_reading(ctx)


def alarms(world):
    return audit.last_of(world.session, action="reading.alarm", since=world.now - timedelta(days=1))


def told(world):
    rows = world.session.scalars(sa.select(MailRow).where(MailRow.purpose == "notice.alarm")).all()
    return {
        json.loads(
            world.root.unwrap(row.sealed_payload, table="mails", row=row.id, kind="payload")
        )["to"]
        for row in rows
    }


def test_the_eleventh_export_within_an_hour_is_refused_with_its_time(world, reader):
    first = world.now
    for _ in range(10):
        accounts.count_export(world.context_of(reader))
        world.clock.move(MINUTE)

    with pytest.raises(ExportLimitReached) as refusal:
        accounts.count_export(world.context_of(reader))

    assert refusal.value.again_at == first + timedelta(hours=1)
    assert refusal.value.seconds == 50 * 60
    assert f"{first + timedelta(hours=1):%H:%M} (UTC)" in str(refusal.value.sentence)


def test_an_hour_after_the_first_the_next_export_goes(world, reader):
    for _ in range(10):
        accounts.count_export(world.context_of(reader))
    world.clock.move(timedelta(hours=1))

    accounts.count_export(world.context_of(reader))


def test_a_colleagues_exports_are_counted_apart(world, reader):
    for _ in range(10):
        accounts.count_export(world.context_of(reader))

    accounts.count_export(world.context_of(world.person(Role.OFFICER)))


def test_an_export_that_fails_costs_nothing(world, reader):
    for _ in range(12):
        accounts.count_export(world.context_of(reader))
        world.roll_back()


def test_what_cannot_be_counted_is_not_exported(world, reader):
    world.session.execute(sa.text("ALTER TABLE attempts RENAME TO elsewhere"))

    with pytest.raises(DatabaseFailedError):
        accounts.count_export(world.context_of(reader))


def test_a_whole_page_weighs_as_much_as_anybody_reads_of_it():
    assert weight_of([entry(STATES, ("Q-01",))]) == 25
    assert weight_of([entry(("S001",), QUESTIONS)]) == 25
    assert weight_of([entry(STATES, "all")]) == 25
    assert weight_of([entry(("S001",), QUESTIONS[:6])]) == 6


def test_opening_the_same_again_weighs_nothing():
    page = entry(("S001",), QUESTIONS)

    assert weight_of([page] * 40) == 25
    assert weight_of([entry(STATES, "all")] * 40) == 25


def test_eight_whole_pages_are_reading_and_nine_are_not():
    pages = [entry((state,), QUESTIONS) for state in STATES[:9]]

    assert not is_alarming(pages[:8])
    assert is_alarming(pages)


def test_small_portions_count_to_two_hundred_answers():
    portions = [entry((state,), QUESTIONS[:5]) for state in STATES[:41]]

    assert not is_alarming(portions[:40])
    assert is_alarming(portions)


def test_a_fast_reader_raises_the_alarm_once_an_hour_and_reads_on(world, reader):
    for state in STATES[:20]:
        read(world, reader, (state,), QUESTIONS)

    assert list(alarms(world)) == [reader.person_id]
    world.clock.move(timedelta(minutes=61))
    for state in STATES[:20]:
        read(world, reader, (state,), QUESTIONS)

    found = audit.entries_for(world.session, action="reading.alarm")
    assert [(each.actor, each.subject) for each in found] == [("system", reader.person_id)] * 2


def test_heads_administrators_and_the_person_are_told(world, reader):
    for state in STATES[:9]:
        read(world, reader, (state,), QUESTIONS)

    expected = {world.person(role).email for role in (Role.HEAD, Role.ADMINISTRATOR)}
    assert told(world) == expected
    (event, *_rest) = own_history(world.context_of(reader)).events
    assert event.is_warning


def test_a_slow_reader_raises_no_alarm(world, reader):
    for state in STATES[:20]:
        read(world, reader, (state,), QUESTIONS)
        world.clock.move(2 * MINUTE)

    assert alarms(world) == {}


def test_only_an_administrator_sees_whose_alarm_it_is(world, reader):
    for state in STATES[:9]:
        read(world, reader, (state,), QUESTIONS)

    seen = accounts.reading_alarms(world.context_of(world.person(Role.ADMINISTRATOR)))

    assert seen == {reader.person_id: world.now}
    with pytest.raises(NotAllowed):
        accounts.reading_alarms(world.context_of(world.person(Role.OFFICER)))


def test_the_doctor_names_an_alarm_for_a_day(world, reader):
    for state in STATES[:9]:
        read(world, reader, (state,), QUESTIONS)
    world.commit()

    def finding():
        found = doctor.examine(world.settings, world.clock)
        return next(each for each in found if each.name == "reading")

    assert "1 accounts" in finding().finding
    world.clock.move(timedelta(days=1, minutes=1))
    assert finding().finding == "no alarm within a day"
