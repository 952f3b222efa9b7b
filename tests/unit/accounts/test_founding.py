"""Founding: the first head's halves, what is missing, code letters of States."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.accounts.joining.service.founding import set_up_steps
from cooperation.accounts.joining.service.state_invitations import NotHeldError
from cooperation.accounts.models import PersonInvitationRow
from cooperation.core.errors import NotAllowed, StepUpNeeded
from cooperation.outbox import service as outbox
from cooperation.outbox.rules import MailStatus
from cooperation.register import service as register
from cooperation.register.rules import AddressFields, PostKind


def prepare(world, *codes):
    ctx = world.context_of(world.person(Role.HEAD))
    return ctx, accounts.prepare_state_invitations(
        ctx, codes, ends_on=(world.now + timedelta(days=60)).date()
    )


def give_address(world, code, email):
    register.save_address(
        world.context_of(world.person(Role.HEAD)),
        state_code=code,
        given=AddressFields(
            kind=PostKind.EMBASSY_THE_HAGUE,
            place="The Hague",
            lines=("Street 1",),
            email=email,
            is_of_record=True,
        ),
    )


def row_of(world, made):
    return world.session.get(PersonInvitationRow, made.invitation_id)


def test_first_invitation_is_refused_once_there_is_a_head(new_world):
    with pytest.raises(accounts.FoundedError):
        accounts.create_first_invitation(
            new_world.session, settings=new_world.settings, now=new_world.now
        )


def test_founding_state_follows_the_steps(new_world):
    missing = [len(accounts.founding_state(new_world.session).missing)]
    for role in (Role.OFFICER, Role.COURT_READER):
        new_world.person(role)
        missing.append(len(accounts.founding_state(new_world.session).missing))
    accounts.confirm_keyring_backup(new_world.context_of(new_world.person(Role.HEAD)))
    missing.append(len(accounts.founding_state(new_world.session).missing))

    assert missing == [3, 2, 1, 0]


def test_disabled_people_do_not_count(world):
    officer = world.person(Role.OFFICER)
    accounts.confirm_keyring_backup(world.context_of(world.person(Role.HEAD)))
    before = accounts.founding_state(world.session).is_complete

    disable_person(world.context_of(world.person(Role.HEAD)), officer.person_id)

    assert before
    assert not accounts.founding_state(world.session).is_complete


def test_backup_is_confirmed_by_head_or_administrator_with_a_fresh_code(world):
    accounts.confirm_keyring_backup(world.context_of(world.person(Role.ADMINISTRATOR)))

    with pytest.raises(NotAllowed):
        accounts.confirm_keyring_backup(world.context_of(world.person(Role.OFFICER)))
    with pytest.raises(StepUpNeeded):
        accounts.confirm_keyring_backup(world.context_of(world.person(Role.HEAD), stepped_up=False))


def test_set_up_page_lists_what_is_done(new_world):
    new_world.person(Role.OFFICER)
    head = new_world.person(Role.HEAD)

    steps = set_up_steps(new_world.context_of(head))

    assert [step.is_done for step in steps] == [True, False, False, False, False, False]
    assert [step.may_invite for step in steps] == [True, True, True, True, True, False]


def test_code_letters_are_made_for_states_without_circle_only(world):
    _ctx, made = prepare(world, "AF01", "AF03", "AF04")

    assert [each.state_code for each in made] == ["AF03", "AF04"]
    assert all(each.link for each in made)


def test_only_a_head_makes_code_letters(world):
    ctx = world.context_of(world.person(Role.OFFICER))

    with pytest.raises(NotAllowed):
        accounts.prepare_state_invitations(ctx, ["AF03"], ends_on=world.now.date())
    with pytest.raises(NotAllowed):
        accounts.confirm_printed(ctx, [])


def test_mail_with_the_link_waits_for_the_printed_letter(world):
    give_address(world, "AF03", "af03@example.org")
    ctx, (made,) = prepare(world, "AF03")
    mail_id = row_of(world, made).mail_id
    before = outbox.status_of(world.session, [mail_id])[mail_id]

    accounts.confirm_printed(ctx, [made.invitation_id])

    assert made.link is None
    assert before is MailStatus.HELD
    assert outbox.status_of(world.session, [mail_id])[mail_id] is MailStatus.DUE
    assert row_of(world, made).status == "open"


def test_making_letters_again_voids_the_earlier_ones(world):
    give_address(world, "AF03", "af03@example.org")
    ctx, (first,) = prepare(world, "AF03")
    mail_id = row_of(world, first).mail_id

    _ctx, (second,) = prepare(world, "AF03")

    assert row_of(world, first).status == "void"
    assert outbox.status_of(world.session, [mail_id])[mail_id] is MailStatus.VOIDED
    with pytest.raises(NotHeldError):
        accounts.confirm_printed(ctx, [first.invitation_id])
    accounts.confirm_printed(ctx, [second.invitation_id])


def test_125_letters_are_made_in_seconds(world):
    codes = [state.code for state in register.parties_on(world.session, world.now.date())]
    _ctx, made = prepare(world, *codes)

    assert len(made) == len(codes) - 2
    assert len({each.code for each in made}) == len(made)
    held = world.session.scalar(
        sa.select(sa.func.count())
        .select_from(PersonInvitationRow)
        .where(PersonInvitationRow.status == "held")
    )
    assert held == len(made)
