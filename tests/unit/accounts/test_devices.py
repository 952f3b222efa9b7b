"""Known devices: their own allowance, which no stranger can use up; and addresses by network."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.models import AttemptRow, DeviceRow
from cooperation.accounts.rules import DEVICE_LIFE, MOST_DEVICES, bare_address, counted_address
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.devices import (
    forget_device,
    is_known_device,
    known_devices,
    remember_device,
)
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInRefused
from cooperation.core.db import DatabaseFailedError
from cooperation.core.errors import NotFound

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ambassador(world):
    return world.person(Role.FOCAL_POINT, "AF01")


def door_of(world, device, address="192.0.2.1"):
    return replace(world.door(address=address), device=device)


def sign_in(world, person, device, address="192.0.2.1"):
    world.clock.move(MINUTE)
    door = door_of(world, device, address)
    pending = accounts.begin_sign_in(door, email=person.email, password=person.password)
    code = accounts.code_at(person.totp_seed, door.now)
    return accounts.finish_sign_in(door, pending=pending, code=code, browser="Firefox, Linux")


def guess(world, person, device="", address="192.0.2.1"):
    with pytest.raises((SignInRefused, TooManyAttempts)) as refusal:
        accounts.begin_sign_in(
            door_of(world, device, address), email=person.email, password="guess after guess"
        )
    return refusal.type


def is_known(world, device, person):
    with world.database.reading() as session:
        return is_known_device(session, door_of(world, device), person.person_id)


def test_a_stranger_who_locks_a_name_does_not_lock_the_person_out(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)
    for number in range(12):
        guess(world, ambassador, address=f"198.51.100.{number}")
    for _ in range(12):
        guess(world, ambassador)
    new = accounts.device_of_request(None)

    assert sign_in(world, ambassador, device)
    world.clock.move(-MINUTE)
    assert guess(world, ambassador, new, "203.0.113.1") is SignInRefused
    with pytest.raises(SignInRefused):  # the right password, in an unknown browser
        sign_in(world, ambassador, new, "203.0.113.1")


def test_a_stranger_who_wastes_the_codes_does_not_lock_the_person_out(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)
    for number in range(5):
        door = door_of(world, "", f"198.51.100.{number}")
        pending = accounts.begin_sign_in(door, email=ambassador.email, password=ambassador.password)
        with pytest.raises(CodeWrong):
            accounts.finish_sign_in(door, pending=pending, code="000000", browser="")

    with pytest.raises(TooManyAttempts):
        sign_in(world, ambassador, "", "198.51.100.9")
    assert sign_in(world, ambassador, device)


def test_a_known_devices_allowance_ends_too(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)
    for _ in range(10):
        guess(world, ambassador, device)

    with pytest.raises(SignInRefused):
        sign_in(world, ambassador, device)


def test_a_device_is_known_to_its_own_person_only(world, ambassador):
    other = world.person(Role.FOCAL_POINT, "AF02")
    device = accounts.device_of_request(None)

    sign_in(world, ambassador, device)

    assert is_known(world, device, ambassador)
    assert not is_known(world, device, other)
    assert not is_known(world, accounts.device_of_request(None), ambassador)


def test_a_device_is_forgotten_after_half_a_year(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)
    world.clock.move(DEVICE_LIFE)

    assert not is_known(world, device, ambassador)


def test_only_the_last_ten_devices_are_kept(world, ambassador):
    devices = [accounts.device_of_request(None) for _ in range(MOST_DEVICES + 1)]
    for device in devices:
        world.clock.move(MINUTE)
        with world.database.writing() as session:
            remember_device(session, door_of(world, device), ambassador.person_id, "Firefox")

    assert [is_known(world, each, ambassador) for each in devices] == [False] + [True] * 10


def test_the_table_makes_no_cookie(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)

    with world.database.reading() as session:
        stored = session.scalars(sa.select(DeviceRow.secret_lookup)).one()

    assert device.encode() not in stored
    assert accounts.device_of_request(stored.hex()) != stored.hex()


def test_own_devices_are_listed_and_forgotten_and_nobody_elses(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)
    other = world.person(Role.FOCAL_POINT, "AF02")
    (found,) = known_devices(world.context_of(ambassador), device)

    assert found.is_this
    assert found.browser == "Firefox, Linux"
    with pytest.raises(NotFound):
        forget_device(world.context_of(other), found.id)
    forget_device(world.context_of(ambassador), found.id)
    world.commit()
    assert not is_known(world, device, ambassador)


def test_signing_out_everywhere_forgets_every_device(world, ambassador):
    device = accounts.device_of_request(None)
    sign_in(world, ambassador, device)

    accounts.end_all_sessions(world.context_of(ambassador))
    world.commit()

    assert not is_known(world, device, ambassador)


def test_addresses_of_one_network_are_counted_together():
    first, second = "2001:db8:1:2::1", "2001:db8:1:2:ffff::abcd"

    assert counted_address(first) == counted_address(second)
    assert counted_address(first) != counted_address("2001:db8:1:3::1")
    assert counted_address("fe80::1%eth0") == counted_address("fe80::2")
    assert counted_address("::ffff:192.0.2.7") == counted_address("192.0.2.7") == "192.0.2.7"
    assert counted_address("unknown") == "unknown"


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", ""),
        ("_hidden:80", ""),
        ("", ""),
    ],
)
def test_an_address_is_the_same_however_a_proxy_writes_it(told, address):
    assert bare_address(told) == address


def test_tries_from_one_ipv6_network_are_limited_together(world, ambassador):
    found = [
        guess(world, replace(ambassador, email=f"x{number}@example.org"), "", f"2001:db8::{number}")
        for number in range(1, 12)
    ]

    assert found == [SignInRefused] * 10 + [TooManyAttempts]


def test_nothing_is_tried_where_no_try_can_be_written(world, ambassador):
    pending = accounts.begin_sign_in(
        world.door(), email=ambassador.email, password=ambassador.password
    )
    code = accounts.code_at(ambassador.totp_seed, world.now)
    with world.database.writing() as session:
        session.execute(sa.text(f"DROP TABLE {AttemptRow.__tablename__}"))

    with pytest.raises(DatabaseFailedError):
        accounts.finish_sign_in(world.door(), pending=pending, code=code, browser="")
    with pytest.raises(DatabaseFailedError):
        accounts.begin_sign_in(world.door(), email=ambassador.email, password=ambassador.password)
