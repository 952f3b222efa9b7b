"""After a rotation the keyring must be copied anew: the pages say so until somebody confirms it."""

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.vault.root import RootKeys
from tests.fixtures.people import INSTANCE, ROOT_KEY, World


@pytest.fixture
def rotated(world: World) -> World:
    """A world whose backup was confirmed before its root key was changed."""
    accounts.confirm_keyring_backup(world.context_of(world.person(Role.HEAD)))
    world.commit()
    world.root = RootKeys({1: ROOT_KEY, 2: bytes(range(64, 96))}, instance=INSTANCE)
    circles.begin_rotation(world.session, world.root, now=world.now)
    world.sign_everybody_out()
    return world


@pytest.mark.parametrize("role", [Role.HEAD, Role.ADMINISTRATOR])
def test_home_sends_to_the_copy_of_the_new_keyring(rotated, role):
    visitor = rotated.visitor(rotated.person(role))

    assert "Confirm a copy of the new keyring" in visitor.get("/").text
    page = visitor.get("/set-up")
    assert "The root key has changed" in page.text
    assert "Until then no edition can be opened" in page.text


def test_a_confirmed_copy_of_the_new_keyring_ends_the_reminder(rotated):
    accounts.confirm_keyring_backup(rotated.context_of(rotated.person(Role.HEAD)))
    assert not accounts.is_keyring_backup_due(rotated.session)
    assert accounts.founding_state(rotated.session).is_complete


def test_the_copy_of_a_prepared_keyring_counts_after_the_rotation(world):
    prepared = {1: ROOT_KEY, 2: bytes(range(64, 96))}
    world.root = RootKeys(prepared, instance=INSTANCE, current=1)
    accounts.confirm_keyring_backup(world.context_of(world.person(Role.HEAD)))
    circles.begin_rotation(world.session, RootKeys(prepared, instance=INSTANCE), now=world.now)

    assert not accounts.is_keyring_backup_due(world.session)
