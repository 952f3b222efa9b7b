"""Who has access where, and who has confirmed it, for the Secretariat's table."""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import BODIES, circle_of_body
from cooperation.core.text import Text
from cooperation.editions.rules import Edition
from cooperation.register import service as register


@dataclass(frozen=True)
class AccessLine:
    """One institution: its people, and its word for this edition.

    `body` stands in the address of its page; `is_waiting` says that a colleague proposed something
    there which needs a second person.
    """

    body: str
    name: Text | str
    people: int
    last_sign_in_at: datetime | None
    is_waiting: bool
    confirmed_at: datetime | None


def access_lines(ctx: RequestContext, edition: Edition | None) -> tuple[AccessLine, ...]:
    """Return the institutions, then the States Parties of today."""
    require(ctx.actor, Permission.READ_ACCESS_REVIEWS)
    reviews = accounts.access_reviews(ctx, edition.id) if edition else {}
    counts = accounts.access_counts(ctx)
    waiting = {body for body, _name in accounts.waiting_bodies(ctx)}
    states = register.parties_on(ctx.session, ctx.now.date())
    bodies: list[tuple[str, Text | str]] = [*BODIES.items()]
    bodies += [(state.code, state.name) for state in states]
    found = []
    for body, name in bodies:
        circle = circle_of_body(body)
        count, review = counts.get(circle), reviews.get(circle)
        found.append(
            AccessLine(
                body=body,
                name=name,
                people=count.people if count else 0,
                last_sign_in_at=count.last_sign_in_at if count else None,
                is_waiting=body in waiting,
                confirmed_at=review.confirmed_at if review else None,
            )
        )
    return tuple(found)
