"""What a circle founded again gets back from those who can still open it (vault.md, Sign-in).

The Secretariat grants again what the State let it read, the Court what was for the Court. A draft
that was never sent was sealed to the lost key alone.
"""

from collections import Counter

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.kinds import COURT, SECRETARIAT, BundleKind, giver_of, parties_of
from cooperation.circles.models import Bundle
from cooperation.circles.rules import CircleMissingError, Returns
from cooperation.circles.service.bundles import add_grant
from cooperation.circles.service.lasting import lost_bundles, open_left
from cooperation.circles.service.sheets import oldest_linked, usable_sheets
from cooperation.circles.service.verified import directory_of, take_turn
from cooperation.core.db import Session
from cooperation.core.errors import NotAllowed
from cooperation.vault.entries import CircleEntry

_SUBMITTED = frozenset(
    {
        BundleKind.SUBMITTED_STATES,
        BundleKind.SUBMITTED_RESTRICTED,
        BundleKind.SUBMITTED_COURT,
    }
)


def what_returns(ctx: RequestContext, circle: str, *, if_dissolved: bool = False) -> Returns:
    """Return how many bundles a circle is missing, by who can grant them again.

    `if_dissolved` asks what it will miss if it ends now; of a dissolved circle it is always so.
    """
    entry = directory_of(ctx.session).circles.get(circle)
    if entry is None:
        return Returns(0, 0, 0, 0, 0, 0)
    is_ending = if_dissolved or entry.is_dissolved
    held = range(0) if is_ending else _reachable(ctx.session, entry)
    missing = _missing(ctx.session, circle, held)
    givers = Counter(giver_of(bundle.kind, bundle.state, circle) for bundle in missing)
    drafts = {bundle.edition for bundle in missing if bundle.kind == BundleKind.DRAFT}
    sent = {bundle.edition for bundle in missing if bundle.kind in _SUBMITTED}
    return Returns(
        by_secretariat=givers.pop(SECRETARIAT, 0),
        by_court=givers.pop(COURT, 0),
        lost=len(drafts - sent),
        corrections=len(drafts & sent),
        by_states=sum(number for giver, number in givers.items() if giver is not None),
        live_sheets=len(usable_sheets(ctx.session, entry, is_ending=is_ending)),
    )


def regrant(ctx: RequestContext, circle: str) -> int:
    """Grant a circle what the actor's own can open of what it is missing; return how many bundles.

    What the actor's own circle has lost too is left out.

    Raises `CircleMissingError` while nobody has founded it again, `NotAllowed`, `CannotOpen`.
    """
    take_turn(ctx.session)
    directory = directory_of(ctx.session)
    entry = directory.circles.get(circle)
    if entry is None or entry.is_dissolved:
        raise CircleMissingError
    if not directory.is_member(ctx.reader.person_id):
        raise NotAllowed
    own = directory.person(ctx.reader.person_id).circle
    if not own or own == circle:
        raise NotAllowed
    missing = _missing_from(ctx.session, entry, own)
    opened = open_left(ctx, [bundle.id for bundle in missing])
    for bundle in opened.values():
        add_grant(ctx, bundle, circle)
    return len(opened)


def returnable(ctx: RequestContext, circle: str) -> int:
    """Return how many bundles `regrant` would grant now; nothing is opened, nothing is refused."""
    directory = directory_of(ctx.session)
    entry = directory.circles.get(circle)
    person = directory.persons.get(ctx.actor.person_id)
    if entry is None or entry.is_dissolved or person is None:
        return 0
    if not person.circle or person.circle == circle:
        return 0
    missing = [bundle.id for bundle in _missing_from(ctx.session, entry, person.circle)]
    return len(missing) - len(lost_bundles(ctx, missing))


def is_waiting_for_return(ctx: RequestContext) -> bool:
    """Tell whether Secretariat or Court can still give the reader's own circle something back."""
    directory = directory_of(ctx.session)
    person = directory.persons.get(ctx.reader.person_id)
    entry = directory.circles.get(person.circle) if person else None
    if entry is None or entry.is_dissolved or entry.first_version == 1:
        return False
    givers = [directory.circles.get(name) for name in (SECRETARIAT, COURT) if name != entry.name]
    held = {
        giver.name: _reachable(ctx.session, giver)
        for giver in givers
        if giver is not None and not giver.is_dissolved
    }
    missing = _missing(ctx.session, entry.name, _reachable(ctx.session, entry))
    granted = queries.grants_to(ctx.session, [bundle.id for bundle in missing], tuple(held))
    return any(
        grant.circle_version in held[grant.circle]
        for grants in granted.values()
        for grant in grants
    )


def _missing_from(session: Session, entry: CircleEntry, own: str) -> list[Bundle]:
    """Return what a circle is missing and another one can open."""
    return [
        bundle
        for bundle in _missing(session, entry.name, _reachable(session, entry))
        if own in parties_of(bundle.kind, bundle.state)
    ]


def _missing(session: Session, circle: str, held: range) -> list[Bundle]:
    """Return the bundles for this circle that none of these versions of its key was granted."""
    found = queries.bundles_without_grant(session, circle, held)
    return [bundle for bundle in found if circle in parties_of(bundle.kind, bundle.state)]


def _reachable(session: Session, entry: CircleEntry) -> range:
    return range(oldest_linked(session, entry.name, entry.version), entry.version + 1)
