"""Somebody follows a leaver, or comes back after losing password or second factor.

Both are one act: the old account is disabled, the circle gets new keys, and an invitation for the
same role goes out. There is no reset (vault.md, Sign-in and sessions).
"""

from cooperation.access.context import RequestContext
from cooperation.access.rules import Role, circle_of_institution, seconds_of
from cooperation.accounts import queries
from cooperation.accounts.joining.service.inviting import (
    MadeInvitation,
    invitable_roles,
    invite_person,
)
from cooperation.accounts.joining.service.leaving import let_go
from cooperation.accounts.people.service.people import find_person
from cooperation.accounts.people.service.unused import is_unused
from cooperation.accounts.rules import successor_roles
from cooperation.circles import service as circles
from cooperation.core.errors import Conflict, NotAllowed
from cooperation.core.failpoints import reach
from cooperation.core.text import _


class NobodyToConfirmError(Conflict):
    """Without the leaver nobody is left who could confirm the new person."""

    sentence = _(
        "Nobody would be left to confirm the new person. Invite the successor first, under "
        "Colleagues; when the new account is active, disable this one."
    )


def is_last_second(ctx: RequestContext, person_id: str) -> bool:
    """Tell whether new people of her institution need a second person, and she is the last one.

    Then a successor comes before the leaver goes (reliability 1.5).
    """
    person = find_person(ctx, person_id)
    circle = circle_of_institution(person.institution, person.state_code)
    if not circles.needs_second(ctx.session, circle):
        return False
    seconds = seconds_of(person.institution, founds=False)
    return not any(
        each.id not in {ctx.actor.person_id, person_id}
        and not is_unused(each, ctx.now)
        and circles.roles_of(ctx.session, each.id) & seconds
        for each in queries.people(ctx.session, only_active=True)
    )


def roles_to_follow(ctx: RequestContext, person_id: str) -> tuple[Role, ...]:
    """Return the roles of this person for which the actor may invite; raises `NotFound`."""
    person = find_person(ctx, person_id)
    if not person.is_active or person.id == ctx.actor.person_id:
        return ()
    allowed = invitable_roles(ctx)
    return tuple(role for role in successor_roles(person.roles) if role in allowed)


def replace_person(
    ctx: RequestContext, person_id: str, *, name: str, email: str, role: Role
) -> MadeInvitation:
    """Disable a leaver and invite her successor for one of her roles.

    Raises `NotAllowed` for another role, and what disabling and inviting raise.
    """
    person = find_person(ctx, person_id)
    if role not in roles_to_follow(ctx, person_id):
        raise NotAllowed
    _require_second(ctx, person_id)
    let_go(ctx, person_id)
    reach("replacing.disabled")
    return invite_person(
        ctx, name=name, email=email, role=role, organ=person.organ or "", replaces=False
    )


def invite_anew(ctx: RequestContext, person_id: str) -> MadeInvitation:
    """Disable the account of a colleague who lost access, and invite her again for her role.

    Raises `NotAllowed` where the actor may not invite for it, and what disabling raises.
    """
    person = find_person(ctx, person_id)
    roles = roles_to_follow(ctx, person_id)
    if not roles:
        raise NotAllowed
    _require_second(ctx, person_id)
    let_go(ctx, person_id)
    reach("inviting_anew.disabled")
    return invite_person(
        ctx,
        name=person.name,
        email=person.email,
        role=roles[0],
        organ=person.organ or "",
        replaces=False,
    )


def _require_second(ctx: RequestContext, person_id: str) -> None:
    if is_last_second(ctx, person_id):
        raise NobodyToConfirmError
