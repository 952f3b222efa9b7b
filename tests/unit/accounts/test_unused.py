"""Accounts unused for fifteen months, and the yearly review of who has access."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.access_reviews import ListChangedError, ReviewedError
from cooperation.accounts.joining.service.cases import SecondPersonError
from cooperation.accounts.joining.service.confirming import (
    ColleagueFirstError,
    NotBlockedError,
    confirm_person,
    confirm_proposed,
    propose_confirmation,
)
from cooperation.accounts.joining.service.leaving import let_go
from cooperation.accounts.models import AccessReviewRow, PersonRow
from cooperation.accounts.people.service.unused import AccountBlocked
from cooperation.accounts.rules import blocked_from
from cooperation.accounts.signin.service.sign_in import SignInRefused
from cooperation.audit.models import LogEntry
from cooperation.core.errors import Invalid, NotAllowed, NotFound, StepUpNeeded

LONG = timedelta(days=460)
NOTE = "Note verbale 12/2028 of 3 March"


def leave_unused(world, *people):
    """Date the last use of these accounts back by more than fifteen months."""
    world.sign_everybody_out()
    for person in people:
        world.session.get(PersonRow, person.person_id).last_sign_in_at = world.now - LONG
    world.commit()


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def writer(world):
    return world.person(Role.CONTRIBUTOR, "AF01")


def test_fifteen_months_end_on_the_same_day_of_the_month():
    start = datetime(2026, 11, 30, 9, tzinfo=UTC)

    assert blocked_from(start) == datetime(2028, 2, 29, 9, tzinfo=UTC)


def test_confirmation_counts_like_use():
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert blocked_from(start, start + LONG) > blocked_from(start)


def test_unused_account_is_refused_after_the_right_password(world, writer):
    leave_unused(world, writer)

    with pytest.raises(AccountBlocked):
        world.sign_in(writer)


def test_wrong_password_of_an_unused_account_says_nothing_of_it(world, writer):
    leave_unused(world, writer)

    with pytest.raises(SignInRefused):
        accounts.begin_sign_in(world.door(), email=writer.email, password="wrong and wrong")


def test_confirmed_by_the_focal_point_she_signs_in_as_before(world, focal_point, writer):
    leave_unused(world, writer)

    confirm_person(world.context_of(focal_point), writer.person_id)
    world.commit()

    assert world.sign_in(writer)
    logged = world.session.scalars(
        sa.select(LogEntry.action).where(LogEntry.action == "person.confirmed")
    )
    assert len(list(logged)) == 1


def test_confirming_asks_for_a_fresh_factor(world, focal_point, writer):
    leave_unused(world, writer)

    with pytest.raises(StepUpNeeded):
        confirm_person(world.context_of(focal_point, stepped_up=False), writer.person_id)


def test_used_account_needs_no_confirmation(world, focal_point, writer):
    with pytest.raises(NotBlockedError):
        confirm_person(world.context_of(focal_point), writer.person_id)


def test_signatory_confirms_nobody(world, writer):
    leave_unused(world, writer)

    with pytest.raises(NotAllowed):
        confirm_person(world.context_of(world.person(Role.SIGNATORY, "AF01")), writer.person_id)


def test_focal_point_of_another_state_finds_nobody_to_confirm(world, writer):
    leave_unused(world, writer)

    with pytest.raises(NotFound):
        confirm_person(world.context_of(world.person(Role.FOCAL_POINT, "AF02")), writer.person_id)


def test_two_of_the_secretariat_confirm_the_only_focal_point(world, focal_point):
    leave_unused(world, focal_point)
    head, officer = world.person(Role.HEAD), world.person(Role.OFFICER)

    propose_confirmation(world.context_of(officer), focal_point.person_id, note=NOTE)
    with pytest.raises(SecondPersonError):
        confirm_proposed(world.context_of(officer), focal_point.person_id)
    (waiting,) = accounts.waiting_bodies(world.context_of(head))
    confirm_proposed(world.context_of(head), focal_point.person_id)
    world.commit()

    assert waiting[0] == "AF01"
    assert accounts.waiting_bodies(world.context_of(head)) == []
    assert world.sign_in(focal_point)


def test_secretariat_does_not_confirm_who_has_a_colleague(world, focal_point, writer):
    leave_unused(world, writer)

    with pytest.raises(ColleagueFirstError):
        propose_confirmation(
            world.context_of(world.person(Role.OFFICER)), writer.person_id, note=NOTE
        )


def test_secretariat_confirms_only_against_a_note(world, focal_point):
    leave_unused(world, focal_point)

    with pytest.raises(Invalid):
        propose_confirmation(
            world.context_of(world.person(Role.OFFICER)), focal_point.person_id, note="  "
        )


def test_officer_alone_confirms_nobody(world, focal_point):
    leave_unused(world, focal_point)
    ctx = world.context_of(world.person(Role.OFFICER))

    with pytest.raises(NotFound):
        confirm_person(ctx, focal_point.person_id)
    with pytest.raises(NotFound):
        confirm_proposed(ctx, focal_point.person_id)


def test_focal_point_confirms_her_list_once_for_an_edition(world, focal_point, writer):
    ctx = world.context_of(focal_point)
    review = accounts.own_access_review(ctx, "2026")

    assert accounts.is_review_due(ctx, "2026")
    accounts.confirm_access(ctx, "2026", fingerprint=review.fingerprint)

    assert not accounts.is_review_due(ctx, "2026")
    assert accounts.is_review_due(ctx, "2027")
    done = accounts.own_access_review(ctx, "2026").done
    assert (done.confirmed_by, done.people) == (focal_point.person_id, len(review.people))
    with pytest.raises(ReviewedError):
        accounts.confirm_access(ctx, "2026", fingerprint=review.fingerprint)


def test_list_that_has_changed_must_be_read_again(world, focal_point, writer):
    ctx = world.context_of(focal_point)
    read = accounts.own_access_review(ctx, "2026").fingerprint
    let_go(ctx, writer.person_id)

    with pytest.raises(ListChangedError):
        accounts.confirm_access(ctx, "2026", fingerprint=read)


def test_contributor_neither_confirms_nor_is_asked(world, writer):
    ctx = world.context_of(writer)

    assert not accounts.is_review_due(ctx, "2026")
    with pytest.raises(NotAllowed):
        accounts.confirm_access(ctx, "2026", fingerprint="")


def test_secretariat_sees_which_lists_are_confirmed_and_a_state_does_not(world, focal_point):
    ctx = world.context_of(focal_point)
    accounts.confirm_access(
        ctx, "2026", fingerprint=accounts.own_access_review(ctx, "2026").fingerprint
    )

    found = accounts.access_reviews(world.context_of(world.person(Role.OFFICER)), "2026")

    assert set(found) == {"state/AF01"}
    with pytest.raises(NotAllowed):
        accounts.access_reviews(ctx, "2026")


def test_list_of_another_state_is_not_touched(world, focal_point):
    ctx = world.context_of(focal_point)
    accounts.confirm_access(
        ctx, "2026", fingerprint=accounts.own_access_review(ctx, "2026").fingerprint
    )

    other = world.context_of(world.person(Role.FOCAL_POINT, "AF02"))

    assert accounts.is_review_due(other, "2026")
    assert [row.circle for row in world.session.scalars(sa.select(AccessReviewRow))] == [
        "state/AF01"
    ]
