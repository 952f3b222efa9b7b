"""Idempotency: one key, one body, one outcome, for one person; and attempts on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import AttemptKind, Scope
from cooperation.accounts.signin.service.attempts import TooManyAttempts, begin_attempt
from cooperation.accounts.signin.service.outcomes import KeyUsedOtherwise
from cooperation.vault.root import RootKeys

KEY = "0" * 32 + "." + "1" * 16
DONE = accounts.Outcome(303, "/colleagues", None)


@pytest.fixture
def ctx(world):
    return world.context_of(world.person(Role.OFFICER))


def test_same_key_and_body_give_the_same_outcome(ctx):
    before = accounts.find_outcome(ctx, key=KEY, body=b"POST /x a=1")
    accounts.store_outcome(ctx, key=KEY, body=b"POST /x a=1", outcome=DONE)

    assert before is None
    assert accounts.find_outcome(ctx, key=KEY, body=b"POST /x a=1") == DONE


def test_same_key_and_other_body_are_refused(ctx):
    accounts.store_outcome(ctx, key=KEY, body=b"POST /x a=1", outcome=DONE)

    with pytest.raises(KeyUsedOtherwise):
        accounts.find_outcome(ctx, key=KEY, body=b"POST /x a=2")


def test_keys_of_two_people_do_not_meet(world, ctx):
    accounts.store_outcome(ctx, key=KEY, body=b"x", outcome=DONE)

    other = world.context_of(world.person(Role.HEAD))

    assert accounts.find_outcome(other, key=KEY, body=b"y") is None


def test_body_stands_nowhere_on_the_disk(world, ctx):
    accounts.store_outcome(ctx, key=KEY, body=b"a very telling body", outcome=DONE)
    world.commit()

    for file in world.folder.glob("cooperation.db*"):
        assert b"a very telling body" not in file.read_bytes()


def test_outcomes_are_forgotten_after_two_days(world, ctx):
    accounts.store_outcome(ctx, key=KEY, body=b"x", outcome=DONE)
    world.clock.move(timedelta(days=3))
    later = world.context_of(world.person(Role.OFFICER))
    accounts.store_outcome(later, key="other", body=b"y", outcome=DONE)

    assert accounts.find_outcome(later, key=KEY, body=b"x") is None


def test_windows_move_on_both_engines(each_database):
    root = RootKeys({1: bytes(32)}, instance="5f0c6d0e-7a52-4c63-9a3e-2f8f4c1f0b11")
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def attempt(at):
        begin_attempt(
            each_database,
            root,
            kind=AttemptKind.SECOND_FACTOR,
            subjects={Scope.ACCOUNT: "somebody"},
            now=at,
        )

    for number in range(5):
        attempt(now + timedelta(seconds=number))

    with pytest.raises(TooManyAttempts):
        attempt(now + timedelta(minutes=4))
    attempt(now + timedelta(minutes=5))
    with pytest.raises(TooManyAttempts):
        attempt(now + timedelta(minutes=5))
