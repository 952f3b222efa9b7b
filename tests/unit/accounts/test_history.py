"""The history of an account and its sessions: for its person, and for whoever may disable it."""

from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import is_refusal_logged
from cooperation.accounts.signin.service.history import history_of, own_history
from cooperation.accounts.signin.service.refusals import record_refusal
from cooperation.accounts.signin.service.sessions import sessions_of
from cooperation.accounts.signin.service.sign_in import SignInRefused
from cooperation.accounts.signin.service.supervision import (
    end_sessions_but,
    end_sessions_of,
    sessions_of_person,
)
from cooperation.audit import service as audit
from cooperation.core.errors import NotAllowed, NotFound, StepUpNeeded
from cooperation.core.requests import browser_kind, request_id

MINUTE = timedelta(minutes=1)


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def by_firefox():
    """A request by Firefox."""
    tokens = request_id.set("request-1"), browser_kind.set("Firefox, Windows")
    yield
    request_id.reset(tokens[0])
    browser_kind.reset(tokens[1])


def refuse(world, person):
    with pytest.raises(SignInRefused):
        accounts.begin_sign_in(world.door(), email=person.email, password="a wrong passphrase")


def actions(history):
    return [str(event.action) for event in history.events]


def test_a_person_sees_sign_ins_and_refused_tries_with_the_browser(world, focal_point, by_firefox):
    refuse(world, focal_point)

    (first, *_rest) = own_history(world.context_of(focal_point)).events

    assert str(first.action) == "Sign-in refused"
    assert first.browser == "Firefox, Windows"
    assert str(first.who) == "Not known: nobody was signed in"
    assert first.is_warning


def test_nobody_elses_events_are_among_them(world, focal_point):
    before = actions(own_history(world.context_of(focal_point)))

    for _ in range(2):
        world.sign_in(world.person(Role.CONTRIBUTOR, "AF01"))

    assert actions(own_history(world.context_of(focal_point))) == before


def test_what_was_written_or_read_is_not_in_the_history(world, focal_point):
    ctx = world.context_of(focal_point)
    audit.record(ctx.session, actor=ctx.actor, action="answer.saved", at=ctx.now, states=("AF01",))
    audit.record(ctx.session, actor=ctx.actor, action="published.read", at=ctx.now)

    shown = actions(own_history(ctx))

    assert not {"Answer saved", "Published answers read"} & set(shown)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FOCAL_POINT])
def test_whoever_may_disable_a_person_sees_her_events(world, role):
    contributor = world.person(Role.CONTRIBUTOR, "AF01")
    world.sign_in(contributor)
    state = "AF01" if role is Role.FOCAL_POINT else None
    ctx = world.context_of(world.person(role, state))

    person, history = history_of(ctx, contributor.person_id)

    assert person.id == contributor.person_id
    assert "Signed in" in actions(history)


def test_another_states_focal_point_finds_nothing(world, focal_point):
    ctx = world.context_of(world.person(Role.FOCAL_POINT, "AF02"))

    with pytest.raises(NotFound):
        history_of(ctx, focal_point.person_id)
    with pytest.raises(NotFound):
        sessions_of_person(ctx, focal_point.person_id)
    with pytest.raises(NotFound):
        end_sessions_of(ctx, focal_point.person_id)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
def test_officer_and_auditor_see_no_history(world, focal_point, role):
    with pytest.raises(NotAllowed):
        history_of(world.context_of(world.person(role)), focal_point.person_id)


def test_many_refusals_are_counted_and_told_without_filling_the_log(world, focal_point):
    world.commit()
    for person_id in (focal_point.person_id, None):
        for _try in range(85):
            record_refusal(world.door(), person_id)

    entries = audit.entries_for(world.session, action="session.refused")
    for subject in (focal_point.person_id, None):
        told = [entry.version for entry in entries if entry.subject == subject]
        assert told == [None] * 10 + [20, 40, 80]
    (newest, *_rest) = own_history(world.context_of(focal_point)).events
    assert str(newest.action) == "Sign-in refused, 80 times within a day"
    assert newest.is_warning


def test_refusals_of_another_day_are_told_anew(world, focal_point):
    world.commit()
    for _try in range(12):
        record_refusal(world.door(), focal_point.person_id)
    world.clock.move(timedelta(days=1))

    record_refusal(world.door(), focal_point.person_id)

    assert len(audit.entries_for(world.session, action="session.refused")) == 11


def test_a_day_of_strangers_at_the_limit_is_some_entries():
    at_the_limit = 288_000

    assert sum(map(is_refusal_logged, range(1, at_the_limit + 1))) == 24


def test_history_goes_on_over_pages(world, focal_point):
    for _ in range(55):
        audit.record(
            world.session,
            actor=None,
            action="session.refused",
            at=world.now,
            subject=focal_point.person_id,
        )
    ctx = world.context_of(focal_point)

    first = own_history(ctx)
    second = own_history(ctx, before=first.older)

    assert len(first.events) == 50
    assert first.older == first.events[-1].number
    assert second.events[0].number < first.older
    assert second.older is None


def test_an_administrator_ends_the_sessions_of_a_person(world, focal_point):
    cookie = world.sign_in(focal_point)
    ctx = world.context_of(world.person(Role.ADMINISTRATOR))
    assert len(sessions_of_person(ctx, focal_point.person_id)) == 1

    end_sessions_of(ctx, focal_point.person_id)
    world.commit()

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
    (event, *_rest) = own_history(world.context_of(focal_point)).events
    assert (str(event.action), str(event.who)) == ("All sessions ended", "Administrator")


def test_ending_somebodys_sessions_needs_a_fresh_second_factor(world, focal_point):
    ctx = world.context_of(world.person(Role.ADMINISTRATOR), stepped_up=False)

    with pytest.raises(StepUpNeeded):
        end_sessions_of(ctx, focal_point.person_id)


def test_all_other_sessions_end_and_this_one_stays(world, focal_point):
    cookies = [world.sign_in(focal_point) for _ in range(3)]
    here = accounts.reader_for_session(world.door(), cookie=cookies[-1]).session_id

    ended = end_sessions_but(world.context_of(focal_point), here)
    world.commit()

    assert ended == 2
    assert accounts.reader_for_session(world.door(), cookie=cookies[-1]).session_id == here
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookies[0])


def test_a_session_left_alone_for_too_long_is_not_listed(world, focal_point):
    world.sign_in(focal_point)
    world.clock.move(timedelta(minutes=40))

    assert sessions_of(world.context_of(focal_point), "another") == []
