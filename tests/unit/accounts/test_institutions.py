"""All people of an institution lost access: two people close it, it is founded again, gets back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.cases import SecondPersonError
from cooperation.accounts.joining.service.institutions import (
    NobodyToCloseError,
    NothingToReturnError,
    confirm_refounding,
    institution,
    propose_refounding,
    return_answers,
    withdraw_refounding,
)
from cooperation.accounts.joining.service.recovery_sheets import (
    make_sheet,
    sheets_of,
    use_sheet,
    void_sheet,
)
from cooperation.accounts.models import PersonRow
from cooperation.accounts.signin.service.sign_in import SignInRefused
from cooperation.audit.models import LogEntry
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind, state_circle
from cooperation.core.errors import Invalid, NotAllowed, NotFound, StepUpNeeded
from cooperation.vault.errors import CannotOpen

OWN = state_circle("AF01")
NOTE = "Note verbale 4/2026 of 2 October"
PLACE = {"kind": "answer", "code": "A-01", "version": 1, "field": "answer"}
KINDS = (BundleKind.DRAFT, BundleKind.SUBMITTED_STATES, BundleKind.SUBMITTED_COURT)


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def filed(world, focal_point):
    """One sealed record in a draft, for the Secretariat, and for the Court alone."""
    ctx = world.context_of(focal_point)
    found = {}
    for kind in KINDS:
        bundle = circles.create_bundle(ctx, kind=kind, edition="2026", state="AF01")
        found[kind] = (bundle.id, bundle.seal(content=kind.encode(), **PLACE))
    world.commit()
    return found


def opens(world, person, filed, kind):
    bundle_id, sealed = filed[kind]
    try:
        bundle = circles.open_bundle(world.context_of(person), bundle_id)
    except CannotOpen:
        return False
    return bundle.open(sealed, **PLACE) == kind.encode()


def close(world, body="AF01"):
    propose_refounding(world.context_of(world.person(Role.OFFICER)), body, note=NOTE)
    confirm_refounding(world.context_of(world.person(Role.HEAD)), body)
    world.commit()


def found_again(world):
    """Invite AF01 in the ordinary way and activate the account."""
    head = world.context_of(world.person(Role.HEAD))
    ends_on = (world.now + timedelta(days=60)).date()
    (made,) = accounts.prepare_state_invitations(head, ["AF01"], ends_on=ends_on)
    accounts.confirm_printed(head, [made.invitation_id])
    return world.activate(made.link, made.code, name="New Hand", email="new.hand@example.org")


def test_two_people_close_the_accounts_and_nobody_signs_in(world, focal_point):
    cookie = world.sign_in(focal_point)

    close(world)

    assert not circles.circle_exists(world.session, OWN)
    statuses = world.session.scalars(
        sa.select(PersonRow.status).where(PersonRow.state_code == "AF01")
    )
    assert set(statuses) == {"disabled"}
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
    with pytest.raises(SignInRefused):
        world.sign_in(focal_point)


def test_no_keys_stay_due_after_it(world, focal_point):
    close(world)

    assert not any(world.session.scalars(sa.select(PersonRow.are_new_keys_due)))


def test_the_page_says_before_what_comes_back_and_what_is_lost(world, filed):
    found = institution(world.context_of(world.person(Role.OFFICER)), "AF01")

    returns = found.returns
    assert (returns.by_secretariat, returns.by_court) == (1, 1)
    assert (returns.lost, returns.corrections) == (0, 1)
    assert found.can_close
    assert not found.is_closed
    assert not found.may_give_back


def test_who_proposed_does_not_confirm(world, focal_point):
    ctx = world.context_of(world.person(Role.HEAD))
    propose_refounding(ctx, "AF01", note=NOTE)

    with pytest.raises(SecondPersonError):
        confirm_refounding(ctx, "AF01")

    assert circles.circle_exists(world.session, OWN)


def test_nothing_is_confirmed_that_nobody_proposed(world):
    with pytest.raises(NotFound):
        confirm_refounding(world.context_of(world.person(Role.HEAD)), "AF01")


def test_withdrawn_proposal_is_not_confirmed(world):
    officer = world.context_of(world.person(Role.OFFICER))
    propose_refounding(officer, "AF01", note=NOTE)
    withdraw_refounding(officer, "AF01")

    with pytest.raises(NotFound):
        confirm_refounding(world.context_of(world.person(Role.HEAD)), "AF01")


def test_proposal_needs_a_note_and_a_fresh_factor(world):
    officer = world.person(Role.OFFICER)

    with pytest.raises(Invalid):
        propose_refounding(world.context_of(officer), "AF01", note=" ")
    with pytest.raises(StepUpNeeded):
        propose_refounding(world.context_of(officer, stepped_up=False), "AF01", note=NOTE)


@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.COURT_READER, Role.CO_FACILITATOR]
)
def test_nobody_outside_the_secretariat_closes_a_state(world, role):
    with pytest.raises(NotAllowed):
        propose_refounding(world.context_of(world.person(role)), "AF01", note=NOTE)


def test_a_state_closes_no_other(world):
    other = world.context_of(world.person(Role.FOCAL_POINT, "AF02"))

    with pytest.raises(NotAllowed):
        propose_refounding(other, "AF01", note=NOTE)
    with pytest.raises(NotAllowed):
        institution(other, "AF01")


def test_the_secretariat_and_who_has_no_account_are_not_closed(world):
    officer = world.context_of(world.person(Role.OFFICER))

    for body in ("secretariat", "AF03"):
        with pytest.raises(NobodyToCloseError):
            propose_refounding(officer, body, note=NOTE)
    with pytest.raises(NotFound):
        propose_refounding(officer, "XX99", note=NOTE)


def test_state_founded_again_gets_back_what_was_filed_and_no_draft(world, filed):
    close(world)
    new = found_again(world)
    before = [kind for kind in KINDS if opens(world, new, filed, kind)]

    officer = world.context_of(world.person(Role.OFFICER))
    court = world.context_of(world.person(Role.COURT_READER))
    offered = accounts.returnable(officer), accounts.returnable(court)
    given = return_answers(officer, "AF01"), return_answers(court, "AF01")
    world.commit()

    assert before == []
    assert [[body for body, _name in each] for each in offered] == [["AF01"], ["AF01"]]
    assert given == (1, 1)
    after = [kind for kind in KINDS if opens(world, new, filed, kind)]
    assert after == [BundleKind.SUBMITTED_STATES, BundleKind.SUBMITTED_COURT]
    assert accounts.returnable(world.context_of(world.person(Role.HEAD))) == []


def test_giving_back_twice_is_said(world, filed):
    close(world)
    found_again(world)
    officer = world.context_of(world.person(Role.OFFICER))
    return_answers(officer, "AF01")

    with pytest.raises(NothingToReturnError):
        return_answers(officer, "AF01")


def test_co_facilitator_gives_nothing_back(world, filed):
    close(world)
    found_again(world)

    with pytest.raises(NotAllowed):
        return_answers(world.context_of(world.person(Role.CO_FACILITATOR)), "AF01")


def test_another_state_has_nothing_to_give_back(world, filed):
    other = world.person(Role.FOCAL_POINT, "AF02")
    close(world)
    found_again(world)

    assert accounts.returnable(world.context_of(other)) == []
    with pytest.raises(NothingToReturnError):
        return_answers(world.context_of(other), "AF01")


def test_old_focal_point_opens_nothing_that_is_written_afterwards(world, focal_point, filed):
    close(world)
    new = found_again(world)
    ctx = world.context_of(new)
    bundle = circles.create_bundle(ctx, kind=BundleKind.DRAFT, edition="2027", state="AF01")
    sealed = bundle.seal(content=b"draft", **PLACE)
    later = {BundleKind.DRAFT: (bundle.id, sealed)}
    world.commit()

    assert opens(world, new, later, BundleKind.DRAFT) is True
    assert opens(world, focal_point, later, BundleKind.DRAFT) is False


def test_the_court_is_founded_again_and_a_state_gives_back(world, focal_point, filed):
    close(world, "court")
    head = world.context_of(world.person(Role.HEAD))
    made = accounts.invite_person(
        head,
        name="New Reader",
        email="new.reader@example.org",
        role=Role.COURT_READER,
        organ="",
        replaces=False,
    )
    new = world.activate(
        f"/activate/{made.id}?token={made.token}", made.code, name="", email=made.email
    )

    ctx = world.context_of(focal_point)
    offered = accounts.returnable(ctx)
    return_answers(ctx, "court")
    world.commit()

    assert [body for body, _name in offered] == ["court"]
    assert opens(world, new, filed, BundleKind.SUBMITTED_COURT)
    assert not opens(world, new, filed, BundleKind.SUBMITTED_STATES)


def test_recovery_sheet_opens_the_lost_draft_again(world, focal_point, filed):
    made = make_sheet(world.context_of(focal_point))
    close(world)
    new = found_again(world)
    (sheet,) = sheets_of(world.context_of(new))

    assert sheet.is_needed
    use_sheet(world.context_of(new), made.code)
    world.commit()

    assert opens(world, new, filed, BundleKind.DRAFT)
    with pytest.raises(Invalid):
        use_sheet(world.context_of(new), "AAAA BBBB CCCC")


def test_recovery_sheet_is_for_those_who_invite(world, focal_point):
    for role in (Role.CONTRIBUTOR, Role.SIGNATORY):
        with pytest.raises(NotAllowed):
            make_sheet(world.context_of(world.person(role, "AF01")))
    make_sheet(world.context_of(focal_point))
    with pytest.raises(StepUpNeeded):
        make_sheet(world.context_of(focal_point, stepped_up=False))


def test_sheet_of_another_state_is_not_voided(world, focal_point):
    made = make_sheet(world.context_of(focal_point))
    other = world.context_of(world.person(Role.FOCAL_POINT, "AF02"))

    with pytest.raises(NotFound):
        void_sheet(other, made.id)
    void_sheet(world.context_of(focal_point), made.id)

    assert sheets_of(world.context_of(focal_point)) == []


def test_the_log_names_both_halves(world, focal_point):
    close(world)

    actions = list(world.session.scalars(sa.select(LogEntry.action)))
    assert {"refounding.noted", "dissolution.proposed", "dissolution.confirmed"} <= set(actions)
