"""Notices to a person about her own account: when they go, to whom, and what they never hold."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.accounts.models import PendingSignInRow
from cooperation.accounts.people.service import notices
from cooperation.accounts.rules import FactorChange
from cooperation.operation.founding import Founded
from cooperation.operation.serving import do_chores
from cooperation.outbox.models import MailRow

MINUTE = timedelta(minutes=1)


@pytest.fixture
def focal_point(world):
    person = world.person(Role.FOCAL_POINT, "AF01")
    world.clock.move(MINUTE)
    return person


def mails(world, kind):
    """The mails of a kind: to whom, subject and body."""
    with world.database.reading() as session:
        rows = session.scalars(sa.select(MailRow).where(MailRow.purpose == f"notice.{kind}")).all()
        return [
            json.loads(
                world.root.unwrap(row.sealed_payload, table="mails", row=row.id, kind="payload")
            )
            for row in rows
        ]


def give_password(world, person, address="192.0.2.1"):
    return accounts.begin_sign_in(
        world.door(address=address), email=person.email, password=person.password
    )


def do_the_job(world):
    do_chores(world.settings, Founded(world.database, world.root, None), world.clock)


@pytest.mark.parametrize("change", list(FactorChange))
def test_a_changed_factor_is_told_without_name_or_state(world, focal_point, change):
    with world.database.writing() as session:
        notices.tell_factor_changed(
            session,
            world.root,
            world.settings,
            person_id=focal_point.person_id,
            change=change,
            now=world.now,
        )

    (mail,) = mails(world, "factor")

    assert mail["to"] == focal_point.email
    assert mail["subject"] == "Notice from the platform on cooperation"
    assert str(change.sentence) in mail["body"]
    assert "If this was not you" in mail["body"]
    assert "(UTC)" in mail["body"]
    for hidden in (focal_point.name, "AF01", "Afloria"):
        assert hidden not in mail["body"] + mail["subject"]


def test_nothing_is_told_to_a_disabled_account(world, focal_point):
    disable_person(world.context_of(world.person(Role.ADMINISTRATOR)), focal_point.person_id)
    notices.tell_password_changed(
        world.session, world.root, world.settings, person_id=focal_point.person_id, now=world.now
    )
    world.commit()

    assert mails(world, "password") == []


def test_a_new_browser_is_told_once(world, focal_point):
    device = accounts.device_of_request(None)
    for _ in range(2):
        world.clock.move(MINUTE)
        door = replace(world.door(), device=device)
        pending = accounts.begin_sign_in(
            door, email=focal_point.email, password=focal_point.password
        )
        code = accounts.code_at(focal_point.totp_seed, door.now)
        accounts.finish_sign_in(door, pending=pending, code=code, browser="Firefox, Linux")

    (mail,) = mails(world, "device")

    assert "Firefox, Linux" in mail["body"]


def test_a_password_without_second_factor_is_told_when_its_time_is_over(world, focal_point):
    give_password(world, focal_point)
    do_the_job(world)
    assert mails(world, "unfinished") == []
    world.clock.move(timedelta(minutes=6))

    do_the_job(world)

    (mail,) = mails(world, "unfinished")
    assert mail["to"] == focal_point.email
    with world.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PendingSignInRow)) == 0


def test_unfinished_sign_ins_are_told_at_most_once_an_hour(world, focal_point):
    for minutes in (6, 6, 70):
        give_password(world, focal_point)
        world.clock.move(timedelta(minutes=minutes))
        do_the_job(world)

    assert len(mails(world, "unfinished")) == 2


def test_the_next_sign_in_of_anybody_tells_too(world, focal_point):
    give_password(world, focal_point)
    world.clock.move(timedelta(minutes=6))

    give_password(world, world.person(Role.AUDITOR))

    assert len(mails(world, "unfinished")) == 1


def test_her_own_repeated_try_is_nothing_to_tell(world, focal_point):
    give_password(world, focal_point)
    world.sign_in(focal_point)
    world.clock.move(timedelta(minutes=6))

    do_the_job(world)

    assert mails(world, "unfinished") == []


def test_a_strangers_try_is_told_though_she_signs_in_meanwhile(world, focal_point):
    give_password(world, focal_point, address="198.51.100.7")
    world.sign_in(focal_point)
    world.clock.move(timedelta(minutes=6))

    do_the_job(world)

    assert len(mails(world, "unfinished")) == 1


def test_the_inviter_is_told_that_her_invitation_was_used(world, focal_point):
    world.person(Role.CONTRIBUTOR, "AF01", number=2)
    world.commit()

    assert focal_point.email in [mail["to"] for mail in mails(world, "invited")]


def test_a_new_role_is_told(world, focal_point):
    accounts.become_signatory(world.context_of(focal_point))
    world.commit()

    assert [mail["to"] for mail in mails(world, "role")] == [focal_point.email]
