"""The end of a circle that has lost its last member, signed by two of the Secretariat.

Then a head may invite somebody to found it again: the next version of its key, without a link to
the last, so that nothing opens that nobody could open (vault.md, Whose key; Sign-in and sessions).
"""

from datetime import datetime, timedelta

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.rules import CircleMissingError, Dissolution
from cooperation.circles.service.members import states_of
from cooperation.circles.service.packages import drop_packages
from cooperation.circles.service.verified import (
    LogNote,
    append_statement,
    check_anchor,
    directory_of,
    take_turn,
)
from cooperation.core.db import Session, note_destruction
from cooperation.core.errors import Conflict
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.vault import entries
from cooperation.vault.entries import CircleEntry
from cooperation.vault.statements import Dissolve, Dissolved, Statement, moment

PROPOSAL_DAYS = timedelta(days=14)


class SamePersonError(Conflict):
    """The person who proposed would confirm too."""

    sentence = _("You proposed this yourself. Somebody else of the Secretariat must confirm it.")


class ProposalOverError(Conflict):
    """There is no proposal that can be confirmed: none, an old one, or the circle has changed."""

    sentence = _("This proposal no longer counts. Look at it again and propose it anew.")


def propose_dissolution(ctx: RequestContext, circle: str) -> None:
    """Sign the first half: end this circle as it is now, with exactly these members.

    A new proposal takes the place of an older one. Raises `CircleMissingError`, `StatementRefused`.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    take_turn(ctx.session)
    entry = _living(ctx.session, circle)
    statement = Dissolve(
        circle=circle,
        version=entry.version,
        key_hash=entry.key_hash,
        members=tuple(sorted(entry.present)),
        at=moment(ctx.now),
        ends_at=moment(ctx.now + PROPOSAL_DAYS),
    )
    _append(ctx, statement, "dissolution.proposed", circle)


def confirm_dissolution(ctx: RequestContext, circle: str) -> None:
    """Sign the second half, bound to the first by its hash: every membership of the circle ends.

    Blobs and memberships of its people are deleted; its recovery sheets stay. Raises
    `SamePersonError`, `ProposalOverError`, `StatementRefused` (neither is a head).
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    take_turn(ctx.session)
    entry = _living(ctx.session, circle)
    proposed = _confirmable(ctx, entry)
    if proposed.proposer == ctx.reader.person_id:
        raise SamePersonError
    _append(ctx, Dissolved(circle, proposed.hash, moment(ctx.now)), "dissolution.confirmed", circle)
    reach("dissolution.signed")
    people = entry.present
    queries.delete_memberships(ctx.session, circle, members=people)
    for outer in directory_of(ctx.session).circles_with(circle):
        queries.delete_memberships(ctx.session, outer.name, members=(circle,))
    reach("dissolution.ended")
    queries.delete_members(ctx.session, people)
    drop_packages(ctx.session, people)
    note_destruction(ctx.session)


def dissolution_of(session: Session, circle: str) -> Dissolution | None:
    """Return the proposal that waits, or the end that counts; nothing once it is founded again."""
    directory = directory_of(session)
    entry = directory.circles.get(circle)
    if entry is None:
        return None
    found = entry.dissolution or directory.dissolutions.get(circle)
    if found is None or not (found.confirmer or _still_fits(entry, found)):
        return None
    return Dissolution(
        circle=circle,
        proposer_id=found.proposer,
        proposed_at=datetime.fromisoformat(found.dissolve.at),
        ends_at=datetime.fromisoformat(found.dissolve.ends_at),
        members=found.dissolve.members,
        confirmer_id=found.confirmer or None,
    )


def _living(session: Session, circle: str) -> CircleEntry:
    entry = directory_of(session).circles.get(circle)
    if entry is None or entry.is_dissolved:
        raise CircleMissingError
    return entry


def _confirmable(ctx: RequestContext, entry: CircleEntry) -> entries.Dissolution:
    directory = directory_of(ctx.session)
    proposed = directory.dissolutions.get(entry.name)
    if proposed is None or not _still_fits(entry, proposed):
        raise ProposalOverError
    if proposed.dissolve.ends_at < moment(ctx.now) or not directory.is_member(proposed.proposer):
        raise ProposalOverError
    return proposed


def _still_fits(entry: CircleEntry, proposed: entries.Dissolution) -> bool:
    """Tell whether the circle is still the one that the proposal names."""
    dissolve = proposed.dissolve
    return dissolve.version == entry.version and set(dissolve.members) == entry.present


def _append(ctx: RequestContext, statement: Statement, action: str, circle: str) -> None:
    note = LogNote(ctx.actor, action, ctx.now, None, states_of(None, circle))
    append_statement(ctx.session, statement, ctx.reader.as_signer(), note)
