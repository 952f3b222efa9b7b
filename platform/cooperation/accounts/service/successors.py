"""Somebody follows a leaver, or comes back after losing password or second factor.

Both are one act: the old account is disabled, the circle gets new keys, and an invitation for the
same role goes out. There is no reset (vault.md, Sign-in and sessions).
"""

from cooperation.access.context import RequestContext
from cooperation.access.rules import Role
from cooperation.accounts.rules import successor_roles
from cooperation.accounts.service.inviting import MadeInvitation, invitable_roles, invite_person
from cooperation.accounts.service.leaving import let_go
from cooperation.accounts.service.people import find_person
from cooperation.core.errors import NotAllowed
from cooperation.core.failpoints import reach


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
