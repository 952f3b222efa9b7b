"""Spraying and fixation at the door: what a patient stranger tries (reliability R20)."""

from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInRefused
from tests.fixtures.visitor import Visitor

pytestmark = pytest.mark.slow

SPRAYED = "Assembly2026! Assembly2026!"
ADDRESSES = 130
A_DAY = timedelta(days=1)


def test_one_password_against_every_name_stops_at_the_limit_over_all(world):
    """Ten names from each of 130 addresses: the thousand-and-first try meets a closed door."""
    known = world.person(Role.OFFICER)
    world.commit()
    tried = closed = 0

    for address in range(ADDRESSES):
        door = world.door(address=f"198.51.100.{address}")
        for name in range(10):
            try:
                accounts.begin_sign_in(
                    door, email=f"person{address}.{name}@example.org", password=SPRAYED
                )
            except SignInRefused:
                tried += 1
            except TooManyAttempts:
                closed += 1

    assert tried == 1000
    assert closed == ADDRESSES * 10 - 1000
    world.clock.move(timedelta(minutes=6))
    assert accounts.begin_sign_in(world.door(), email=known.email, password=known.password)


def test_a_slow_guesser_has_few_codes_a_day(world):
    """The password is known; a code every minute for a day, always wrong."""
    person = world.person(Role.CONTRIBUTOR, "AF01")
    world.commit()
    tried = 0
    begun = world.now

    while world.now - begun < A_DAY:
        world.clock.move(timedelta(minutes=4))
        door = world.door(address=f"203.0.113.{tried % 200}")
        pending = accounts.begin_sign_in(door, email=person.email, password=person.password)
        right = accounts.code_at(person.totp_seed, door.now)
        wrong = f"{(int(right) + 500_000) % 1_000_000:06d}"
        try:
            accounts.finish_sign_in(door, pending=pending, code=wrong, browser="Firefox")
        except CodeWrong:
            tried += 1
        except TooManyAttempts:
            continue

    assert 0 < tried <= 50


def test_a_cookie_planted_before_the_sign_in_is_worth_nothing(world):
    person = world.person(Role.OFFICER)
    name = accounts.session_cookie(world.settings)
    visitor: Visitor = world.visitor()
    planted = "A" * 43
    visitor.cookies[name] = planted

    world.clock.move(timedelta(minutes=1))
    credentials = {
        "email": person.email,
        "password": person.password,
        "totp_secret": person.totp_secret,
    }
    visitor.sign_in(credentials, at=world.now.timestamp())

    assert visitor.cookies[name] != planted
    thief = world.visitor()
    thief.cookies[name] = planted
    assert thief.get("/account/sessions", follow=False).status in {302, 303, 401}
