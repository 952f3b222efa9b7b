"""Roles after the founding, and acts on keys: one proposes, another decides on exactly that."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service import restoring
from cooperation.accounts.joining.service.activation import InvitationClosed
from cooperation.accounts.joining.service.inviting import withdraw_invitation
from cooperation.accounts.joining.service.key_acts import propose_key_act
from cooperation.accounts.joining.service.role_changes import change_role
from cooperation.accounts.models import PersonInvitationRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.people.service.people import LastHeadError
from cooperation.accounts.rules import InvitationStatus, KeyAct
from cooperation.audit.models import LogEntry
from cooperation.circles import service as circles
from cooperation.circles.rules import InvitationOverError
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.outbox.models import MailRow
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.models import ActRow
from cooperation.two_persons.rules import (
    AboutHerselfError,
    ActChangedError,
    ActClosedError,
    ActStatus,
    ApprovalMissingError,
    SamePersonError,
)
from cooperation.vault.invitation import Halves
from cooperation.web.acts import ACTS
from tests.fixtures import second_persons

BY_HEAD = (Role.OFFICER, Role.HEAD, Role.ADMINISTRATOR, Role.AUDITOR)


@pytest.fixture
def running(world):
    """The world once a first edition was opened."""
    circles.end_founding(world.context_of(world.person(Role.HEAD)))
    return world


def invite(world, inviter=Role.HEAD, role=Role.OFFICER):
    return accounts.invite_person(
        world.context_of(world.person(inviter)),
        name="New Colleague",
        email="new@example.org",
        role=role,
        organ="",
        replaces=False,
    )


def act_of(world, subject_id, person=Role.HEAD):
    return second_persons.act_about(world.context_of(world.person(person)), subject_id)


def approve(world, act, person, *, shown_hash=None, stepped_up=True):
    ctx = world.context_of(person, stepped_up=stepped_up)
    return second_persons.approve(ctx, act.id, shown_hash=shown_hash or act.shown_hash)


def test_whoever_approved_still_sees_an_act_that_ended_her_say_in_it(running):
    act = act_of(running, invite(running).id)
    seconds = ACTS[act.kind].seconds_of
    ending = replace(
        ACTS[act.kind],
        seconds=lambda ctx, each: seconds(ctx, each) if each.is_waiting else frozenset(),
    )
    officer = running.context_of(running.person(Role.OFFICER), stepped_up=True)

    shown = two_persons.approve(officer, {act.kind: ending}, act.id, shown_hash=act.shown_hash)

    assert shown.act.status is ActStatus.APPROVED
    assert not ending.seconds_of(officer, shown.act)
    assert two_persons.find_act(officer, {act.kind: ending}, act.id) == shown


def mail_status(world, invitation_id):
    row = world.session.get(PersonInvitationRow, invitation_id)
    return world.session.get(MailRow, row.mail_id).status


def actions(world):
    return list(world.session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


@pytest.mark.parametrize("role", BY_HEAD)
def test_role_given_by_a_head_waits_for_another_of_the_secretariat(running, role):
    made = invite(running, role=role)
    act = act_of(running, made.id)
    assert made.is_waiting
    assert (act.kind, act.roles) == (accounts.INVITING.kind, (role,))
    assert mail_status(running, made.id) == "held"

    approve(running, act, running.person(Role.OFFICER))

    assert mail_status(running, made.id) == "due"
    assert actions(running)[-1] == "grant.confirmed"
    link = f"/activate/{made.id}?token={made.token}"
    newcomer = running.activate(link, made.code, name="New Colleague", email="new@example.org")
    assert newcomer.role is role


def test_nobody_activates_before_the_second_person(running):
    made = invite(running)
    running.commit()

    with pytest.raises(InvitationClosed):
        accounts.begin_activation(
            running.door(),
            invitation_id=made.id,
            halves=Halves(made.token, made.code),
            password=None,
        )


def test_directory_refuses_the_newcomer_even_if_the_row_says_open(running):
    made = invite(running)
    running.session.get(PersonInvitationRow, made.id).status = InvitationStatus.OPEN

    with pytest.raises(InvitationOverError):
        running.activate(f"/activate/{made.id}?token={made.token}", made.code, name="", email="")


@pytest.mark.parametrize("second", [Role.HEAD, Role.COURT_READER])
def test_court_role_is_confirmed_by_a_head_or_another_court_reader(running, second):
    number = 2 if second is Role.COURT_READER else 1
    other = running.person(second, number=number)
    made = invite(running, Role.COURT_READER, Role.COURT_READER)
    act = act_of(running, made.id, Role.COURT_READER)

    approve(running, act, other)

    assert mail_status(running, made.id) == "due"


def test_officer_does_not_see_what_waits_at_the_court(running):
    made = invite(running, Role.COURT_READER, Role.COURT_READER)
    act = act_of(running, made.id, Role.COURT_READER)

    with pytest.raises(NotFound):
        approve(running, act, running.person(Role.OFFICER))


@pytest.mark.parametrize(
    ("role", "state", "error"),
    [
        (Role.HEAD, None, SamePersonError),
        (Role.COURT_READER, None, NotFound),
        (Role.ADMINISTRATOR, None, NotAllowed),
        (Role.FOCAL_POINT, "AF01", NotAllowed),
        (Role.FOCAL_POINT, "AF02", NotAllowed),
        (Role.CO_FACILITATOR, None, NotAllowed),
    ],
)
def test_same_person_and_other_bodies_do_not_confirm(running, role, state, error):
    made = invite(running)
    act = act_of(running, made.id)

    with pytest.raises(error):
        approve(running, act, running.person(role, state))

    assert running.session.get(PersonInvitationRow, made.id).status == InvitationStatus.WAITING


def test_confirming_needs_a_fresh_second_factor_and_the_exact_hash(running):
    act = act_of(running, invite(running).id)
    officer = running.person(Role.OFFICER)

    with pytest.raises(StepUpNeeded):
        approve(running, act, officer, stepped_up=False)
    with pytest.raises(ActChangedError):
        approve(running, act, officer, shown_hash=bytes(32))


def test_row_that_was_pointed_at_another_invitation_is_refused(running):
    act = act_of(running, invite(running).id)
    row = running.session.get(ActRow, act.id)
    row.subject = running.person(Role.AUDITOR).person_id

    with pytest.raises(ActChangedError):
        approve(running, act, running.person(Role.OFFICER))


def test_refusal_has_a_reason_and_voids_the_invitation(running):
    made = invite(running)
    act = act_of(running, made.id)
    ctx = running.context_of(running.person(Role.OFFICER))
    with pytest.raises(Invalid):
        second_persons.refuse(ctx, act.id, reason=" ")

    second_persons.refuse(ctx, act.id, reason="She has left already.")

    assert mail_status(running, made.id) == "voided"
    found = second_persons.look(running.context_of(running.person(Role.HEAD)), act.id)
    assert (found.status, found.reason) == (ActStatus.REFUSED, "She has left already.")
    with pytest.raises(ActClosedError):
        approve(running, act, running.person(Role.OFFICER))


def test_only_the_first_person_withdraws(running):
    made = invite(running)
    act = act_of(running, made.id)
    with pytest.raises(NotAllowed):
        second_persons.withdraw(running.context_of(running.person(Role.HEAD, number=2)), act.id)

    second_persons.withdraw(running.context_of(running.person(Role.HEAD)), act.id)

    assert mail_status(running, made.id) == "voided"


def test_withdrawn_invitation_ends_what_waits(running):
    made = invite(running)
    act = act_of(running, made.id)

    withdraw_invitation(running.context_of(running.person(Role.HEAD)), made.id)

    with pytest.raises(ActClosedError):
        approve(running, act, running.person(Role.OFFICER))


def test_what_nobody_confirms_ends_after_seven_days(running):
    act = act_of(running, invite(running).id)
    running.clock.move(timedelta(days=7))

    assert second_persons.acts_that_wait(running.context_of(running.person(Role.OFFICER))) == []
    with pytest.raises(ActClosedError):
        approve(running, act, running.person(Role.OFFICER))


def test_before_the_first_edition_one_person_is_enough(world):
    made = invite(world)

    assert not made.is_waiting
    assert mail_status(world, made.id) == "due"


def test_states_and_co_facilitators_invite_alone(running):
    contributor = accounts.invite_person(
        running.context_of(running.person(Role.FOCAL_POINT, "AF01")),
        name="N",
        email="n@example.org",
        role=Role.CONTRIBUTOR,
        organ="",
        replaces=False,
    )

    assert not contributor.is_waiting
    assert not invite(running, Role.CO_FACILITATOR, Role.CO_FACILITATOR).is_waiting


def test_change_of_role_waits_and_ends_the_sessions(running):
    officer, head = running.person(Role.OFFICER), running.person(Role.HEAD)
    other = running.person(Role.OFFICER, number=2)
    cookie = running.sign_in(officer)
    is_waiting = change_role(running.context_of(head), officer.person_id, role=Role.HEAD)
    act = act_of(running, officer.person_id)
    assert is_waiting
    assert circles.roles_of(running.session, officer.person_id) == {Role.OFFICER}
    with pytest.raises(SamePersonError):
        approve(running, act, head)

    approve(running, act, other)
    running.commit()

    assert circles.roles_of(running.session, officer.person_id) == {Role.HEAD}
    running.roll_back()
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(running.door(), cookie=cookie)


def test_last_head_stays_head(running):
    head = running.person(Role.HEAD)

    with pytest.raises(LastHeadError):
        change_role(running.context_of(head), head.person_id, role=Role.OFFICER)


def test_two_heads_who_change_each_other_leave_one(running):
    heads = [running.person(Role.HEAD), running.person(Role.HEAD, number=2)]
    officer = running.person(Role.OFFICER)
    for proposer, other in (heads, heads[::-1]):
        change_role(running.context_of(proposer), other.person_id, role=Role.OFFICER)
    acts = [act_of(running, head.person_id, Role.OFFICER) for head in heads]

    approve(running, acts[0], officer)
    with pytest.raises(LastHeadError):
        approve(running, acts[1], officer)


def test_a_head_whose_role_a_restore_held_back_is_given_it_again(running):
    head, other = running.person(Role.HEAD), running.person(Role.HEAD, number=2)
    officer = running.person(Role.OFFICER)
    assert restoring.hold_roles(running.session, other.person_id)
    assert actor_of(running.session, other.person_id).roles == {Role.OFFICER}

    change_role(running.context_of(head), other.person_id, role=Role.HEAD)
    approve(running, act_of(running, other.person_id), officer)

    assert actor_of(running.session, other.person_id).roles == {Role.HEAD}


def test_a_head_whose_role_is_held_back_does_not_count_as_another_head(running):
    head, other = running.person(Role.HEAD), running.person(Role.HEAD, number=2)
    restoring.hold_roles(running.session, other.person_id)

    with pytest.raises(LastHeadError):
        change_role(running.context_of(head), head.person_id, role=Role.OFFICER)


def test_heads_whose_roles_are_held_are_heads_where_nobody_else_is(running):
    people = [running.person(Role.HEAD), running.person(Role.HEAD, number=2)]
    heads = [each.person_id for each in people]
    restoring.hold_roles(running.session, heads[0])
    assert restoring.release_last_heads(running.session) == (1, [])

    restoring.hold_roles(running.session, heads[1])

    assert restoring.release_last_heads(running.session) == (2, sorted(heads))
    assert restoring.people_with_held_roles(running.session) == []


def test_nobody_is_the_second_person_for_her_own_role(running):
    head, officer = running.person(Role.HEAD), running.person(Role.OFFICER)
    change_role(running.context_of(head), officer.person_id, role=Role.HEAD)
    act = act_of(running, officer.person_id)

    with pytest.raises(AboutHerselfError):
        approve(running, act, officer)
    assert not act.may_be_decided_by(running.actor_of(officer), {Role.OFFICER})


@pytest.mark.parametrize("role", [Role.COURT_READER, Role.CO_FACILITATOR])
def test_head_changes_no_role_of_another_body(running, role):
    ctx = running.context_of(running.person(Role.HEAD))

    with pytest.raises(NotFound):
        change_role(ctx, running.person(role).person_id, role=Role.HEAD)


def propose_rotation(world, person=Role.ADMINISTRATOR):
    ctx = world.context_of(world.person(person))
    subject = accounts.key_act_hash(world.root, KeyAct.ROOT_ROTATION)
    act_id = propose_key_act(
        ctx, kind=KeyAct.ROOT_ROTATION, subject_hash=subject, note="Yearly rotation"
    )
    return act_id, subject


def approved(world, subject, kind=KeyAct.ROOT_ROTATION):
    return two_persons.find_approval(world.session, kind, subject, now=world.now)


def test_key_act_is_proposed_by_an_administrator_and_approved_by_a_head(world):
    act_id, subject = propose_rotation(world)
    assert approved(world, subject) is None
    act = second_persons.look(world.context_of(world.person(Role.HEAD)), act_id)
    assert act.note == "Yearly rotation"

    approve(world, act, world.person(Role.HEAD))

    found = approved(world, subject)
    assert found.approved_by == world.person(Role.HEAD).person_id
    assert found.ends_at == world.now + timedelta(hours=24)
    assert actions(world)[-2:] == ["act.proposed", "act.approved"]


def test_a_restore_is_no_act_that_an_approval_carries(world):
    ctx = world.context_of(world.person(Role.ADMINISTRATOR))
    subject = accounts.key_act_hash(world.root, KeyAct.RESTORE, "one.age")

    with pytest.raises(Invalid):
        propose_key_act(ctx, kind=KeyAct.RESTORE, subject_hash=subject, note="Fire")


def test_key_act_is_used_once_within_a_day(world):
    act_id, subject = propose_rotation(world)
    act = second_persons.look(world.context_of(world.person(Role.HEAD)), act_id)
    approve(world, act, world.person(Role.HEAD))
    assert approved(world, accounts.key_act_hash(world.root, KeyAct.RESTORE)) is None
    assert approved(world, subject, KeyAct.RESTORE) is None

    two_persons.use(world.session, act_id, now=world.now)

    assert approved(world, subject) is None
    with pytest.raises(ApprovalMissingError):
        two_persons.use(world.session, act_id, now=world.now)
    assert actions(world)[-1] == "act.used"


def test_approval_of_a_key_act_ends_after_a_day(world):
    act_id, subject = propose_rotation(world)
    act = second_persons.look(world.context_of(world.person(Role.HEAD)), act_id)
    approve(world, act, world.person(Role.HEAD))
    world.clock.move(timedelta(hours=24))

    assert approved(world, subject) is None
    with pytest.raises(ApprovalMissingError):
        two_persons.use(world.session, act_id, now=world.now)


@pytest.mark.parametrize("person", [Role.HEAD, Role.OFFICER, Role.AUDITOR, Role.COURT_READER])
def test_only_an_administrator_proposes_acts_on_keys(world, person):
    with pytest.raises(NotAllowed):
        propose_rotation(world, person)


def test_officer_neither_sees_nor_approves_acts_on_keys(world):
    act_id, _subject = propose_rotation(world)
    act = second_persons.look(world.context_of(world.person(Role.HEAD)), act_id)

    with pytest.raises(NotFound):
        approve(world, act, world.person(Role.OFFICER))
    with pytest.raises(NotAllowed):
        approve(world, act, world.person(Role.ADMINISTRATOR))


def test_same_key_act_waits_once(world):
    propose_rotation(world)

    with pytest.raises(Conflict):
        propose_rotation(world)
