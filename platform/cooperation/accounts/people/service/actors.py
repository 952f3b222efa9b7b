"""Who a person is, as the verified directory says: never as her row says (reliability 1.3)."""

from datetime import datetime

from cooperation.access.rules import ROLES, Actor, Role, institution_of_circle, state_of_circle
from cooperation.accounts.models import PersonRow
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import NotAllowed


def actor_of(session: Session, person_id: str, *, stepped_up_at: datetime | None = None) -> Actor:
    """Return the person as the guard sees her; raises `NotAllowed` for one without a role."""
    roles = acting_roles(session, person_id)
    if not roles:
        raise NotAllowed
    circle = circles.circle_of(session, person_id)
    return Actor(
        person_id=person_id,
        roles=roles,
        institution=institution_of_circle(circle),
        state_code=state_of_circle(circle),
        stepped_up_at=stepped_up_at,
        circles=circles.reachable_circles(session, person_id),
    )


def acting_roles(session: Session, person_id: str) -> frozenset[Role]:
    """Return the roles in which a person acts: those of the directory, or what is left of them."""
    roles = circles.roles_of(session, person_id)
    row = session.get(PersonRow, person_id)
    if row is not None and row.are_roles_held:
        return frozenset(ROLES[role].held_as or role for role in roles)
    return roles
