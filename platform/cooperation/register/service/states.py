"""Who is a party, and what the Secretariat's pages say of each State."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.core.db import Session
from cooperation.core.errors import NotFound
from cooperation.register import queries
from cooperation.register.rules import (
    Address,
    MembershipEvent,
    StateParty,
    parties_among,
    pending_events,
)
from cooperation.register.service.addresses import addresses, addresses_of_record


@dataclass(frozen=True)
class StateLine:
    """One State in the list: its standing announcements and how a note reaches it."""

    state: StateParty
    pending: list[MembershipEvent]
    record: Address | None


@dataclass(frozen=True)
class StateProfile:
    """All that the register holds of one State; `pending` are the warnings among `events`."""

    state: StateParty
    is_party: bool
    events: list[MembershipEvent]
    pending: list[MembershipEvent]
    addresses: list[Address]


def parties_on(session: Session, day: date) -> list[StateParty]:
    """Return the States Parties on `day`, by English name."""
    return parties_among(queries.all_states(session), day)


def states(session: Session) -> dict[str, StateParty]:
    """Return every State of the register, former parties too, by code."""
    return {state.code: state for state in queries.all_states(session)}


def state(session: Session, code: str) -> StateParty:
    """Return one State of the register; raises `NotFound`."""
    found = queries.state_by_code(session, code)
    if found is None:
        raise NotFound
    return found


def list_parties(ctx: RequestContext, day: date) -> list[StateLine]:
    """Return the lines of the list of States Parties on `day`."""
    require(ctx.actor, Permission.READ_REGISTER)
    events: dict[str, list[MembershipEvent]] = defaultdict(list)
    for event in queries.all_events(ctx.session):
        events[event.state_code].append(event)
    records = addresses_of_record(ctx.session, ctx.root)
    return [
        StateLine(party, pending_events(events[party.code], day), records.get(party.code))
        for party in parties_on(ctx.session, day)
    ]


def profile(ctx: RequestContext, code: str) -> StateProfile:
    """Return the page of one State; raises `NotFound`."""
    require(ctx.actor, Permission.READ_REGISTER)
    found = state(ctx.session, code)
    today = ctx.now.date()
    events = queries.events_of(ctx.session, code)
    return StateProfile(
        state=found,
        is_party=found.is_party_on(today),
        events=events,
        pending=pending_events(events, today),
        addresses=addresses(ctx.session, ctx.root, code),
    )
