"""Changing the role of a colleague of the Secretariat, of an administrator or auditor.

A head signs the change; after the founding another head or an officer confirms it.
"""

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts.joining.service.grants import CHANGING_ROLE, is_founding_over
from cooperation.accounts.joining.service.mails import tell_of_signatory
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.notices import tell_role_granted
from cooperation.accounts.people.service.people import (
    LastHeadError,
    find_person,
    has_other_head,
    target_of,
)
from cooperation.accounts.rules import Person
from cooperation.accounts.signin.service.sessions import delete_sessions
from cooperation.circles import service as circles
from cooperation.core.errors import Conflict, Invalid, NotFound
from cooperation.core.text import _
from cooperation.two_persons import service as two_persons


def may_change_role(ctx: RequestContext, person: Person) -> bool:
    """Tell whether the actor may give this person another role."""
    may_change = is_allowed(ctx.actor, Permission.CHANGE_ROLE, target_of(person))
    return may_change and person.is_active and bool(person.roles)


def person_to_change(ctx: RequestContext, person_id: str) -> tuple[Person, tuple[Role, ...]]:
    """Return a person whose role a head may change, and the roles to choose; raises `NotFound`."""
    require(ctx.actor, Permission.CHANGE_ROLE)
    person = find_person(ctx, person_id)
    if not may_change_role(ctx, person):
        raise NotFound
    choices = tuple(
        role
        for role in Role
        if role.body is person.institution and (role not in person.roles or person.are_roles_held)
    )
    return person, choices


def change_role(ctx: RequestContext, person_id: str, *, role: Role) -> bool:
    """Give a person another role; tell whether it waits for a second person.

    Raises `Invalid` (field "role"), `LastHeadError`.
    """
    require_step_up(ctx.actor, Permission.CHANGE_ROLE, ctx.now)
    person, choices = person_to_change(ctx, person_id)
    if role not in choices:
        raise Invalid(errors=(("role", _("Choose a role from the list.")),))
    if Role.HEAD in person.roles and not has_other_head(ctx, person_id):
        raise LastHeadError
    is_waiting = is_founding_over(ctx)
    statement = circles.set_roles(ctx, person_id=person_id, roles=frozenset({role}))
    if not is_waiting:
        delete_sessions(ctx.session, person_id)
        ctx.session.get_one(PersonRow, person_id).are_roles_held = False
        tell_role_granted(ctx.session, ctx.root, ctx.settings, person_id=person_id, now=ctx.now)
        return False
    two_persons.propose(
        ctx,
        CHANGING_ROLE,
        institution=person.institution,
        subject=person_id,
        shown_hash=statement,
        roles=(role,),
    )
    return True


def become_signatory(ctx: RequestContext) -> None:
    """Give the acting focal point the role of signatory too; State and Secretariat are told."""
    actor = ctx.actor
    require(actor, Permission.GRANT_ROLE)
    require_step_up(actor, Permission.GRANT_ROLE, ctx.now)
    if actor.has(Role.SIGNATORY):
        raise Conflict(_("You are a signatory already."))
    circles.set_roles(ctx, person_id=actor.person_id, roles=actor.roles | {Role.SIGNATORY})
    tell_role_granted(ctx.session, ctx.root, ctx.settings, person_id=actor.person_id, now=ctx.now)
    if actor.state_code:
        tell_of_signatory(
            ctx.session,
            ctx.root,
            ctx.settings,
            state_code=actor.state_code,
            person_id=actor.person_id,
            now=ctx.now,
        )
