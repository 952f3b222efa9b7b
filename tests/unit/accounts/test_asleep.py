"""An instance where nobody is left to confirm an unused account lets its people in, and says so.

It slept for more than fifteen months, or a backup as old as that was opened to be read.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Institution, Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.confirming import (
    confirm_person,
    confirm_proposed,
    propose_confirmation,
)
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.unused import AccountBlocked
from cooperation.audit.models import LogEntry
from cooperation.outbox.models import MailRow

LONG = timedelta(days=460)
NOTE = "Note verbale 12/2028 of 3 March"
STATE = "AF01"


def one_of(world, role):
    return world.person(role, STATE if role.body is Institution.STATE else None)


def let_in(world):
    """Return who was let in without a confirmation, as the log says it."""
    with world.database.reading() as session:
        wanted = sa.select(LogEntry.subject).where(LogEntry.action == "person.let_in")
        return list(session.scalars(wanted))


def told(world):
    with world.database.reading() as session:
        wanted = sa.select(MailRow.subject_id).where(MailRow.purpose == "notice.let_in")
        return set(session.scalars(wanted))


@pytest.fixture
def asleep(world):
    """An instance that nobody has used for more than fifteen months."""
    world.commit()
    world.clock.move(LONG)
    return world


def wake(world, *people):
    """Let these people have signed in a moment ago."""
    for person in people:
        world.session.get(PersonRow, person.person_id).last_sign_in_at = world.now
    world.commit()


@pytest.mark.parametrize("role", list(Role))
def test_whoever_comes_first_to_an_instance_that_slept_is_let_in(asleep, role):
    person = one_of(asleep, role)

    assert asleep.sign_in(person)

    assert let_in(asleep) == [person.person_id]


def test_a_single_head_is_let_in(new_world):
    head = new_world.person(Role.HEAD)
    new_world.clock.move(LONG)

    assert new_world.sign_in(head)


def test_who_was_let_in_is_told_to_her_to_the_heads_and_to_the_administrator(asleep):
    person = one_of(asleep, Role.CONTRIBUTOR)

    asleep.sign_in(person)

    watchers = {one_of(asleep, role).person_id for role in (Role.HEAD, Role.ADMINISTRATOR)}
    assert told(asleep) == {person.person_id, *watchers}


def test_once_let_in_an_account_is_used_again(asleep):
    person = one_of(asleep, Role.SIGNATORY)

    asleep.sign_in(person)
    asleep.sign_in(person)

    assert let_in(asleep) == [person.person_id]


def test_a_head_who_came_back_confirms_the_others_as_ever(asleep):
    head, officer = one_of(asleep, Role.HEAD), one_of(asleep, Role.OFFICER)
    asleep.sign_in(head)

    with pytest.raises(AccountBlocked):
        asleep.sign_in(officer)
    confirm_person(asleep.context_of(head), officer.person_id)

    assert asleep.sign_in(officer)
    assert let_in(asleep) == [head.person_id]


@pytest.mark.parametrize(
    "role", [Role.FOCAL_POINT, Role.COURT_READER, Role.CO_FACILITATOR, Role.AUDITOR, Role.HEAD]
)
def test_two_of_the_secretariat_who_came_back_confirm_who_has_no_colleague(asleep, role):
    person = one_of(asleep, role)
    officers = asleep.person(Role.OFFICER), asleep.person(Role.OFFICER, number=2)
    wake(asleep, *officers)

    with pytest.raises(AccountBlocked):
        asleep.sign_in(person)
    propose_confirmation(asleep.context_of(officers[0]), person.person_id, note=NOTE)
    confirm_proposed(asleep.context_of(officers[1]), person.person_id)

    assert asleep.sign_in(person)
    assert let_in(asleep) == []


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.COURT_READER, Role.ADMINISTRATOR])
def test_one_officer_alone_can_confirm_nobody_and_keeps_nobody_outside(asleep, role):
    wake(asleep, one_of(asleep, Role.OFFICER))

    assert asleep.sign_in(one_of(asleep, role))


def test_who_reads_only_for_her_state_is_no_colleague_who_confirms(asleep):
    wake(asleep, one_of(asleep, Role.SIGNATORY), one_of(asleep, Role.CONTRIBUTOR))

    assert asleep.sign_in(one_of(asleep, Role.FOCAL_POINT))


def test_the_focal_point_of_another_state_keeps_nobody_outside(asleep):
    wake(asleep, asleep.person(Role.FOCAL_POINT, "AF02"))

    assert asleep.sign_in(one_of(asleep, Role.CONTRIBUTOR))


def test_a_head_whose_role_is_held_after_a_restore_confirms_nobody_and_keeps_nobody_outside(
    asleep,
):
    head, officer = one_of(asleep, Role.HEAD), one_of(asleep, Role.OFFICER)
    wake(asleep, head)
    asleep.session.get(PersonRow, head.person_id).are_roles_held = True
    asleep.commit()

    assert asleep.sign_in(officer)


def test_a_sign_in_half_done_when_a_head_came_back_begins_anew(asleep):
    person = one_of(asleep, Role.OFFICER)
    door = asleep.door()
    pending = accounts.begin_sign_in(door, email=person.email, password=person.password)
    wake(asleep, one_of(asleep, Role.HEAD))

    with pytest.raises(accounts.SignInOver):
        accounts.finish_sign_in(
            door, pending=pending, code=accounts.code_at(person.totp_seed, door.now), browser=""
        )
    assert let_in(asleep) == []
