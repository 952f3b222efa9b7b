"""Activation: two halves in one request, five tries, and an account only after the first code."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.activation import (
    InvitationClosed,
    enrolment,
    find_invitation,
)
from cooperation.accounts.joining.service.enrolments import EnrolmentOver
from cooperation.accounts.models import EnrolmentRow, PersonInvitationRow, PersonRow
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInRefused
from cooperation.audit import service as audit
from cooperation.circles.models import InvitationKey
from cooperation.core.errors import Invalid
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Mail
from cooperation.vault.invitation import Halves, new_halves

STEP = timedelta(seconds=30)
GOOD = "violet harbour sandwich umbrella kitchen"


@pytest.fixture
def invited(world):
    """An officer-to-be, invited by the head: the invitation's id and both halves."""
    made = accounts.invite_person(
        world.context_of(world.person(Role.HEAD)),
        name="New Officer",
        email="new@example.org",
        role=Role.OFFICER,
        organ="",
        replaces=False,
    )
    world.commit()
    return made.id, Halves(made.token, made.code)


@pytest.fixture
def state_invited(world):
    """The first person-to-be of a State."""
    ctx = world.context_of(world.person(Role.HEAD))
    made = accounts.prepare_state_invitations(
        ctx, ["AF03"], ends_on=(world.now + timedelta(days=60)).date()
    )[0]
    accounts.confirm_printed(ctx, [made.invitation_id])
    world.commit()
    token = made.link.partition("token=")[2]
    return made.invitation_id, Halves(token, made.code)


def begin(world, invited, **more):
    invitation_id, halves = invited
    arguments = {"password": GOOD, "address": "192.0.2.1"} | more
    return accounts.begin_activation(
        world.door(address=arguments.pop("address")),
        invitation_id=invitation_id,
        halves=arguments.pop("halves", halves),
        **arguments,
    )


def finish(world, invited, begun, code=None):
    return accounts.finish_activation(
        world.door(),
        cookie=begun.cookie,
        invitation_id=invited[0],
        code=code or accounts.code_at(begun.totp_seed, world.now),
    )


def row_of(world, invited):
    return world.session.get(PersonInvitationRow, invited[0])


def other_code(halves):
    return Halves(halves.token, new_halves().code)


def mails(world, purpose):
    rows = world.session.scalars(sa.select(MailRow).where(MailRow.purpose == purpose)).all()
    return [
        Mail.from_bytes(
            world.root.unwrap(row.sealed_payload, table="mails", row=row.id, kind="payload")
        )
        for row in rows
    ]


def test_both_halves_and_a_code_make_an_account(world, invited):
    begun = begin(world, invited)
    person_id = finish(world, invited, begun)

    world.clock.move(STEP)
    pending = accounts.begin_sign_in(world.door(), email="new@example.org", password=GOOD)
    code = accounts.code_at(begun.totp_seed, world.now)
    cookie = accounts.finish_sign_in(world.door(), pending=pending, code=code, browser="")
    signed_in = accounts.reader_for_session(world.door(), cookie=cookie)

    assert signed_in.actor.person_id == person_id
    assert signed_in.actor.roles == {Role.OFFICER}
    assert signed_in.person_name == "New Officer"
    assert row_of(world, invited).status == "used"


def test_nothing_is_active_before_the_first_code(world, invited):
    begin(world, invited)

    with pytest.raises(SignInRefused):
        accounts.begin_sign_in(world.door(), email="new@example.org", password=GOOD)
    with world.database.reading() as session:
        found = session.scalar(
            sa.select(sa.func.count())
            .select_from(InvitationKey)
            .where(InvitationKey.id == invited[0])
        )
    assert found == 1


def test_wrong_first_code_activates_nothing_and_may_be_repeated(world, invited):
    begun = begin(world, invited)

    with pytest.raises(CodeWrong):
        finish(world, invited, begun, code="000000")

    assert finish(world, invited, begun)


def test_first_code_does_not_sign_in_too(world, invited):
    begun = begin(world, invited)
    finish(world, invited, begun)
    pending = accounts.begin_sign_in(world.door(), email="new@example.org", password=GOOD)

    with pytest.raises(CodeWrong):
        accounts.finish_sign_in(
            world.door(),
            pending=pending,
            code=accounts.code_at(begun.totp_seed, world.now),
            browser="",
        )


def test_five_wrong_codes_make_the_invitation_void(world, invited):
    for number in range(5):
        with pytest.raises(Invalid):
            begin(world, invited, halves=other_code(invited[1]), address=f"10.0.0.{number}")

    with pytest.raises(InvitationClosed):
        begin(world, invited)
    assert row_of(world, invited).status == "void"
    with world.database.reading() as session:
        assert session.get(InvitationKey, invited[0]) is None


def test_four_wrong_codes_and_the_right_one_are_enough(world, invited):
    for number in range(4):
        with pytest.raises(Invalid):
            begin(world, invited, halves=other_code(invited[1]), address=f"10.0.0.{number}")

    assert begin(world, invited)


def test_wrong_link_counts_like_a_wrong_code(world, invited):
    with pytest.raises(Invalid):
        begin(world, invited, halves=Halves(new_halves().token, invited[1].code))

    assert row_of(world, invited).tries == 1


def test_slip_of_the_pen_costs_no_try(world, invited):
    letters = list(invited[1].code)
    letters[0] = "0" if letters[0] != "0" else "1"

    with pytest.raises(Invalid) as refusal:
        begin(world, invited, halves=Halves(invited[1].token, "".join(letters)))

    assert refusal.value.errors[0][0] == "code"
    assert row_of(world, invited).tries == 0


def test_code_may_be_typed_in_small_letters_with_spaces(world, invited):
    typed = invited[1].code.lower().replace("-", " ")

    assert begin(world, invited, halves=Halves(invited[1].token, typed))


@pytest.mark.parametrize(
    "password", ["short", "a" * 129, "aaaaaaaaaaaaaaaaaaaa", "newofficerpassword"]
)
def test_poor_password_is_refused_and_costs_no_try(world, invited, password):
    with pytest.raises(Invalid) as refusal:
        begin(world, invited, password=password)

    assert refusal.value.errors[0][0] == "password"
    assert row_of(world, invited).tries == 0


def test_invitation_ends_after_seven_days(world, invited):
    world.clock.move(timedelta(days=7))

    with pytest.raises(InvitationClosed):
        begin(world, invited)


def test_invitation_works_once(world, invited):
    finish(world, invited, begin(world, invited))

    with pytest.raises(InvitationClosed):
        begin(world, invited)


def test_second_page_ends_after_half_an_hour(world, invited):
    begun = begin(world, invited)
    world.clock.move(timedelta(minutes=30))

    with pytest.raises(EnrolmentOver):
        finish(world, invited, begun)


def test_beginning_again_replaces_the_first_begin(world, invited):
    first = begin(world, invited)
    second = begin(world, invited)

    with pytest.raises(EnrolmentOver):
        finish(world, invited, first)
    assert finish(world, invited, second)


def test_second_page_belongs_to_its_invitation(world, invited, state_invited):
    begun = begin(world, invited)

    with pytest.raises(EnrolmentOver):
        enrolment(world.door(), cookie=begun.cookie, invitation_id=state_invited[0])


def test_second_page_shows_seed_and_picture(world, invited):
    begun = begin(world, invited)

    shown = enrolment(world.door(), cookie=begun.cookie, invitation_id=invited[0])

    assert len(shown.secret) == 32
    assert shown.picture.size > 40
    assert set(shown.picture.path) <= set("Mhvz-0123456789 ")


def test_halves_stand_nowhere_on_the_disk(world, invited):
    begin(world, invited)

    plain = invited[1].code.replace("-", "")
    for file in world.folder.glob("cooperation.db*"):
        content = file.read_bytes()
        for half in (invited[1].token, invited[1].code, plain, GOOD):
            assert half.encode() not in content


def test_first_of_a_state_says_who_she_is_and_both_sides_are_told(world, state_invited):
    begun = begin(world, state_invited, name="  A. Person ", email="A.Person@Example.org")
    person_id = finish(world, state_invited, begun)

    ctx = world.context_of(world.person(Role.HEAD))
    assert accounts.person_name(ctx.session, world.root, person_id) == "A. Person"
    world.commit()
    (notice,) = mails(world, "notice.account")
    assert notice.to == world.settings.contact_email
    assert f"{world.settings.base_url}/log?action=circle.founded" in notice.body
    assert "A. Person" not in notice.body
    assert "AF03" not in notice.subject + notice.body
    (entry,) = [
        each
        for each in audit.entries_for(world.session, action="circle.founded")
        if each.actor == person_id
    ]
    assert entry.states == ("AF03",)


def test_first_of_a_state_may_not_take_a_known_address(world, state_invited):
    known = world.person(Role.OFFICER).email

    with pytest.raises(Invalid) as refusal:
        begin(world, state_invited, name="X", email=known)

    assert refusal.value.errors[0][0] == "email"


def test_invitation_is_not_usable_before_its_letter_is_printed(world):
    ctx = world.context_of(world.person(Role.HEAD))
    made = accounts.prepare_state_invitations(
        ctx, ["AF03"], ends_on=(world.now + timedelta(days=60)).date()
    )[0]
    world.commit()

    with pytest.raises(InvitationClosed):
        find_invitation(world.door(), made.invitation_id)


def test_ended_enrolments_are_swept_at_sign_in(world, invited):
    begin(world, invited)
    world.clock.move(timedelta(hours=1))
    head = world.person(Role.HEAD)

    accounts.begin_sign_in(world.door(), email=head.email, password=head.password)

    with world.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(EnrolmentRow)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(PersonRow)) > 0
