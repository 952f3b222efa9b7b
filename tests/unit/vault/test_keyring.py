"""The keyring's file: replaced as a whole, followed by running processes, never half written."""

import json
import stat
from pathlib import Path

import pytest

from cooperation.vault import keyring
from cooperation.vault.errors import CannotOpen, KeyringRefused, KeysAway
from cooperation.vault.root import RootKeys, version_of

PLACE = {"table": "people", "row": "1", "kind": "name"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keyring.create_keyring(tmp_path / "keyring.json")
    return tmp_path / "keyring.json"


def test_a_new_version_wraps_nothing_until_it_is_made_current(path):
    root = keyring.load_keyring(path)

    added = keyring.add_version(path)

    assert (root.current, root.newest, added) == (1, 2, 2)
    keyring.make_current(path, added)
    assert root.current == 2
    assert version_of(root.wrap(b"x", **PLACE)) == 2


def test_a_running_process_opens_what_a_newer_version_wrapped(path):
    running = keyring.load_keyring(path)
    before = running.wrap(b"old", **PLACE)
    keyring.make_current(path, keyring.add_version(path))

    after = keyring.load_keyring(path).wrap(b"new", **PLACE)

    assert running.unwrap(after, **PLACE) == b"new"
    assert running.unwrap(before, **PLACE) == b"old"


def test_a_look_up_is_found_under_every_version_at_hand(path):
    root = keyring.load_keyring(path)
    before = root.lookup("people/email", "a@example.org")
    keyring.make_current(path, keyring.add_version(path))

    assert root.lookup("people/email", "a@example.org") != before
    assert root.lookups("people/email", "a@example.org")[1] == before


def test_a_removed_version_opens_nothing_any_more(path):
    root = keyring.load_keyring(path)
    sealed = root.wrap(b"old", **PLACE)
    keyring.make_current(path, keyring.add_version(path))

    keyring.remove_version(path, 1)

    with pytest.raises(CannotOpen):
        keyring.load_keyring(path).unwrap(sealed, **PLACE)
    with pytest.raises(KeyringRefused):
        keyring.remove_version(path, 2)


@pytest.mark.parametrize("damage", ["", "{", '{"format": "cp/keyring/1"}'])
def test_a_damaged_file_changes_nothing_for_a_running_process(path, damage):
    root = keyring.load_keyring(path)
    sealed = root.wrap(b"word", **PLACE)

    path.write_text(damage)

    assert root.unwrap(root.wrap(b"word", **PLACE), **PLACE) == b"word"
    assert root.unwrap(sealed, **PLACE) == b"word"
    with pytest.raises(KeyringRefused):
        keyring.load_keyring(path)


def test_another_instances_file_changes_nothing_for_a_running_process(path, tmp_path):
    root = keyring.load_keyring(path)
    other = keyring.create_keyring(tmp_path / "other.json").check_value()
    (tmp_path / "other.json").replace(path)

    assert root.current == 1
    assert root.check_value() != other


def test_nothing_stands_in_for_a_file_that_is_away_and_it_goes_on_when_it_is_back(path):
    root = keyring.load_keyring(path)
    aside = path.rename(path.with_name("aside"))

    for use in (root.require_at_hand, root.check_value, lambda: root.wrap(b"word", **PLACE)):
        with pytest.raises(KeysAway):
            use()
    aside.rename(path)

    assert root.unwrap(root.wrap(b"word", **PLACE), **PLACE) == b"word"


def test_the_file_is_its_owners_alone_and_leaves_nothing_beside_it(path):
    keyring.add_version(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keyring.json"]


def test_a_file_left_over_by_a_killed_command_is_replaced(path):
    path.with_name("keyring.json.new").write_text("half")

    assert keyring.add_version(path) == 2
    assert set(json.loads(path.read_text())["keys"]) == {"1", "2"}


def test_two_key_acts_at_once_are_refused(path):
    with keyring.keyring_lock(path), pytest.raises(KeyringRefused), keyring.keyring_lock(path):
        pass


def test_the_environments_newest_version_wraps():
    one = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    two = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
    root = keyring.keyring_from_text(f"1:{one},2:{two}", instance="test")

    assert isinstance(root, RootKeys)
    assert root.versions == (1, 2)
    assert root.current == 2
