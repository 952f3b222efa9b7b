"""A colleague leaves: her account is disabled at once, and her circle gets new keys.

Disabling needs no key, so an administrator may do it; the new keys are made by a colleague who
invites people, in the same act where she is the one who disables (vault.md, Removal). Until they
are made, "new keys due" stands on her colleagues' home pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, circle_of_institution
from cooperation.accounts import queries
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.people import find_person, people_of, target_of
from cooperation.accounts.rules import InvitationKind, Person
from cooperation.circles import service as circles
from cooperation.core.errors import NotAllowed
from cooperation.core.failpoints import reach


@dataclass(frozen=True)
class Leaving:
    """What letting a person go does, as the page says it before the act.

    `invitations` are the open ones that she made, `letters` those of them whose code is on paper;
    `makers` are the colleagues who make the new keys where the actor does not; `voids_sheet` says
    that she made the recovery sheet, and so has seen its letters.
    """

    person: Person
    invitations: int
    letters: int
    makes_keys: bool
    needs_keys: bool
    makers: tuple[str, ...]
    voids_sheet: bool


@dataclass(frozen=True)
class NewKeys:
    """New keys that are due: after whom, whether the actor may make them, and who may."""

    leavers: tuple[str, ...]
    may_make: bool
    makers: tuple[str, ...]


def leaving_of(ctx: RequestContext, person_id: str) -> Leaving:
    """Return what happens when the actor lets this person go; raises `NotFound`."""
    person = find_person(ctx, person_id)
    circle = circle_of_institution(person.institution, person.state_code)
    rows = queries.open_invitations(ctx.session, now=ctx.now, inviter_id=person.id)
    makes_keys = is_allowed(ctx.actor, Permission.RENEW_KEYS, target_of(person))
    return Leaving(
        person=person,
        invitations=len(rows),
        letters=sum(row.kind == InvitationKind.STATE for row in rows),
        makes_keys=makes_keys,
        needs_keys=bool(circle),
        makers=_makers(_people_of(ctx, person.institution, person.state_code), person.id),
        voids_sheet=makes_keys and _made_sheet(ctx, person.id),
    )


def let_go(ctx: RequestContext, person_id: str) -> bool:
    """Disable a person and, where the actor can, make the new keys; tell whether none are due.

    Raises what `disable_person` raises.
    """
    person = find_person(ctx, person_id)
    circle = circle_of_institution(person.institution, person.state_code)
    disable_person(ctx, person_id)
    reach("leaving.disabled")
    if not circle:
        return True
    if not is_allowed(ctx.actor, Permission.RENEW_KEYS, target_of(person)):
        return False
    _renew(ctx, circle)
    return True


def new_keys_due(ctx: RequestContext) -> NewKeys | None:
    """Return what is due in the actor's own circle, if anything."""
    require(ctx.actor, Permission.READ_COLLEAGUES)
    rows = queries.people(
        ctx.session, institution=ctx.actor.institution, state_code=ctx.actor.state_code
    )
    if not any(row.are_new_keys_due for row in rows):
        return None
    people = _people_of(ctx, ctx.actor.institution, ctx.actor.state_code)
    leavers = tuple(person.name for person in people if person.are_new_keys_due)
    may_make = is_allowed(ctx.actor, Permission.RENEW_KEYS)
    return NewKeys(leavers, may_make, _makers(people, ""))


def make_new_keys(ctx: RequestContext) -> None:
    """Make new keys for the actor's own circle: after a leaver, or where a key may be known."""
    require(ctx.actor, Permission.RENEW_KEYS)
    require_step_up(ctx.actor, Permission.RENEW_KEYS, ctx.now)
    _renew(ctx, ctx.actor.circle)


def _made_sheet(ctx: RequestContext, person_id: str) -> bool:
    return any(
        sheet.is_live and sheet.made_by == person_id for sheet in circles.recovery_sheets(ctx)
    )


def _renew(ctx: RequestContext, circle: str) -> None:
    """Remove everybody who was disabled from the circle, which gets a new version."""
    circles.take_turn(ctx.session)
    if not circles.roles_of(ctx.session, ctx.actor.person_id):
        raise NotAllowed  # a colleague has let the actor go meanwhile
    leavers = tuple(circles.members_awaiting_keys(ctx.session, circle))
    circles.renew_circle(ctx, circle, removing=leavers)
    reach("leaving.renewed")
    for person_id in leavers:
        row = ctx.session.get(PersonRow, person_id)
        if row is not None:
            row.are_new_keys_due = False
    ctx.session.flush()


def _people_of(
    ctx: RequestContext, institution: Institution, state_code: str | None
) -> Sequence[Person]:
    return people_of(ctx.session, ctx.root, institution=institution, state=state_code)


def _makers(people: Sequence[Person], leaver_id: str) -> tuple[str, ...]:
    return tuple(
        person.name
        for person in people
        if person.is_active and person.may_invite and person.id != leaver_id
    )
