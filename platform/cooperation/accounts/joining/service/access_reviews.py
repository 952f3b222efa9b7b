"""The yearly review: for each edition somebody of every institution confirms who has access.

Source: reliability 1.4. The word is given on the list that was shown: a list that changed since
must be read again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require
from cooperation.access.policy import Permission
from cooperation.accounts.models import AccessReviewRow
from cooperation.accounts.people.service.people import people_of
from cooperation.accounts.rules import Person
from cooperation.audit import service as audit
from cooperation.core.errors import Conflict
from cooperation.core.ids import new_id
from cooperation.core.text import _


class ListChangedError(Conflict):
    """The list that was confirmed is not the list of now."""

    sentence = _("The list has changed since you opened it. Read it again, then confirm it.")


class ReviewedError(Conflict):
    """Somebody of the institution was first."""

    sentence = _("A colleague has confirmed the list already. Nothing is left to do.")


@dataclass(frozen=True)
class AccessReview:
    """Who confirmed an institution's list in an edition, when, and how many people stood on it."""

    circle: str
    people: int
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True)
class OwnReview:
    """The list of the actor's institution; `done` once somebody has confirmed it."""

    people: tuple[Person, ...]
    fingerprint: str
    done: AccessReview | None


def own_access_review(ctx: RequestContext, edition_id: str) -> OwnReview:
    """Return the list that the actor confirms for this edition."""
    require(ctx.actor, Permission.CONFIRM_ACCESS)
    people = _active(ctx)
    return OwnReview(people, _fingerprint(people), _find(ctx, edition_id, ctx.actor.circle))


def is_review_due(ctx: RequestContext, edition_id: str) -> bool:
    """Tell whether the actor is one of those who have to confirm the list, and nobody has."""
    may_confirm = is_allowed(ctx.actor, Permission.CONFIRM_ACCESS)
    return may_confirm and _find(ctx, edition_id, ctx.actor.circle) is None


def confirm_access(ctx: RequestContext, edition_id: str, *, fingerprint: str) -> None:
    """Confirm that everybody on the list still needs access.

    Raises `ListChangedError` where another list was shown, `ReviewedError`.
    """
    require(ctx.actor, Permission.CONFIRM_ACCESS)
    audit.wait_for_turn(ctx.session)
    people = _active(ctx)
    circle = ctx.actor.circle
    if _find(ctx, edition_id, circle) is not None:
        raise ReviewedError
    if fingerprint != _fingerprint(people):
        raise ListChangedError
    row = AccessReviewRow(
        id=new_id(),
        edition_id=edition_id,
        circle=circle,
        people=len(people),
        confirmed_by=ctx.actor.person_id,
        confirmed_at=ctx.now,
    )
    ctx.session.add(row)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="access.confirmed",
        at=ctx.now,
        edition=edition_id,
        states=(ctx.actor.state_code,) if ctx.actor.state_code else (),
        subject=row.id,
    )
    ctx.session.flush()


def access_reviews(ctx: RequestContext, edition_id: str) -> dict[str, AccessReview]:
    """Return the reviews of an edition by circle, for the Secretariat."""
    require(ctx.actor, Permission.READ_ACCESS_REVIEWS)
    rows = ctx.session.scalars(
        sa.select(AccessReviewRow).where(AccessReviewRow.edition_id == edition_id)
    )
    return {row.circle: _as_review(row) for row in rows}


def _active(ctx: RequestContext) -> tuple[Person, ...]:
    found = people_of(
        ctx.session, ctx.root, institution=ctx.actor.institution, state=ctx.actor.state_code
    )
    return tuple(person for person in found if person.is_active)


def _fingerprint(people: Sequence[Person]) -> str:
    lines = sorted(f"{each.id} {' '.join(sorted(each.roles))}" for each in people)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _find(ctx: RequestContext, edition_id: str, circle: str) -> AccessReview | None:
    row = ctx.session.scalar(
        sa.select(AccessReviewRow).where(
            AccessReviewRow.edition_id == edition_id, AccessReviewRow.circle == circle
        )
    )
    return None if row is None else _as_review(row)


def _as_review(row: AccessReviewRow) -> AccessReview:
    return AccessReview(row.circle, row.people, row.confirmed_by, row.confirmed_at)
