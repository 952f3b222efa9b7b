"""The command `rotate-root`: killed several times in one rotation, and beside a running server."""

import base64
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts.models import PersonRow
from cooperation.accounts.rules import KeyAct
from cooperation.audit import service as audit
from cooperation.operation import rotation
from cooperation.vault.keyring import load_keyring
from cooperation.vault.root import RootKeys
from tests.fixtures.crashes import OTHER, OWN, Theatre
from tests.fixtures.key_acts import approve_key_act, carriers_of, rotate


def versions_of(theatre: Theatre) -> list[str]:
    return sorted(json.loads(theatre.settings.keyring_path.read_text())["keys"])


def entries_of(theatre: Theatre, action: str) -> int:
    stage = theatre.open()
    with stage.database.reading() as session:
        return len(audit.entries_for(session, action=action))


def carriers(theatre: Theatre, version: int) -> list[str]:
    stage = theatre.open()
    with stage.database.reading() as session:
        return carriers_of(session, version)


def test_a_rotation_killed_again_and_again_goes_on_where_it_stopped(theatre):
    approve_key_act(theatre, KeyAct.ROOT_ROTATION)

    for point in (
        "keyring.replaced:2",
        "rotation.begin_written",
        "rotation.batch_committed:3",
        "rotation.end_written",
    ):
        assert theatre.kill(rotate, point), point
        assert theatre.wrongs() == []
    theatre.perform(rotate)

    assert theatre.wrongs() == []
    assert carriers(theatre, 1) == []
    assert versions_of(theatre) == ["1", "2"]
    assert entries_of(theatre, "root.rotation_begun") == 1
    assert entries_of(theatre, "root.rotated") == 1
    assert entries_of(theatre, "act.used") == 1


def test_a_rotation_that_no_head_approved_changes_nothing(theatre):
    before = theatre.settings.keyring_path.read_bytes()

    with pytest.raises(rotation.ActUnapprovedError, match="a head approves it"):
        theatre.perform(rotate)

    assert theatre.settings.keyring_path.read_bytes() == before
    assert entries_of(theatre, "root.rotation_begun") == 0


def test_an_old_version_is_destroyed_once_nothing_carries_it(theatre):
    def retire(stage) -> None:
        rotation.retire_root(stage.settings, stage.database, stage.clock, 1)

    approve_key_act(theatre, KeyAct.ROOT_ROTATION)
    theatre.kill(rotate, "rotation.batch_committed:3")
    approve_key_act(theatre, KeyAct.KEY_DESTRUCTION, "1")
    with pytest.raises(rotation.VersionInUseError, match="still carry version 1"):
        theatre.perform(retire)
    theatre.perform(rotate)

    assert theatre.kill(retire, "retirement.logged")
    assert versions_of(theatre) == ["1", "2"]
    theatre.perform(retire)

    assert versions_of(theatre) == ["2"]
    assert entries_of(theatre, "root.retired") == 1
    assert theatre.wrongs() == []


def test_a_version_in_use_is_never_destroyed(theatre):
    def retire(stage) -> None:
        rotation.retire_root(stage.settings, stage.database, stage.clock, 1)

    approve_key_act(theatre, KeyAct.KEY_DESTRUCTION, "1")

    with pytest.raises(rotation.VersionInUseError, match="is in use"):
        theatre.perform(retire)


def test_a_prepared_version_wraps_nothing_before_the_rotation(theatre):
    def prepare(stage) -> None:
        assert rotation.prepare_version(stage.settings, stage.database, stage.clock) == 2

    theatre.perform(prepare)
    theatre.perform(prepare)

    assert load_keyring(theatre.settings.keyring_path).current == 1
    assert carriers(theatre, 2) == []
    approve_key_act(theatre, KeyAct.ROOT_ROTATION)
    theatre.perform(rotate)
    assert versions_of(theatre) == ["1", "2"]
    assert carriers(theatre, 1) == []


@pytest.mark.slow
def test_what_a_late_host_wrote_is_finished_without_a_new_approval(theatre):
    late = load_keyring(theatre.settings.keyring_path)
    old = RootKeys({1: late_key(theatre)}, instance=late.instance)

    def write_late(stage) -> None:
        with stage.database.writing() as session:
            row = session.scalars(sa.select(PersonRow)).first()
            name = stage.root.unwrap(row.sealed_name, table="people", row=row.id, kind="name")
            row.sealed_name = old.wrap(name, table="people", row=row.id, kind="name")

    approve_key_act(theatre, KeyAct.ROOT_ROTATION)
    theatre.perform(rotate)
    theatre.perform(write_late)
    assert carriers(theatre, 1) == ["people.sealed_name"]

    theatre.perform(rotate)

    assert carriers(theatre, 1) == []
    with pytest.raises(rotation.ActUnapprovedError):
        theatre.perform(rotate)


def late_key(theatre: Theatre) -> bytes:
    content = json.loads(theatre.settings.keyring_path.read_text())
    return base64.b64decode(content["keys"]["1"])


def test_the_checks_find_a_door_that_is_shut_and_one_that_is_open(theatre):
    """A check that cannot fail proves nothing."""

    def spoil(stage) -> None:
        with stage.database.writing() as session:
            session.execute(sa.text("DELETE FROM grants WHERE circle = 'court'"))

    theatre.perform(spoil)
    assert any("court" in each and "unreadable" in each for each in theatre.wrongs())
    theatre.believed_state[theatre.player(Role.SIGNATORY, OWN).email] = OTHER
    assert any("opened by the wrong circle" in each for each in theatre.wrongs())


@pytest.mark.slow
def test_a_running_server_goes_on_with_the_new_root_key(theatre, serve):
    server = serve(theatre.instance)
    server.move_clock(7200)
    person = theatre.instance.person(Role.CONTRIBUTOR, OWN)
    visitor = server.visitor()
    visitor.sign_in(person, at=server.now())
    refused = server.command("rotate-root")
    assert refused.returncode == 1
    assert "a head approves it" in refused.stderr

    theatre.clock.move(timedelta(hours=3))
    approve_key_act(theatre, KeyAct.ROOT_ROTATION)
    done = server.command("rotate-root")

    assert done.returncode == 0, done.stderr
    assert "Nothing carries an older version than 2" in done.stdout
    assert carriers(theatre, 1) == []
    assert "Sign in" in visitor.get("/").html
    server.move_clock(7200)
    again = server.visitor()
    again.sign_in(person, at=server.now())
    assert "Sign out" in again.get("/").html
    assert carriers(theatre, 1) == []
    checked = server.command("doctor")
    assert "No backup of the keyring with version 2 is confirmed" in checked.stdout
