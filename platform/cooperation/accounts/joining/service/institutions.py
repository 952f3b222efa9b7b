"""Institutions and States as the Secretariat sees them: who has access, and what if nobody has.

Where all people of a State, the Court or the co-facilitators lost access, two people of the
Secretariat, one of them a head, close its accounts against a note; after that it is invited as the
first time, and gets back what others still hold (vault.md, Sign-in and sessions).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import (
    INSTITUTIONS,
    Institution,
    Role,
    circle_of_institution,
    institution_of_circle,
)
from cooperation.accounts import queries
from cooperation.accounts.joining.service.cases import (
    Case,
    CaseKind,
    confirm_case,
    open_case_of,
    open_cases,
    propose_case,
    withdraw_case,
)
from cooperation.accounts.joining.service.closing import close_account
from cooperation.accounts.models import MemberCaseRow, PersonRow
from cooperation.accounts.people.service.people import people_of
from cooperation.accounts.people.service.unused import has_colleague, is_unused
from cooperation.accounts.rules import BODIES, Person, PersonStatus, body_of_circle, circle_of_body
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import (
    SECRETARIAT,
    Returns,
    state_of_circle,
)
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.register import service as register


class NobodyToCloseError(Conflict):
    """The institution has no accounts, or they were closed already."""

    sentence = _("There are no accounts to close here.")


class NothingToReturnError(Conflict):
    """A colleague has given everything back meanwhile."""

    sentence = _("Everything that you can open was given back already.")


@dataclass(frozen=True)
class AccessCount:
    """How many people of a circle have an active account, and the last sign-in of any of them."""

    people: int
    last_sign_in_at: datetime | None


@dataclass(frozen=True)
class BlockedPerson:
    """Somebody without a colleague, whom two people of the Secretariat may confirm."""

    person: Person
    case: Case | None


@dataclass(frozen=True)
class InstitutionPage:
    """What the Secretariat's page of an institution or State shows.

    `case` is the proposal that waits for its second person; `is_closed` says that all accounts were
    closed and a new first person can be invited.
    """

    body: str
    circle: str
    name: Text | str
    is_state: bool
    people: tuple[Person, ...]
    blocked: tuple[BlockedPerson, ...]
    case: Case | None
    is_closed: bool
    can_close: bool
    may_give_back: bool
    returns: Returns

    @property
    def inviters(self) -> tuple[str, ...]:
        """Names of those who could invite the others anew, if they can sign in."""
        return tuple(person.name for person in self.people if person.may_invite)

    @property
    def founding_role(self) -> Role | None:
        """The role of the first new person."""
        return INSTITUTIONS[institution_of_circle(self.circle)].founder


@dataclass(frozen=True)
class ReturnPage:
    """What the actor can give back to an institution that was founded again."""

    body: str
    name: Text | str
    number: int


def institution(ctx: RequestContext, body: str) -> InstitutionPage:
    """Return the page's facts of an institution's word or a State's code; raises `NotFound`."""
    require(ctx.actor, Permission.REFOUND_CIRCLE)
    name, circle = _named(ctx, body)
    state = state_of_circle(circle)
    kind = institution_of_circle(circle)
    found = people_of(ctx.session, ctx.root, institution=kind, state=state)
    exists = circles.circle_exists(ctx.session, circle)
    return InstitutionPage(
        body=body,
        circle=circle,
        name=name,
        is_state=state is not None,
        people=tuple(person for person in found if person.is_active),
        blocked=_blocked(ctx, found),
        case=open_case_of(ctx.session, ctx.root, CaseKind.REFOUNDING, circle),
        is_closed=not exists and bool(found),
        can_close=exists and circle != SECRETARIAT,
        may_give_back=exists and circle != SECRETARIAT and circles.returnable(ctx, circle) > 0,
        returns=circles.what_returns(ctx, circle, if_dissolved=True),
    )


def body_of_person(ctx: RequestContext, person_id: str) -> str:
    """Return the word or code of a person's institution; raises `NotFound` where it has no page."""
    require(ctx.actor, Permission.REFOUND_CIRCLE)
    row = ctx.session.get(PersonRow, person_id)
    if row is None or row.institution == Institution.NONE:
        raise NotFound
    return body_of_circle(circle_of_institution(Institution(row.institution), row.state_code))


def access_counts(ctx: RequestContext) -> dict[str, AccessCount]:
    """Return by circle how many people have an account; names are not read."""
    require(ctx.actor, Permission.READ_ACCESS_REVIEWS)
    rows = ctx.session.execute(
        sa.select(
            PersonRow.institution,
            PersonRow.state_code,
            sa.func.count(),
            sa.func.max(PersonRow.last_sign_in_at),
        )
        .where(PersonRow.status == PersonStatus.ACTIVE)
        .group_by(PersonRow.institution, PersonRow.state_code)
    )
    return {
        circle_of_institution(Institution(kind), state): AccessCount(number, last)
        for kind, state, number, last in rows
    }


def waiting_bodies(ctx: RequestContext) -> list[tuple[str, Text | str]]:
    """Return word and name of the institutions where another person's proposal waits for hers."""
    require(ctx.actor, Permission.READ_ACCESS_REVIEWS)
    own = ctx.actor.person_id
    concerned = {
        _circle_of_case(ctx.session, case)
        for case in open_cases(ctx.session, ctx.root)
        if case.proposed_by != own
    }
    return [_word_and_name(ctx, circle) for circle in sorted(concerned)]


def propose_refounding(ctx: RequestContext, body: str, *, note: str) -> None:
    """Propose, as the first of two, that all accounts of an institution are closed.

    Raises `NotFound`, `NobodyToCloseError`, `Invalid` without a note, `Conflict` where a proposal
    is open.
    """
    circle = _to_close(ctx, body)
    case_id = propose_case(ctx, CaseKind.REFOUNDING, circle, note)
    circles.propose_dissolution(ctx, circle)
    _record(ctx, "refounding.noted", case_id, circle)


def confirm_refounding(ctx: RequestContext, body: str) -> None:
    """Close all accounts of an institution as the second person; one of the two is a head.

    Raises `SecondPersonError`, `NotFound` without a proposal, and what circles raise where people
    have joined since or the proposal is too old.
    """
    circle = _to_close(ctx, body)
    confirm_case(ctx, CaseKind.REFOUNDING, circle)
    for row in _rows_of(ctx.session, circle):
        if row.status == PersonStatus.ACTIVE:
            close_account(ctx, row, are_new_keys_due=False)
        row.are_new_keys_due = False
    reach("refounding.closed")
    circles.confirm_dissolution(ctx, circle)
    reach("refounding.dissolved")


def withdraw_refounding(ctx: RequestContext, body: str) -> None:
    """Take back the proposal to close an institution's accounts; either of the two may."""
    require(ctx.actor, Permission.REFOUND_CIRCLE)
    _name, circle = _named(ctx, body)
    withdraw_case(ctx, CaseKind.REFOUNDING, circle)


def closed_bodies(ctx: RequestContext) -> list[tuple[str, Text | str]]:
    """Return word and name of the closed institutions that nobody has been invited to since."""
    require(ctx.actor, Permission.REFOUND_CIRCLE)
    return [
        _word_and_name(ctx, circle)
        for circle in _refounded(ctx.session)
        if not circles.circle_exists(ctx.session, circle)
        and not queries.open_invitations(
            ctx.session,
            now=ctx.now,
            institution=institution_of_circle(circle),
            state_code=state_of_circle(circle),
        )
    ]


def returnable(ctx: RequestContext) -> list[tuple[str, Text | str]]:
    """Return word and name of the re-founded institutions to which the actor can give back."""
    require(ctx.actor, Permission.RETURN_ANSWERS)
    return [
        _word_and_name(ctx, circle)
        for circle in _refounded(ctx.session)
        if circles.circle_exists(ctx.session, circle) and circles.returnable(ctx, circle)
    ]


def _refounded(session: Session) -> Sequence[str]:
    return session.scalars(
        sa.select(MemberCaseRow.subject)
        .where(MemberCaseRow.kind == CaseKind.REFOUNDING, MemberCaseRow.confirmed_at.is_not(None))
        .distinct()
    ).all()


def return_page(ctx: RequestContext, body: str) -> ReturnPage:
    """Return what the actor can give back to a re-founded institution; raises `NotFound`."""
    require(ctx.actor, Permission.RETURN_ANSWERS)
    name, circle = _named(ctx, body)
    if not circles.circle_exists(ctx.session, circle):
        raise NotFound
    return ReturnPage(body, name, circles.returnable(ctx, circle))


def return_answers(ctx: RequestContext, body: str) -> int:
    """Give a re-founded institution the bundles that the actor can open; return their number.

    Raises `NothingToReturnError`.
    """
    require(ctx.actor, Permission.RETURN_ANSWERS)
    require_step_up(ctx.actor, Permission.RETURN_ANSWERS, ctx.now)
    _name, circle = _named(ctx, body)
    circles.take_turn(ctx.session)
    if not circles.returnable(ctx, circle):
        raise NothingToReturnError
    return circles.regrant(ctx, circle)


def _to_close(ctx: RequestContext, body: str) -> str:
    require(ctx.actor, Permission.REFOUND_CIRCLE)
    require_step_up(ctx.actor, Permission.REFOUND_CIRCLE, ctx.now)
    _name, circle = _named(ctx, body)
    if circle == SECRETARIAT or not circles.circle_exists(ctx.session, circle):
        raise NobodyToCloseError
    return circle


def _named(ctx: RequestContext, body: str) -> tuple[Text | str, str]:
    """Return name and circle of an institution's word or a State's code; raises `NotFound`."""
    name = BODIES.get(body) or register.state(ctx.session, body).name
    return name, circle_of_body(body)


def _word_and_name(ctx: RequestContext, circle: str) -> tuple[str, Text | str]:
    body = body_of_circle(circle)
    return body, _named(ctx, body)[0]


def _circle_of_case(session: Session, case: Case) -> str:
    row = session.get(PersonRow, case.subject) if case.kind is CaseKind.CONFIRMATION else None
    if row is None:
        return case.subject
    return circle_of_institution(Institution(row.institution), row.state_code)


def _blocked(ctx: RequestContext, people: Sequence[Person]) -> tuple[BlockedPerson, ...]:
    found = []
    for person in people:
        row = ctx.session.get(PersonRow, person.id)
        if row is None or not is_unused(row, ctx.now) or has_colleague(ctx.session, row, ctx.now):
            continue
        case = open_case_of(ctx.session, ctx.root, CaseKind.CONFIRMATION, person.id)
        found.append(BlockedPerson(person, case))
    return tuple(found)


def _rows_of(session: Session, circle: str) -> Sequence[PersonRow]:
    return queries.people(
        session, institution=institution_of_circle(circle), state_code=state_of_circle(circle)
    )


def _record(ctx: RequestContext, action: str, subject: str, circle: str) -> None:
    state = state_of_circle(circle)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        subject=subject,
        states=(state,) if state else (),
    )
