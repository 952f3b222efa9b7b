"""Kinds of bundles, one declared table: who makes one, and for whom it is (design: vault.md).

Asked whenever a bundle is made, opened, granted and given back; a grant to anybody else is refused.
A bundle's header names its parties, and by these go the rules of rows (`access.rows`). A new kind
is a name and a line here: nothing else lists them.
"""

from dataclasses import dataclass
from enum import StrEnum

from cooperation.access.rules import ASSEMBLY, Institution, state_circle

SECRETARIAT = Institution.SECRETARIAT.circle
COURT = Institution.COURT.circle
CO_FACILITATORS = Institution.CO_FACILITATORS.circle
OWN = state_circle("")
"""Stands for the circle of the State that a bundle is about."""


class BundleKind(StrEnum):
    """Records that share an audience and a life."""

    DRAFT = "draft"
    SUBMITTED_STATES = "submitted_states"
    SUBMITTED_RESTRICTED = "submitted_restricted"
    SUBMITTED_COURT = "submitted_court"
    PUBLISHED = "published"
    REVIEW_NOTES = "review_notes"
    CLARIFICATION = "clarification"
    COURT_TABLES = "court_tables"
    RELEASED_TABLES = "released_tables"


@dataclass(frozen=True)
class Kind:
    """Circles whose people make such a bundle, and circles that it is for.

    Nobody else is added later: a party gives it back to another that was founded again, the first
    who can in this order.
    """

    makers: tuple[str, ...]
    parties: tuple[str, ...]


KINDS: dict[BundleKind, Kind] = {
    BundleKind.DRAFT: Kind((OWN,), (OWN,)),
    BundleKind.SUBMITTED_STATES: Kind((OWN,), (SECRETARIAT, OWN)),
    BundleKind.SUBMITTED_RESTRICTED: Kind((OWN,), (SECRETARIAT, COURT, OWN)),
    BundleKind.SUBMITTED_COURT: Kind((OWN,), (COURT, OWN)),
    BundleKind.PUBLISHED: Kind((SECRETARIAT,), (ASSEMBLY,)),
    BundleKind.REVIEW_NOTES: Kind((SECRETARIAT,), (SECRETARIAT,)),
    BundleKind.CLARIFICATION: Kind((OWN, SECRETARIAT), (SECRETARIAT, OWN)),
    BundleKind.COURT_TABLES: Kind((COURT,), (COURT,)),
    BundleKind.RELEASED_TABLES: Kind((COURT,), (ASSEMBLY,)),
}
"""What a State writes, only its own people can put in its way; a thread begins on either side."""


def makers_of(kind: str, state: str | None) -> tuple[str, ...]:
    """Return the circles whose people may make a bundle of this kind about this State, or none."""
    return _circles(KINDS[BundleKind(kind)].makers, state)


def parties_of(kind: str, state: str | None) -> tuple[str, ...]:
    """Return the circles that it is for, sorted."""
    return tuple(sorted(_circles(KINDS[BundleKind(kind)].parties, state)))


def giver_of(kind: str, state: str | None, circle: str) -> str | None:
    """Return who gives a bundle back to a circle founded again; nobody where it is lost."""
    parties = _circles(KINDS[BundleKind(kind)].parties, state)
    return next((each for each in parties if each != circle), None)


def _circles(named: tuple[str, ...], state: str | None) -> tuple[str, ...]:
    own = (state_circle(state),) if state else ()
    return tuple(circle for each in named for circle in (own if each == OWN else (each,)))
