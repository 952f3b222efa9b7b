"""The disk is full: a clear page, the typed text back, nothing claimed, and on it goes (R4)."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.core.db import DatabaseFailedError, is_full
from cooperation.operation.watch.guard import Guard
from cooperation.outbox import service as outbox
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus
from cooperation.responses.models import DraftAnswerVersion
from cooperation.web.checkpoints.issuing import issue_quietly
from cooperation.web.errors import _on_database_failure
from cooperation.web.space import SpaceWatch
from tests.fixtures import people
from tests.fixtures.disks import CountedDisk, SmallDisk, small_disk
from tests.fixtures.people import World
from tests.fixtures.responses import part_path
from tests.fixtures.snapshots import new_copy

PART, QUESTION = "B1", "B-05"
AUTOSAVE = {"X-Requested-With": "autosave"}
TYPED = "Typed while the disk was full & <kept> \u0646\u0635 " + "x" * 3000


@pytest.fixture
def disk(request, tmp_path: Path) -> Iterator[SmallDisk]:
    """A small file system where one can be mounted, else a database that may not grow."""
    if getattr(request, "param", "disk") == "disk":
        yield from small_disk(tmp_path / "disk")
    else:
        (tmp_path / "disk").mkdir()
        yield CountedDisk(tmp_path / "disk")


@pytest.fixture
def world(peopled: World, disk: SmallDisk) -> Iterator[people.World]:
    for made in new_copy(peopled, disk.folder / "world"):
        disk.hold(made.database.engine)
        made.settings = made.settings.model_copy(update={"free_space_floor_mb": 0})
        yield made


def text_question(page):
    """Return the form of the page, and the name of an area of four thousand characters."""
    return page.form(has="then"), QUESTION


def versions(world):
    with world.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(DraftAnswerVersion))


def is_sound(world):
    with world.database.reading() as session:
        said = session.execute(sa.text("PRAGMA integrity_check")).scalar_one()
        return said == "ok" and audit.verify(session).fault is None


@pytest.fixture
def visitor(answering_world):
    focal_point = answering_world.person(Role.FOCAL_POINT, "AF01")
    return answering_world.visitor(focal_point)


def save_until_full(visitor, path):
    """Save one text after the other; return those acknowledged, and the page of the first other."""
    acknowledged = []
    while True:
        page = visitor.get(path)
        form, name = text_question(page)
        text = f"{len(acknowledged)} {TYPED}"
        answer = visitor.submit(page, form, {name: text, "then": "stay"}, follow=False)
        if answer.status != 303:
            return acknowledged, answer, name, text
        acknowledged.append(text)


@pytest.mark.parametrize("disk", ["disk", "pages"], indirect=True)
def test_what_was_typed_comes_back_and_is_saved_once_there_is_space(disk, visitor, answering_world):
    path = part_path(PART)
    visitor.get(path)
    before = versions(answering_world)
    disk.fill(leaving=700_000 if disk.is_real else 80_000)

    acknowledged, page, name, text = save_until_full(visitor, path)

    assert page.status == 507
    assert acknowledged, "the disk was full before the first save"
    assert "There is no space left" in page.text
    assert "Nothing was saved; what you typed is on this page" in page.text
    assert page.form(has=name).fields[name] == [text]
    assert versions(answering_world) == before + len(acknowledged)
    assert text_question(visitor.get(path))[0].fields[name] == [acknowledged[-1]]
    disk.free()
    again = visitor.submit(page, page.form(has=name), follow=False)
    assert again.status == 303
    assert text_question(visitor.get(path))[0].fields[name] == [text]
    assert versions(answering_world) == before + len(acknowledged) + 1
    assert is_sound(answering_world)


def test_the_autosave_is_told_and_nothing_else_is_shown(disk, visitor, answering_world):
    page = visitor.get(part_path(PART))
    form, name = text_question(page)
    visitor.headers |= AUTOSAVE
    disk.fill()

    answers = [visitor.submit(page, form, {name: TYPED}) for _ in range(2)]
    disk.free()
    saved = visitor.submit(page, form, {name: TYPED})

    for answer in answers:
        assert (answer.status, json.loads(answer.body)) == (507, {"status": "full"})
    assert json.loads(saved.body)["status"] == "saved"


def test_the_door_says_so_and_lets_in_again(disk, answering_world):
    person = answering_world.person(Role.FOCAL_POINT, "AF01")
    visitor = answering_world.visitor()
    page = visitor.get("/sign-in")
    typed = {"email": person.email, "password": person.password}
    disk.fill()
    refused = visitor.submit(page, page.form(has="password"), typed)
    disk.free()

    if disk.is_real:
        assert refused.status == 507
        assert person.password not in refused.html
        assert "sid" not in visitor.cookies
    assert visitor.submit(page, page.form(has="password"), typed).form(has="code")


def test_reading_goes_on_and_signing_out_leaves_nobody_signed_in(disk, visitor, answering_world):
    page = visitor.get("/")
    answering_world.clock.move(people.CODE_STEP * 4)  # a note of the session's use is due
    disk.fill()

    assert visitor.get(part_path(PART)).status == 200
    answer = visitor.submit(page, page.form(action="/sign-out"), follow=False)

    assert "sid" not in visitor.cookies
    if disk.is_real:
        assert answer.status == 507
        assert "You are signed out in this browser" in answer.text


def test_mail_waits_for_space_and_leaves_once(disk, answering_world):
    held = answering_world
    with held.database.writing() as session:
        mail_id = outbox.queue(
            session,
            held.root,
            to="post@mission.example",
            subject="Notice",
            body="Notice",
            now=held.now,
            language="en",
            purpose="notice",
        )
    disk.fill()
    if disk.is_real:
        with pytest.raises(DatabaseFailedError) as failure:
            outbox.send_due(held.database, held.root, held.settings, held.clock)
        assert is_full(failure.value)
        assert not list((held.settings.instance_path / "outbox").glob("*.eml"))
    disk.free()

    outbox.send_due(held.database, held.root, held.settings, held.clock)
    assert outbox.send_due(held.database, held.root, held.settings, held.clock) == 0

    with held.database.reading() as session:
        assert session.get_one(MailRow, mail_id).status == MailStatus.SENT
    assert len(list((held.settings.instance_path / "outbox").glob(f"{mail_id}.eml"))) == 1


def test_the_servers_own_jobs_survive_and_the_log_is_signed_afterwards(disk, answering_world):
    held = answering_world
    guard = Guard(held.database, held.root, held.settings, held.clock, SpaceWatch({}, 0))
    held.clock.move(people.timedelta(days=8))  # invitations and sessions have ended
    disk.fill()
    guard.look()
    issue_quietly(held.database, held.settings, held.root, held.clock)
    disk.free()

    guard.look()
    signed = issue_quietly(held.database, held.settings, held.root, held.clock)

    assert signed is not None
    assert is_sound(held)


def test_postgresql_says_it_in_its_own_words(application):
    full = DatabaseFailedError("INSERT", {}, psycopg.errors.DiskFull("could not extend file"))
    gone = DatabaseFailedError("SELECT", {}, psycopg.OperationalError("connection refused"))

    assert is_full(full)
    assert not is_full(gone)
    for failure, status in ((full, 507), (gone, 503)):
        with application.test_request_context("/"):
            assert _on_database_failure(failure).status_code == status
