"""The watch: the floor under free space, readiness, the root key away, figures without content."""

import base64
import json
import urllib.request
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest

from cooperation.access.rules import Role
from cooperation.accounts.models import AttemptRow
from cooperation.circles import service as circles
from cooperation.core.db import DatabaseFailedError
from cooperation.operation import doctor
from cooperation.operation.serving import _give_row
from cooperation.operation.watch import measures
from cooperation.operation.watch.guard import ClockWatch, Guard
from cooperation.operation.watch.measures import AlarmLog, measure
from cooperation.operation.watch.metrics import (
    LOOPBACK,
    ROWS,
    Figures,
    Tally,
    install_metrics,
    names_of,
    parts_of,
    serve_figures,
)
from cooperation.outbox import service as outbox
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus
from cooperation.vault.errors import KeysAway
from cooperation.vault.keyring import create_keyring, load_keyring
from cooperation.vault.root import RootKeys
from cooperation.web import space
from cooperation.web.factory import create_app, make_server
from cooperation.web.keys import follow
from cooperation.web.space import MEGABYTE, TEMPORARY_FLOOR, SpaceWatch
from tests.fixtures.instance import free_port
from tests.fixtures.people import ROOT_KEY
from tests.fixtures.responses import part_path

PART, QUESTION = "B1", "B-05"
TYPED = "Typed while there was little space"


class Disk:
    """What a folder has left, as the test says."""

    def __init__(self):
        self.free = 10_000 * MEGABYTE

    def look(self, folder):
        return self.free


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def watched(answering_world, disk):
    """The world's application, whose free space the test decides."""
    world = answering_world
    world.sign_everybody_out()
    held = make_server(world.settings, database=world.database, root=world.root, clock=world.clock)
    held.space._look = disk.look
    world.application = create_app(world.settings, held)
    world.held = held
    return world


def little_space(world, disk, left=1):
    disk.free = left * MEGABYTE
    world.held.space._seen_at = -10.0


@pytest.fixture
def visitor(watched):
    return watched.visitor(watched.person(Role.FOCAL_POINT, "AF01"))


def test_below_the_floor_nothing_is_written_that_can_wait(watched, disk, visitor):
    page = visitor.get(part_path(PART))
    little_space(watched, disk)

    answer = visitor.submit(
        page, page.form(has="then"), {QUESTION: TYPED, "then": "stay"}, follow=False
    )

    assert answer.status == 507
    assert "There is no space left" in answer.text
    assert answer.form(has=QUESTION).fields[QUESTION] == [TYPED]
    little_space(watched, disk, left=10_000)
    assert visitor.submit(answer, answer.form(has=QUESTION), follow=False).status == 303
    assert TYPED in visitor.get(part_path(PART)).html


def test_below_the_floor_people_read_sign_in_and_sign_out(watched, disk, visitor):
    little_space(watched, disk)
    person = watched.person(Role.FOCAL_POINT, "AF01")
    other = watched.visitor()

    assert visitor.get(part_path(PART)).status == 200
    assert visitor.get("/published/2026").status == 200
    page = other.get("/sign-in")
    page = other.submit(
        page,
        page.form(has="password"),
        {"email": person.email, "password": person.password},
    )
    watched.clock.move(timedelta(minutes=1))
    page = other.enter_code(page, {"totp_secret": person.totp_secret}, at=watched.now.timestamp())
    assert page.status == 200
    other.submit(page, page.form(action="/sign-out"))
    assert "sid" not in other.cookies


def test_heads_see_on_their_home_that_space_is_short(watched, disk):
    head = watched.visitor(watched.person(Role.HEAD))
    assert "Little space is left" not in head.get("/").text

    little_space(watched, disk)

    assert "Little space is left" in head.get("/").text
    assert "Little space" not in watched.visitor(watched.person(Role.COURT_READER)).get("/").text


def test_who_has_to_wait_for_space_is_told_before_she_begins(watched, disk):
    little_space(watched, disk)

    for role, is_told in (
        (Role.FOCAL_POINT, True),
        (Role.OFFICER, True),
        (Role.HEAD, False),
        (Role.COURT_READER, False),
    ):
        home = watched.visitor(watched.person(role)).get("/")
        assert ("Nothing can be saved for the moment" in home.text) == is_told, role


def test_the_floor_of_a_small_folder_in_memory_is_a_small_one(tmp_path):
    watch = SpaceWatch(
        {"database": tmp_path, "temporary folder": tmp_path},
        256 * MEGABYTE,
        look=lambda _folder: 64 * MEGABYTE,
    )

    assert watch.low() == ["database"]
    assert watch.floor_of("temporary folder") == TEMPORARY_FLOOR
    assert SpaceWatch({"database": tmp_path}, 0, look=lambda _folder: 0).low() == []


@pytest.fixture
def with_keyring(answering_world, tmp_path):
    """The same world on a server that takes its root key from a file."""
    world = answering_world
    path = tmp_path / "keyring.json"
    create_keyring(path, instance=world.root.instance)
    content = json.loads(path.read_text())
    content["keys"]["1"] = base64.b64encode(ROOT_KEY).decode()
    path.write_text(json.dumps(content))
    world.root = load_keyring(path)
    world.keyring = path
    return world


def test_without_the_root_key_every_page_says_so_and_it_resumes_by_itself(with_keyring):
    world = with_keyring
    visitor = world.visitor(world.person(Role.FOCAL_POINT, "AF01"))
    page = visitor.get(part_path(PART))
    aside = world.keyring.rename(world.keyring.with_name("aside"))

    assert visitor.get("/health").status == 503
    for path in ("/", part_path(PART), "/sign-in"):
        answer = visitor.get(path)
        assert answer.status == 503
        assert "The server's key is not at hand" in answer.text
    kept = visitor.submit(page, page.form(has="then"), {QUESTION: TYPED, "then": "stay"})
    assert kept.status == 503
    assert kept.form(has=QUESTION).fields[QUESTION] == [TYPED]
    aside.rename(world.keyring)

    assert visitor.get("/health").status == 200
    assert visitor.submit(kept, kept.form(has=QUESTION), follow=False).status == 303
    assert TYPED in visitor.get(part_path(PART)).html


def test_a_wrong_keyring_of_the_same_instance_is_answered_like_one_that_is_away(with_keyring):
    world = with_keyring
    follow(world.root, world.database)
    person = world.person(Role.FOCAL_POINT, "AF01")
    visitor = world.visitor()
    page = visitor.get("/sign-in")
    typed = {"email": person.email, "password": person.password}
    with world.database.writing() as session:
        mail = {
            "to": "a@example.org",
            "subject": "S",
            "body": "B",
            "purpose": "invitation",
            "language": "en",
        }
        mail_id = outbox.queue(session, world.root, **mail, now=world.now)
    right = world.keyring.read_bytes()
    put_in_place(world.keyring, right.replace(b64(ROOT_KEY), b64(bytes(32))))

    for _time in range(2):
        assert visitor.get("/health").status == 503
        answer = visitor.submit(page, page.form(has="password"), typed)
        assert answer.status == 503
        assert "The server's key is not at hand" in answer.text
        with pytest.raises(KeysAway):
            outbox.send_due(world.database, world.root, world.settings, world.clock)
    with world.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AttemptRow)) == 0
        assert session.get_one(MailRow, mail_id).status == MailStatus.DUE
    put_in_place(world.keyring, right)

    assert visitor.get("/health").status == 200
    page = visitor.submit(page, page.form(has="password"), typed)
    assert page.path.startswith("/second-factor")


def test_the_keyring_of_a_rotation_is_believed_though_nobody_looked_in_between(with_keyring):
    world = with_keyring
    follow(world.root, world.database)
    content = json.loads(world.keyring.read_text())
    content["keys"] = {"2": b64(bytes(range(64, 96))).decode()}
    with world.database.writing() as session:
        newer = RootKeys({2: bytes(range(64, 96))}, instance=world.root.instance)
        circles.begin_rotation(session, newer, now=world.now)

    put_in_place(world.keyring, json.dumps(content).encode())

    assert world.root.versions == (2,)


def b64(key):
    return base64.b64encode(key)


def put_in_place(path, content):
    aside = path.with_name("aside")
    aside.touch(mode=0o600)
    aside.write_bytes(content)
    aside.replace(path)


def test_readiness_follows_the_database_and_not_the_space(watched, disk, monkeypatch):
    visitor = watched.visitor()
    little_space(watched, disk)
    assert (visitor.get("/health").status, visitor.get("/health").body) == (200, b"ok\n")

    def fail(*, writing, kind=None):
        raise DatabaseFailedError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(watched.held.database, "open", fail)
    answer = visitor.get("/health")
    assert (answer.status, answer.body) == (503, b"unavailable\n")
    assert "The database does not answer" in visitor.get("/sign-in").text
    monkeypatch.undo()
    assert visitor.get("/health").status == 200


@pytest.fixture
def figures(watched):
    """What the watched application counts, and what is measured with it."""
    application = watched.application
    parts = parts_of(application)
    tally = Tally(names_of(parts))
    install_metrics(application, tally)

    def now():
        return measure(watched.database, watched.settings, watched.held.space, watched.now)

    return Figures(tally, parts, now)


def read(figures):
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    return generate_latest(registry).decode()


def test_the_figures_count_what_happened_and_name_nobody(watched, disk, visitor, figures):
    page = visitor.get(part_path(PART))
    visitor.submit(page, page.form(has="then"), {QUESTION: TYPED, "then": "stay"}, follow=False)
    little_space(watched, disk)
    page = visitor.get(part_path(PART))
    visitor.submit(page, page.form(has="then"), {QUESTION: "x"})
    visitor.get(f"/nothing-{TYPED.split()[0]}")

    text = read(figures)

    assert 'cooperation_requests_total{kind="write",part="responses",status="303"} 1.0' in text
    assert 'cooperation_requests_total{kind="read",part="other",status="404"} 1.0' in text
    assert "cooperation_saves_total 1.0" in text
    assert "cooperation_space_refusals_total 1.0" in text
    assert 'cooperation_request_seconds_count{kind="write"} 2.0' in text
    assert "cooperation_sessions 1.0" in text
    assert 'cooperation_alarm{name="space"} 1.0' in text
    assert "cooperation_up 1.0" in text
    person = watched.person(Role.FOCAL_POINT, "AF01")
    for word in ("AF01", person.person_id, person.email, "Typed", QUESTION, "192.0.2"):
        assert word not in text


def test_the_figures_say_when_the_database_is_away(watched, figures):
    def away():
        raise DatabaseFailedError("SELECT", {}, Exception("gone"))

    figures._measure = away

    assert "cooperation_up 0.0" in read(figures)
    assert "cooperation_sessions" not in read(figures)


def test_the_figures_are_served_on_loopback_alone(figures):
    port = free_port()
    serve_figures(port, figures)

    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics") as answer:
        assert b"cooperation_requests" in answer.read()
    assert LOOPBACK == "127.0.0.1"


def test_workers_count_in_rows_of_their_own_and_leave_their_counts_behind():
    tally = Tally(["saves"])
    living = {}
    for number in range(3):
        worker = SimpleNamespace()
        _give_row(SimpleNamespace(WORKERS=living), worker)
        living[number] = worker
        tally.use_row(worker.tally_row)
        tally.add("saves", number + 1)
    assert [worker.tally_row for worker in living.values()] == [0, 1, 2]

    del living[1]
    successor = SimpleNamespace()
    _give_row(SimpleNamespace(WORKERS=living), successor)
    tally.use_row(successor.tally_row)
    tally.add("saves")
    tally.add("never foreseen")

    assert successor.tally_row == 1 < ROWS
    assert tally.total("saves") == 7


def test_an_alarm_is_told_when_it_rises_hourly_and_when_it_is_over():
    said = []
    alarms = AlarmLog(lambda event, name: said.append((event, name)))

    for seconds, names in ((0, {"wal"}), (60, {"wal"}), (3600, {"wal"}), (3660, set())):
        alarms.tell(names, seconds)

    assert said == [("alarm", "wal"), ("alarm", "wal"), ("alarm is over", "wal")]


def test_a_clock_that_jumps_is_noticed_and_nothing_is_ended_for_ten_minutes():
    watch = ClockWatch(wall=1_000.0, steady=50.0)

    assert watch.look(1_060.0, 110.0) == 0
    assert watch.is_calm(110.0)
    assert watch.look(1_120.0 + 86_400, 170.0) == 86_400
    assert not watch.is_calm(700.0)
    assert watch.look(1_120.0 + 86_400 + 700, 870.0) == 0
    assert watch.is_calm(870.0)


def test_the_guard_names_what_is_wrong_without_content(with_keyring, tmp_path):
    world = with_keyring
    space = SpaceWatch({"database": tmp_path}, 256 * MEGABYTE, look=lambda _folder: 0)
    guard = Guard(world.database, world.root, world.settings, world.clock, space)
    world.keyring.rename(world.keyring.with_name("aside"))

    assert guard._standing() == {"space", "root key"}


def test_the_doctor_tells_space_and_growth(answering_world, monkeypatch):
    world = answering_world

    def findings():
        found = {}
        for name, look in (("space", doctor._space), ("growth", doctor._growth)):
            arguments = (world.settings, world.database, world.clock)
            check = partial(look, *arguments[: 2 if name == "space" else 3])
            found[name] = doctor._finding(name, check)
        return found

    monkeypatch.setattr(doctor, "open_root", lambda _settings, _database: world.root)
    well = findings()
    assert all(each.is_well for each in well.values())
    assert "temporary folder" in well["space"].finding or "database" in well["space"].finding
    assert "entries" in well["growth"].finding

    monkeypatch.setattr(measures, "WAL_ALARM", -1)
    monkeypatch.setattr(measures, "LOG_ALARM", 0)
    monkeypatch.setattr(space, "free_bytes", lambda _folder: MEGABYTE)
    ill = findings()
    assert not any(each.is_well for each in ill.values())
    assert "Little space is left (database" in ill["space"].finding
    assert "write-ahead log" in ill["growth"].finding
    assert "grew by" in ill["growth"].finding
