"""People with an account: who they are and who sees them."""

from collections.abc import Sequence

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require
from cooperation.access.policy import Permission
from cooperation.access.predicates import Target
from cooperation.access.rules import Institution, Role
from cooperation.accounts import queries
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.wrapped import PEOPLE, unwrap_organ, unwrap_text
from cooperation.accounts.rules import Person, PersonStatus
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.text import _
from cooperation.vault.root import RootKeys


class LastHeadError(Conflict):
    """Nobody would be head any more."""

    sentence = _("The Secretariat needs a head: give this role to somebody else first.")


def people_of(
    session: Session, root: RootKeys, *, institution: Institution, state: str | None = None
) -> list[Person]:
    """Return the people of an institution (of one State, where it is given), disabled ones too."""
    rows = queries.people(session, institution=institution, state_code=state)
    return _as_people(session, root, rows)


def person_name(session: Session, root: RootKeys, person_id: str) -> str:
    """Return a person's name, also of a disabled one; raises `NotFound`."""
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound
    return unwrap_text(root, row.sealed_name, table=PEOPLE, row=row.id, kind="name")


def colleagues(ctx: RequestContext) -> list[Person]:
    """Return the people of the actor's own institution."""
    require(ctx.actor, Permission.READ_COLLEAGUES)
    return people_of(
        ctx.session, ctx.root, institution=ctx.actor.institution, state=ctx.actor.state_code
    )


def all_people(ctx: RequestContext) -> list[Person]:
    """Return everybody, for an administrator."""
    require(ctx.actor, Permission.READ_PEOPLE)
    return _as_people(ctx.session, ctx.root, queries.people(ctx.session))


def find_person(ctx: RequestContext, person_id: str) -> Person:
    """Return a person whom the actor may disable; raises `NotFound` for any other."""
    require(ctx.actor, Permission.DISABLE_PERSON)
    return _as_people(ctx.session, ctx.root, [person_within_reach(ctx, person_id)])[0]


def has_other_head(ctx: RequestContext, person_id: str) -> bool:
    """Tell whether somebody else with an active account is head of the Secretariat."""
    heads = queries.people(ctx.session, institution=Institution.SECRETARIAT, only_active=True)
    return any(
        row.id != person_id
        and not row.are_roles_held
        and Role.HEAD in circles.roles_of(ctx.session, row.id)
        for row in heads
    )


def are_new_keys_due(ctx: RequestContext) -> bool:
    """Tell whether somebody of the actor's institution was disabled and no keys renewed since."""
    require(ctx.actor, Permission.READ_COLLEAGUES)
    rows = queries.people(
        ctx.session, institution=ctx.actor.institution, state_code=ctx.actor.state_code
    )
    return any(row.are_new_keys_due for row in rows)


def person_within_reach(ctx: RequestContext, person_id: str) -> PersonRow:
    """Return the locked row of a person whom the actor may disable; raises `NotFound`."""
    row = ctx.session.scalar(
        sa.select(PersonRow).where(PersonRow.id == person_id).with_for_update()
    )
    if row is None:
        raise NotFound
    require(ctx.actor, Permission.DISABLE_PERSON, target_of(row))
    return row


def is_in_reach(ctx: RequestContext, row: PersonRow) -> bool:
    """Tell whether the actor may disable an account of this one's institution."""
    return is_allowed(ctx.actor, Permission.DISABLE_PERSON, target_of(row))


def target_of(account: PersonRow | Person) -> Target:
    """Return what the guard is told of an account."""
    return Target(account.state_code, Institution(account.institution))


def _as_people(session: Session, root: RootKeys, rows: Sequence[PersonRow]) -> list[Person]:
    return [
        Person(
            id=row.id,
            name=unwrap_text(root, row.sealed_name, table=PEOPLE, row=row.id, kind="name"),
            email=unwrap_text(root, row.sealed_email, table=PEOPLE, row=row.id, kind="email"),
            roles=circles.roles_of(session, row.id),
            status=PersonStatus(row.status),
            institution=Institution(row.institution),
            state_code=row.state_code,
            organ=unwrap_organ(root, row.sealed_organ, table=PEOPLE, row=row.id),
            activated_at=row.activated_at,
            last_sign_in_at=row.last_sign_in_at,
            confirmed_at=row.confirmed_at,
            are_new_keys_due=row.are_new_keys_due,
            are_roles_held=row.are_roles_held,
            language=row.language,
        )
        for row in rows
    ]
