"""The server's clock is wrong, moves, or crosses a boundary (reliability 4.2, rule 5; R8).

Nobody is locked out for good, nothing that was over is open again, and the order stays: it is that
of the log's numbers, never the clock's.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.access.guard import is_stepped_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.models import SessionRow
from cooperation.accounts.signin.service.sign_in import CodeWrong
from cooperation.audit import service as audit
from cooperation.audit.models import LogEntry
from cooperation.editions.models import EditionRow
from cooperation.responses import service as responses
from cooperation.responses.models import DraftAnswerVersion
from tests.fixtures.responses import EDITION, part_path

AFTER_DEADLINE = datetime(2026, 12, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = (HOUR, -HOUR, DAY, -DAY)
PART, QUESTION = "B1", "B-05"
ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Europe/Amsterdam")
PLATFORM = Path(__file__).parents[3] / "platform" / "cooperation"
READS_A_CLOCK = re.compile(r"time\.time\(|datetime\.now\(|date\.today\(|utcnow\(|\blocaltime\(")
MAY_READ_IT = {
    "core/clock.py",
    "core/db.py",  # the database's own moment, as PostgreSQL gives it
    "offline/witness.py",  # a program of its own
    "demonstration/builder.py",
    "demonstration/notice.py",
}


@pytest.fixture
def person(answering_world):
    answering_world.sign_everybody_out()
    return answering_world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def visitor(answering_world, person):
    return answering_world.visitor(person)


@pytest.fixture
def zone(request, monkeypatch):
    """The time zone of the host; ours is UTC whatever it is."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def save(visitor, text):
    """Save a text; return the answer and the form as it was sent."""
    page = visitor.get(part_path(PART))
    changed = {QUESTION: text, "then": "stay"}
    form = page.form(has="then")
    return visitor.submit(page, form, changed, follow=False), (page, form, changed)


def sign_in(world, person, authenticator=None):
    """Sign in with a code of the person's own authenticator, whose clock may differ."""
    door = world.door()
    pending = accounts.begin_sign_in(door, email=person.email, password=person.password)
    code = accounts.code_at(person.totp_seed, authenticator or world.now)
    return accounts.finish_sign_in(door, pending=pending, code=code, browser="")


def log_of(world):
    with world.database.reading() as session:
        assert audit.verify(session).fault is None
        return session.execute(sa.select(LogEntry.seq, LogEntry.at).order_by(LogEntry.seq)).all()


def versions(world):
    with world.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(DraftAnswerVersion))


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_no_step_of_the_clock_locks_anybody_out_for_longer_than_it_lasts(
    answering_world, person, visitor, step
):
    world, right = answering_world, answering_world.now
    assert save(visitor, "before")[0].status == 303

    world.clock.move(step)
    if step < timedelta(0):  # her session goes on; set forward it has ended, as it must
        assert save(visitor, "while the clock was wrong")[0].status == 303
    with pytest.raises(CodeWrong):  # an authenticator goes by the right time
        sign_in(world, person, authenticator=right + timedelta(minutes=2))
    world.clock.set(right + timedelta(minutes=5))

    assert sign_in(world, person)
    assert save(world.visitor(person), "afterwards")[0].status == 303


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_the_order_is_that_of_the_log_whatever_the_clock_says(answering_world, visitor, step):
    save(visitor, "one")
    before = log_of(answering_world)
    answering_world.clock.move(step)
    if step > timedelta(0):
        visitor = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
    save(visitor, "two")

    after = log_of(answering_world)

    assert after[: len(before)] == before
    assert [entry.seq for entry in after] == list(range(len(after)))
    assert (after[-1].at < before[-1].at) is (step < timedelta(0))


@pytest.mark.parametrize("step", [-HOUR, -DAY, HOUR], ids=str)
def test_a_form_sent_again_after_a_step_of_the_clock_counts_once(answering_world, visitor, step):
    _answer, (page, form, changed) = save(visitor, "once")
    before = versions(answering_world)
    answering_world.clock.move(step)
    if step > timedelta(0):
        new = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
        visitor.cookies["sid"] = new.cookies["sid"]

    again = visitor.submit(page, form, changed, follow=False)

    assert again.status == 303
    assert versions(answering_world) == before


def test_a_closed_edition_stays_closed(answering_world, visitor):
    page = visitor.get(part_path(PART))
    with answering_world.database.writing() as session:
        row = session.get_one(EditionRow, EDITION)
        row.status, row.closed_at = "closed", answering_world.now
    answering_world.clock.move(-DAY * 30)

    answer = visitor.submit(page, page.form(has="then"), {QUESTION: "late"}, follow=False)

    assert answer.status in {403, 409}
    assert versions(answering_world) == 0


def test_what_time_has_ended_is_not_open_again_when_the_clock_is_set_back(answering_world, visitor):
    world = answering_world
    made = accounts.invite_person(
        world.context_of(world.person(Role.HEAD)),
        name="A newcomer",
        email="new@example.org",
        role=Role.OFFICER,
        organ="",
        replaces=False,
    )
    world.commit()
    link = f"/activate/{made.id}?token={made.token}"
    assert world.visitor().get(link).status == 200
    world.clock.move(DAY * 8)
    assert world.visitor().get(link).status == 404

    assert accounts.write_down_ended(world.database, world.now) > 0
    assert accounts.write_down_ended(world.database, world.now) == 0
    world.clock.move(-DAY * 8)

    assert world.visitor().get(link).status == 404
    assert visitor.get(part_path(PART), follow=False).status == 303  # to sign-in
    assert audit.verify(world.session).fault is None


def test_a_living_session_and_a_valid_invitation_are_let_be(answering_world, visitor):
    answering_world.clock.move(timedelta(minutes=29))

    accounts.write_down_ended(answering_world.database, answering_world.now)

    assert visitor.get(part_path(PART)).status == 200
    with answering_world.database.reading() as session:
        assert accounts.sessions_alive(session, answering_world.now) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(SessionRow)) == 1


def test_an_old_factor_is_not_fresh_again_when_the_clock_is_set_back(answering_world):
    world = answering_world
    actor = world.actor_of(world.person(Role.HEAD))
    assert is_stepped_up(actor, Permission.OPEN_EDITION, world.now)

    for later in (timedelta(minutes=6), -timedelta(minutes=2), -HOUR):
        assert not is_stepped_up(actor, Permission.OPEN_EDITION, world.now + later)
    assert is_stepped_up(actor, Permission.OPEN_EDITION, world.now - timedelta(seconds=30))


def test_a_sign_in_half_done_begins_anew_when_the_clock_was_set_back(answering_world, person):
    door = answering_world.door()
    pending = accounts.begin_sign_in(door, email=person.email, password=person.password)
    answering_world.clock.move(-DAY)

    with pytest.raises(accounts.SignInOver):
        accounts.finish_sign_in(
            answering_world.door(),
            pending=pending,
            code=accounts.code_at(person.totp_seed, answering_world.now),
            browser="",
        )


@pytest.mark.parametrize("zone", ZONES, indirect=True)
@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, True), (1, True)])
def test_the_deadline_ends_with_its_day_in_utc_whatever_the_zone_of_the_host(
    round_, zone, seconds, is_late
):
    end = AFTER_DEADLINE

    with round_.reading("focal", end + timedelta(seconds=seconds)) as ctx:
        state = responses.signing_page(ctx, edition_id=EDITION)

    assert state.is_late is is_late


@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (1, True)])
def test_a_submission_a_second_late_is_taken_and_recorded_as_late(filled, seconds, is_late):
    end = AFTER_DEADLINE

    submission = filled.submit(end + timedelta(seconds=seconds))

    assert submission.is_late is is_late
    with filled.reading("signatory", end) as ctx:
        kept = responses.latest_submission(ctx, EDITION, "AF01")
        assert (kept.is_late, kept.submitted_at) == (is_late, end + timedelta(seconds=seconds))


@pytest.mark.parametrize("zone", ["Europe/Amsterdam"], indirect=True)
@pytest.mark.parametrize(
    "boundary",
    [
        datetime(2027, 10, 31, 1, 0, tzinfo=UTC),  # summer time ends: an hour comes twice
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),  # it begins: an hour is missing
        datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    ],
    ids=str,
)
def test_no_boundary_of_the_calendar_is_seen(answering_world, person, zone, boundary):
    world = answering_world
    world.clock.set(boundary - timedelta(minutes=20))
    visitor = world.visitor(person)
    for minutes in (19, 1, 20, 20):  # an hour that comes twice would end the session or keep it
        assert save(visitor, f"{world.now}")[0].status == 303
        world.clock.move(timedelta(minutes=minutes))
    entries = log_of(world)
    assert entries == sorted(entries, key=lambda entry: entry.at)

    world.clock.move(timedelta(minutes=12))

    assert visitor.get("/", follow=False).status == 303
    assert sign_in(world, person)


def test_nothing_but_the_clock_reads_the_time_of_day():
    """Time-outs go by the monotonic clock: a step would end them early or never."""
    found = {
        str(path.relative_to(PLATFORM))
        for path in PLATFORM.rglob("*.py")
        if READS_A_CLOCK.search(path.read_text())
    }

    assert found <= MAY_READ_IT
