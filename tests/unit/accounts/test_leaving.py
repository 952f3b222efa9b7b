"""Leaving, new keys, successors, coming back: who may, who may not, and what then holds."""

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.leaving import leaving_of, let_go, make_new_keys
from cooperation.accounts.joining.service.recovery_sheets import make_sheet, sheets_of
from cooperation.accounts.joining.service.successors import (
    NobodyToConfirmError,
    invite_anew,
    is_last_second,
    replace_person,
)
from cooperation.accounts.models import PersonInvitationRow, PersonRow
from cooperation.accounts.signin.service.sign_in import SignInRefused
from cooperation.audit.models import LogEntry
from cooperation.circles import service as circles
from cooperation.circles.rules import SECRETARIAT, BundleKind, state_circle
from cooperation.circles.service.members import members_of
from cooperation.core.errors import NotAllowed, NotFound, StepUpNeeded

OWN = state_circle("AF01")


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def writer(world):
    return world.person(Role.CONTRIBUTOR, "AF01")


def actions(world):
    return list(world.session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


def draft_of(ctx, content=b"words"):
    bundle = circles.create_bundle(ctx, kind=BundleKind.DRAFT, edition="2026", state="AF01")
    place = {"kind": "answer", "code": "A-01", "version": 1, "field": "answer"}
    return bundle.id, bundle.seal(content=content, **place), place


def disable_as_administrator(world, person):
    let_go(world.context_of(world.person(Role.ADMINISTRATOR)), person.person_id)
    world.commit()


def test_focal_point_lets_a_colleague_go_and_no_keys_are_left_due(world, focal_point, writer):
    ctx = world.context_of(focal_point)

    assert let_go(ctx, writer.person_id) is True

    assert members_of(world.session, OWN).isdisjoint({writer.person_id})
    assert accounts.new_keys_due(ctx) is None
    assert {"person.disabled", "person.removed", "circle.versioned"} <= set(actions(world))


def test_what_is_there_stays_readable_for_those_who_stay(world, focal_point, writer):
    bundle_id, sealed, place = draft_of(world.context_of(writer))
    world.commit()

    let_go(world.context_of(focal_point), writer.person_id)
    world.commit()

    opened = circles.open_bundle(world.context_of(focal_point), bundle_id)
    assert opened.open(sealed, **place) == b"words"


def test_leaver_is_signed_out_and_cannot_sign_in(world, focal_point, writer):
    cookie = world.sign_in(writer)

    let_go(world.context_of(focal_point), writer.person_id)
    world.commit()

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
    with pytest.raises(SignInRefused):
        world.sign_in(writer)


def test_administrator_leaves_new_keys_due_and_a_colleague_makes_them(world, focal_point, writer):
    administrator = world.context_of(world.person(Role.ADMINISTRATOR))

    assert let_go(administrator, writer.person_id) is False
    world.commit()
    due = accounts.new_keys_due(world.context_of(focal_point))
    make_new_keys(world.context_of(focal_point))

    assert due.leavers == (writer.name,)
    assert due.may_make
    assert accounts.new_keys_due(world.context_of(focal_point)) is None


def test_colleague_who_does_not_invite_is_told_who_makes_the_keys(world, focal_point, writer):
    signatory = world.person(Role.SIGNATORY, "AF01")
    disable_as_administrator(world, writer)

    due = accounts.new_keys_due(world.context_of(signatory))

    assert not due.may_make
    assert due.makers == (focal_point.name,)
    with pytest.raises(NotAllowed):
        make_new_keys(world.context_of(signatory))


def test_other_state_sees_nothing_of_it(world, writer):
    other = world.person(Role.FOCAL_POINT, "AF02")
    disable_as_administrator(world, writer)

    assert accounts.new_keys_due(world.context_of(other)) is None
    with pytest.raises(NotFound):
        let_go(world.context_of(other), writer.person_id)


def test_new_keys_ask_for_a_fresh_factor(world, focal_point, writer):
    disable_as_administrator(world, writer)

    with pytest.raises(StepUpNeeded):
        make_new_keys(world.context_of(focal_point, stepped_up=False))


def test_keys_are_renewed_without_a_leaver_too(world, focal_point, writer):
    bundle_id, sealed, place = draft_of(world.context_of(writer))
    before = circles.circle_versions(world.context_of(focal_point), (OWN,))[0].version

    make_new_keys(world.context_of(focal_point))
    world.commit()

    assert circles.circle_versions(world.context_of(writer), (OWN,))[0].version == before + 1
    assert circles.open_bundle(world.context_of(writer), bundle_id).open(sealed, **place)


def test_open_invitation_of_the_circle_still_works_after_new_keys(world, focal_point, writer):
    made = accounts.invite_person(
        world.context_of(focal_point),
        name="New",
        email="new@example.org",
        role=Role.CONTRIBUTOR,
        organ="",
        replaces=False,
    )
    let_go(world.context_of(focal_point), writer.person_id)

    joined = world.activate(
        f"/activate/{made.id}?token={made.token}", made.code, name="New", email=made.email
    )

    assert world.sign_in(joined)


def test_page_says_before_how_many_invitations_become_void(world):
    head = world.person(Role.HEAD)
    second = world.person(Role.HEAD, number=2)
    accounts.prepare_state_invitations(world.context_of(second), ["AF03"], ends_on=world.now.date())
    accounts.invite_person(
        world.context_of(second),
        name="N",
        email="n@example.org",
        role=Role.OFFICER,
        organ="",
        replaces=False,
    )

    leaving = leaving_of(world.context_of(head), second.person_id)

    assert (leaving.invitations, leaving.letters) == (2, 1)
    assert leaving.makes_keys


def test_head_lets_an_administrator_go_without_keys(world):
    administrator = world.person(Role.ADMINISTRATOR)
    ctx = world.context_of(world.person(Role.HEAD))

    assert let_go(ctx, administrator.person_id) is True
    assert not world.session.get(PersonRow, administrator.person_id).are_new_keys_due


def test_successor_gets_the_leavers_role_in_one_act(world, focal_point, writer):
    ctx = world.context_of(focal_point)

    made = replace_person(
        ctx, writer.person_id, name="Next", email="next@example.org", role=Role.CONTRIBUTOR
    )

    row = world.session.get(PersonInvitationRow, made.id)
    assert row.role == Role.CONTRIBUTOR
    assert world.session.get(PersonRow, writer.person_id).status == "disabled"
    joined = world.activate(
        f"/activate/{made.id}?token={made.token}", made.code, name="Next", email=made.email
    )
    assert joined.role is Role.CONTRIBUTOR


def test_successor_gets_no_other_role(world, focal_point, writer):
    with pytest.raises(NotAllowed):
        replace_person(
            world.context_of(focal_point),
            writer.person_id,
            name="Next",
            email="next@example.org",
            role=Role.FOCAL_POINT,
        )


def test_signatory_replaces_nobody(world, writer):
    signatory = world.context_of(world.person(Role.SIGNATORY, "AF01"))

    with pytest.raises(NotAllowed):
        replace_person(
            signatory, writer.person_id, name="N", email="n@example.org", role=Role.CONTRIBUTOR
        )
    with pytest.raises(NotAllowed):
        invite_anew(signatory, writer.person_id)


def test_person_of_another_state_is_not_found(world, writer):
    other = world.context_of(world.person(Role.FOCAL_POINT, "AF02"))

    with pytest.raises(NotFound):
        replace_person(
            other, writer.person_id, name="N", email="n@example.org", role=Role.CONTRIBUTOR
        )
    with pytest.raises(NotFound):
        invite_anew(other, writer.person_id)


def test_colleague_who_lost_her_password_comes_back_and_reads_on(world, focal_point, writer):
    bundle_id, sealed, place = draft_of(world.context_of(writer))
    world.commit()

    made = invite_anew(world.context_of(focal_point), writer.person_id)
    back = world.activate(
        f"/activate/{made.id}?token={made.token}", made.code, name="", email=made.email
    )

    assert made.email == writer.email
    assert back.role is Role.CONTRIBUTOR
    opened = circles.open_bundle(world.context_of(back), bundle_id)
    assert opened.open(sealed, **place) == b"words"


def test_focal_point_who_signed_too_comes_back_as_focal_point(world, focal_point):
    second = world.person(Role.FOCAL_POINT, "AF01", number=2)
    accounts.become_signatory(world.context_of(second))

    made = invite_anew(world.context_of(focal_point), second.person_id)

    assert world.session.get(PersonInvitationRow, made.id).role == Role.FOCAL_POINT


def test_nobody_invites_herself_anew(world, focal_point):
    with pytest.raises(NotAllowed):
        invite_anew(world.context_of(focal_point), focal_point.person_id)


@pytest.mark.parametrize(
    ("keeper", "circle"), [(Role.COURT_READER, "court"), (Role.CO_FACILITATOR, "co_facilitators")]
)
def test_court_and_co_facilitators_let_their_own_go(world, keeper, circle):
    colleague = world.person(keeper, number=2)

    assert let_go(world.context_of(world.person(keeper)), colleague.person_id)

    assert colleague.person_id not in members_of(world.session, circle)


def test_head_lets_an_officer_go_and_the_secretariat_gets_new_keys(world):
    officer = world.person(Role.OFFICER)
    ctx = world.context_of(world.person(Role.HEAD))
    before = circles.circle_versions(ctx, (SECRETARIAT,))[0].version

    let_go(ctx, officer.person_id)

    assert circles.circle_versions(ctx, (SECRETARIAT,))[0].version == before + 1


def test_successor_comes_first_where_the_leaver_is_the_last_second_person(world):
    head, officer = world.person(Role.HEAD), world.person(Role.OFFICER)
    circles.end_founding(world.context_of(head))
    ctx = world.context_of(head)

    assert is_last_second(ctx, officer.person_id)
    with pytest.raises(NobodyToConfirmError):
        invite_anew(ctx, officer.person_id)
    with pytest.raises(NobodyToConfirmError):
        replace_person(ctx, officer.person_id, name="N", email="n@example.org", role=Role.OFFICER)


def test_with_another_second_person_the_invitation_waits_for_her(world):
    head, officer = world.person(Role.HEAD), world.person(Role.OFFICER)
    world.person(Role.OFFICER, number=2)
    circles.end_founding(world.context_of(head))

    made = invite_anew(world.context_of(head), officer.person_id)

    assert made.is_waiting


def test_page_says_that_the_leavers_recovery_sheet_becomes_void(world, focal_point):
    second = world.person(Role.FOCAL_POINT, "AF01", number=2)
    make_sheet(world.context_of(second))
    ctx = world.context_of(focal_point)

    leaving = leaving_of(ctx, second.person_id)
    let_go(ctx, second.person_id)

    assert leaving.voids_sheet
    assert sheets_of(ctx) == []
