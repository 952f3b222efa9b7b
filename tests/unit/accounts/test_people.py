"""Inviting, disabling, the role of signatory: who may, who may not, and what then happens."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Institution, Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.activation import InvitationClosed
from cooperation.accounts.joining.service.closing import OwnAccountError, disable_person
from cooperation.accounts.joining.service.inviting import invitations_of, withdraw_invitation
from cooperation.accounts.models import PersonInvitationRow, PersonRow
from cooperation.accounts.people.service.people import all_people, are_new_keys_due
from cooperation.accounts.people.service.wrapped import INVITATIONS, unwrap_organ
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInRefused
from cooperation.audit import service as audit
from cooperation.audit.models import LogEntry
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Mail
from cooperation.register import service as register
from cooperation.register.rules import AddressFields, PostKind
from cooperation.vault.invitation import Halves
from cooperation.web.kit.languages import pseudo

STATE_ROLES = (Role.CONTRIBUTOR, Role.FOCAL_POINT, Role.SIGNATORY)

INVITES = {
    Role.CONTRIBUTOR: set(),
    Role.FOCAL_POINT: set(STATE_ROLES),
    Role.SIGNATORY: set(),
    Role.OFFICER: set(),
    Role.HEAD: {Role.OFFICER, Role.HEAD, Role.ADMINISTRATOR, Role.AUDITOR},
    Role.COURT_READER: {Role.COURT_READER},
    Role.CO_FACILITATOR: {Role.CO_FACILITATOR},
    Role.AUDITOR: set(),
    Role.ADMINISTRATOR: set(),
}


def person_of(world, role, number=1):
    return world.person(role, "AF01" if role in STATE_ROLES else None, number=number)


def invite(world, inviter, role=Role.OFFICER, email="new@example.org", **more):
    arguments = {"name": "New Colleague", "organ": "", "replaces": False} | more
    return accounts.invite_person(world.context_of(inviter), email=email, role=role, **arguments)


def actions(world):
    return list(world.session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


@pytest.mark.parametrize("inviter", Role)
@pytest.mark.parametrize("newcomer", Role)
def test_invitation_is_made_only_as_the_table_says(world, inviter, newcomer):
    may = newcomer in INVITES[inviter]

    if may:
        made = invite(world, person_of(world, inviter), newcomer)
        assert len(made.code.replace("-", "")) == 20
    else:
        with pytest.raises(NotAllowed):
            invite(world, person_of(world, inviter), newcomer)


def test_inviting_asks_for_a_fresh_code(world):
    ctx = world.context_of(world.person(Role.HEAD), stepped_up=False)

    with pytest.raises(StepUpNeeded):
        accounts.invite_person(
            ctx, name="N", email="n@example.org", role=Role.OFFICER, organ="", replaces=False
        )


def test_colleague_of_a_state_joins_its_circle_and_signs_in(world):
    made = invite(world, world.person(Role.FOCAL_POINT, "AF01"), Role.CONTRIBUTOR)

    joined = world.activate(
        f"/activate/{made.id}?token={made.token}", made.code, name="N", email=made.email
    )

    assert joined.state == "AF01"
    assert joined.role is Role.CONTRIBUTOR
    assert world.sign_in(joined)


def test_link_goes_by_mail_and_the_code_does_not(world):
    made = invite(world, world.person(Role.HEAD))

    sealed = world.session.scalar(
        sa.select(MailRow).where(MailRow.subject_id == made.id, MailRow.purpose == "invitation")
    )
    payload = world.root.unwrap(
        sealed.sealed_payload, table="mails", row=sealed.id, kind="payload"
    ).decode()

    assert made.token in payload
    assert made.code not in payload


def test_organ_is_kept_for_people_of_the_court_only(world):
    of_court = invite(
        world, world.person(Role.COURT_READER), Role.COURT_READER, "c@example.org", organ="Registry"
    )
    officer = invite(world, world.person(Role.HEAD), organ="Registry")

    rows = {
        row.id: row.sealed_organ for row in world.session.scalars(sa.select(PersonInvitationRow))
    }
    assert unwrap_organ(world.root, rows[of_court.id], table=INVITATIONS, row=of_court.id) == (
        "Registry"
    )
    assert b"Registry" not in rows[of_court.id]
    assert rows[officer.id] is None


def test_organ_follows_the_newcomer_and_is_read_by_her_colleagues(world):
    reader = world.person(Role.COURT_READER)
    made = invite(world, reader, Role.COURT_READER, "c@example.org", organ="Registry")
    link = f"https://x.example/activate/{made.id}?token={made.token}"
    newcomer = world.activate(link, made.code, name="", email="")

    (found,) = (
        each
        for each in accounts.colleagues(world.context_of(reader))
        if each.id == newcomer.person_id
    )

    assert found.organ == "Registry"


def test_second_invitation_to_an_address_makes_the_first_void(world):
    head = world.person(Role.HEAD)
    first = invite(world, head)
    invite(world, head)

    assert world.session.get(PersonInvitationRow, first.id).status == "void"
    assert [each.email for each in invitations_of(world.context_of(head))] == ["new@example.org"]


def test_second_founding_invitation_makes_the_first_void(new_world):
    head = new_world.person(Role.HEAD)
    first = invite(new_world, head, Role.COURT_READER, "one@example.org")
    invite(new_world, head, Role.COURT_READER, "two@example.org")

    assert new_world.session.get(PersonInvitationRow, first.id).status == "void"


def test_withdrawn_invitation_opens_nothing(world):
    head = world.person(Role.HEAD)
    made = invite(world, head)

    withdraw_invitation(world.context_of(head), made.id)
    world.commit()

    with pytest.raises(InvitationClosed):
        accounts.begin_activation(
            world.door(),
            invitation_id=made.id,
            halves=Halves(made.token, made.code),
            password=None,
        )


def test_nobody_withdraws_another_institutions_invitation(world):
    made = invite(world, world.person(Role.HEAD))

    with pytest.raises(NotFound):
        withdraw_invitation(world.context_of(world.person(Role.FOCAL_POINT, "AF01")), made.id)


def test_lost_authenticator_is_answered_by_a_new_invitation(world):
    focal_point = world.person(Role.FOCAL_POINT, "AF01")
    lost = world.person(Role.CONTRIBUTOR, "AF01")
    with pytest.raises(Invalid):
        invite(world, focal_point, Role.CONTRIBUTOR, lost.email)

    made = invite(world, focal_point, Role.CONTRIBUTOR, lost.email, replaces=True)
    anew = world.activate(
        f"/activate/{made.id}?token={made.token}", made.code, name="Anew", email=lost.email
    )

    assert anew.person_id != lost.person_id
    old_code = accounts.code_at(lost.totp_seed, world.now)
    pending = accounts.begin_sign_in(world.door(), email=lost.email, password=lost.password)
    with pytest.raises(CodeWrong):
        accounts.finish_sign_in(world.door(), pending=pending, code=old_code, browser="")
    assert world.sign_in(anew)


def test_address_of_another_institution_cannot_be_taken(world):
    with pytest.raises(Invalid):
        invite(
            world,
            world.person(Role.FOCAL_POINT, "AF01"),
            Role.CONTRIBUTOR,
            world.person(Role.OFFICER).email,
            replaces=True,
        )


REACHES = {
    Role.ADMINISTRATOR: {"AF01", "AF02", "secretariat", "court", "co_facilitators", "none"},
    Role.FOCAL_POINT: {"AF01"},
    Role.HEAD: {"secretariat", "none"},
    Role.COURT_READER: {"court"},
    Role.CO_FACILITATOR: {"co_facilitators"},
}
TARGETS = {
    "AF01": (Role.CONTRIBUTOR, "AF01", 1),
    "AF02": (Role.FOCAL_POINT, "AF02", 1),
    "secretariat": (Role.OFFICER, None, 1),
    "court": (Role.COURT_READER, None, 2),
    "co_facilitators": (Role.CO_FACILITATOR, None, 2),
    "none": (Role.AUDITOR, None, 1),
}


@pytest.mark.parametrize("disabler", Role)
@pytest.mark.parametrize("target", TARGETS)
def test_account_is_disabled_only_as_the_table_says(world, disabler, target):
    role, state, number = TARGETS[target]
    person = world.person(role, state, number=number)
    ctx = world.context_of(person_of(world, disabler))

    if disabler not in REACHES:
        with pytest.raises(NotAllowed):
            disable_person(ctx, person.person_id)
    elif target not in REACHES[disabler]:
        with pytest.raises(NotFound):
            disable_person(ctx, person.person_id)
    else:
        disable_person(ctx, person.person_id)
        assert ctx.session.get(PersonRow, person.person_id).status == "disabled"


def test_disabled_person_is_out_at_once(world):
    lost = world.person(Role.OFFICER)
    cookie = world.sign_in(lost)

    disable_person(world.context_of(world.person(Role.HEAD)), lost.person_id)
    world.commit()

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
    with pytest.raises(SignInRefused):
        accounts.begin_sign_in(world.door(), email=lost.email, password=lost.password)


def test_pending_sign_in_of_a_disabled_person_ends_too(world):
    lost = world.person(Role.OFFICER)
    world.clock.move(timedelta(minutes=1))
    pending = accounts.begin_sign_in(world.door(), email=lost.email, password=lost.password)

    disable_person(world.context_of(world.person(Role.HEAD)), lost.person_id)
    world.commit()

    with pytest.raises(accounts.SignInOver):
        accounts.finish_sign_in(
            world.door(),
            pending=pending,
            code=accounts.code_at(lost.totp_seed, world.now),
            browser="",
        )


def test_disabling_voids_her_invitations_and_leaves_a_marker(world):
    second = world.person(Role.FOCAL_POINT, "AF01", number=2)
    made = invite(world, second, Role.CONTRIBUTOR)
    first = world.person(Role.FOCAL_POINT, "AF01")

    disable_person(world.context_of(first), second.person_id)

    assert world.session.get(PersonInvitationRow, made.id).status == "void"
    assert are_new_keys_due(world.context_of(first))
    assert "person.disabled" in actions(world)


def test_nobody_disables_herself_or_twice(world):
    head, officer = world.person(Role.HEAD), world.person(Role.OFFICER)
    ctx = world.context_of(head)
    disable_person(ctx, officer.person_id)

    with pytest.raises(OwnAccountError):
        disable_person(ctx, head.person_id)
    with pytest.raises(Conflict):
        disable_person(ctx, officer.person_id)


def test_focal_point_takes_the_role_of_signatory_too(world):
    focal_point = world.person(Role.FOCAL_POINT, "AF01")

    accounts.become_signatory(world.context_of(focal_point))
    world.commit()

    cookie = world.sign_in(focal_point)
    signed_in = accounts.reader_for_session(world.door(), cookie=cookie)
    assert signed_in.actor.roles == {Role.FOCAL_POINT, Role.SIGNATORY}
    assert "role.granted" in actions(world)


def test_state_and_secretariat_are_told_of_a_signatory_by_own_hand(world):
    give_address(world, "AF01")

    accounts.become_signatory(world.context_of(world.person(Role.FOCAL_POINT, "AF01")))

    (to_state,), (to_secretariat,) = mails(world, "notice"), mails(world, "notice.signatory")
    assert to_state.to == "post@af01.example"
    assert "focal point of your State" in to_state.body
    assert to_secretariat.to == world.settings.contact_email
    assert f"{world.settings.base_url}/log?action=role.granted" in to_secretariat.body
    (entry,) = audit.entries_for(world.session, action="role.granted")
    assert entry.states == ("AF01",)
    for mail in (to_state, to_secretariat):
        assert "AF01" not in mail.subject + mail.body


def test_secretariat_gets_one_notice_of_several_signatories(world):
    for state in ("AF01", "AF02"):
        focal_point = world.person(Role.FOCAL_POINT, state)
        accounts.become_signatory(world.context_of(focal_point))

    assert len(mails(world, "notice.signatory")) == 1


def test_a_post_is_written_to_in_its_own_language(world):
    give_address(world, "AF01", language="ar-x-pseudo")
    focal_point = world.person(Role.FOCAL_POINT, "AF01")

    with world.application.test_request_context("/?lang=en"):
        accounts.become_signatory(world.context_of(focal_point))

    (to_state,) = mails(world, "notice")
    assert to_state.subject == pseudo("Notice from the platform on cooperation")
    assert "signatory" not in to_state.body


def give_address(world, state, language=""):
    email = f"post@{state.lower()}.example"
    post = AddressFields(PostKind.MINISTRY, "", (), email, True, language=language)
    officer = world.context_of(world.person(Role.OFFICER))
    register.save_address(officer, state_code=state, given=post)


def mails(world, purpose):
    rows = world.session.scalars(sa.select(MailRow).where(MailRow.purpose == purpose)).all()
    return [
        Mail.from_bytes(
            world.root.unwrap(row.sealed_payload, table="mails", row=row.id, kind="payload")
        )
        for row in rows
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FOCAL_POINT])
def test_nobody_else_takes_the_role_of_signatory(world, role):
    with pytest.raises(NotAllowed):
        accounts.become_signatory(world.context_of(person_of(world, role)))


def test_signatory_by_own_hand_asks_for_a_fresh_code(world):
    ctx = world.context_of(world.person(Role.FOCAL_POINT, "AF01"), stepped_up=False)

    with pytest.raises(StepUpNeeded):
        accounts.become_signatory(ctx)


def test_colleagues_are_those_of_the_own_state(world):
    found = accounts.colleagues(world.context_of(world.person(Role.CONTRIBUTOR, "AF01")))

    assert {person.state_code for person in found} == {"AF01"}
    assert len(found) == 3


def test_people_of_a_state_are_found_for_other_slices(world):
    found = accounts.people_of(
        world.session, world.root, institution=Institution.STATE, state="AF02"
    )

    assert [person.roles for person in found] == [frozenset({Role.FOCAL_POINT})]


def test_administrator_sees_everybody_and_nobody_else_does(world):
    everybody = all_people(world.context_of(world.person(Role.ADMINISTRATOR)))

    assert len(everybody) == len(world.people)
    with pytest.raises(NotAllowed):
        all_people(world.context_of(world.person(Role.HEAD)))
