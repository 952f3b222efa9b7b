"""Opening and closing: one person prepares or proposes, a head does exactly that."""

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import ASSEMBLY
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotAllowed
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.editions import queries
from cooperation.editions.models import EditionParticipantRow, EditionRow
from cooperation.editions.rules import (
    Edition,
    EditionStatus,
    closing_hash,
    is_second_person,
    opening_gaps,
)
from cooperation.editions.service.preparing import exact_hash, record_act
from cooperation.editions.service.reading import (
    EditionNotPreparedError,
    edition,
    participants,
    questionnaire,
)


class EditionNotOpenError(Conflict):
    """The edition is not open."""

    sentence = _("This edition is not open.")


class EditionChangedError(Conflict):
    """The edition is not what the second person was shown."""

    sentence = _("The edition has changed since you read this page. Nothing was done.")


class ClosingNotProposedError(Conflict):
    """Nobody proposes to close the edition, or the proposal was withdrawn."""

    sentence = _("Nobody proposes to close this edition. Nothing was done.")


class ClosingProposedError(Conflict):
    """A colleague was first."""

    sentence = _("A colleague has proposed to close this edition already.")


class SecondPersonNeededError(NotAllowed):
    """The two-person rule: who prepared may not open, who proposed to close may not close."""

    sentence = _("Another person than the one who prepared the edition must open it.")


def missing_before_opening(ctx: RequestContext, edition_id: str) -> tuple[Text, ...]:
    """Return what is missing before the edition can be opened now (reliability 1.4)."""
    require(ctx.actor, Permission.READ_EDITION)
    found = edition(ctx.session, edition_id)
    is_open = EditionRow.status == EditionStatus.OPEN
    return accounts.founding_state(ctx.session).missing + opening_gaps(
        found,
        today=ctx.now.date(),
        participants=len(participants(ctx.session, edition_id)),
        has_open_edition=bool(queries.editions_where(ctx.session, is_open)),
        is_exact=found.prepared_hash == exact_hash(ctx.session, found),
    )


def open_edition(ctx: RequestContext, edition_id: str, *, shown_hash: bytes) -> Edition:
    """Open exactly what another person prepared: States, groups, questionnaire are fixed from now.

    `assembly` gets a new key, so that who has left opens nothing of what will be published; with
    the first edition the founding ends. Raises `NotFound`, `EditionNotPreparedError`,
    `SecondPersonNeededError`, `EditionChangedError`; `Invalid` with what is missing.
    """
    require(ctx.actor, Permission.OPEN_EDITION)
    require_step_up(ctx.actor, Permission.OPEN_EDITION, ctx.now)
    audit.refuse_before_confirmation(ctx.session)
    row = queries.edition_row(ctx.session, edition_id)
    if row.status != EditionStatus.PREPARED:
        raise EditionNotPreparedError
    if not is_second_person(edition(ctx.session, edition_id), ctx.actor.person_id):
        raise SecondPersonNeededError
    missing = missing_before_opening(ctx, edition_id)
    if missing:
        sentence = _("The edition cannot be opened yet.")
        raise Invalid(sentence, tuple(("missing", line) for line in missing))
    if shown_hash != row.prepared_hash:
        raise EditionChangedError
    questionnaire(ctx.session, edition_id)
    _freeze_participants(ctx.session, edition_id)
    reach("opening.states_fixed")
    row.status = EditionStatus.OPEN
    row.opened_by, row.opened_at = ctx.actor.person_id, ctx.now
    record_act(ctx, "edition.opened", row)
    reach("opening.logged")
    circles.end_founding(ctx)
    reach("opening.founding_ended")
    circles.renew_circle(ctx, ASSEMBLY)
    return edition(ctx.session, edition_id)


def propose_closing(ctx: RequestContext, edition_id: str) -> Edition:
    """Propose to close an edition; another person, who is head, does it.

    Raises `EditionNotOpenError`, `ClosingProposedError`.
    """
    require(ctx.actor, Permission.PROPOSE_CLOSING)
    row = _open_row(ctx, edition_id)
    if row.closing_proposed_by is not None:
        raise ClosingProposedError
    row.closing_proposed_by, row.closing_proposed_at = ctx.actor.person_id, ctx.now
    _record_closing(ctx, "edition.closing_proposed", row)
    return edition(ctx.session, edition_id)


def withdraw_closing(ctx: RequestContext, edition_id: str) -> Edition:
    """Take a proposed closing back, one's own or a colleague's; the edition stays open."""
    require(ctx.actor, Permission.PROPOSE_CLOSING)
    row = _open_row(ctx, edition_id)
    if row.closing_proposed_by is None:
        raise ClosingNotProposedError
    _record_closing(ctx, "edition.closing_withdrawn", row)
    row.closing_proposed_by = row.closing_proposed_at = None
    ctx.session.flush()
    return edition(ctx.session, edition_id)


def closing_hash_of(found: Edition) -> bytes:
    """Return what binds a head to the proposal she was shown; empty where there is none."""
    if found.closing_proposed_by is None or found.closing_proposed_at is None:
        return b""
    return closing_hash(found, found.closing_proposed_by, found.closing_proposed_at)


def close_edition(ctx: RequestContext, edition_id: str, *, shown_hash: bytes) -> Edition:
    """Close an edition as another person proposed it: nothing can be submitted from now on.

    Raises `EditionNotOpenError`, `ClosingNotProposedError`, `SecondPersonNeededError`,
    `EditionChangedError`.
    """
    require(ctx.actor, Permission.CLOSE_EDITION)
    require_step_up(ctx.actor, Permission.CLOSE_EDITION, ctx.now)
    row = _open_row(ctx, edition_id)
    if row.closing_proposed_by is None:
        raise ClosingNotProposedError
    if row.closing_proposed_by == ctx.actor.person_id:
        raise SecondPersonNeededError(
            _("You proposed to close this edition: another person, who is head, closes it.")
        )
    if shown_hash != closing_hash_of(edition(ctx.session, edition_id)):
        raise EditionChangedError
    _record_closing(ctx, "edition.closed", row)
    reach("closing.logged")
    row.status = EditionStatus.CLOSED
    row.closed_by, row.closed_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()
    return edition(ctx.session, edition_id)


def _open_row(ctx: RequestContext, edition_id: str) -> EditionRow:
    row = queries.edition_row(ctx.session, edition_id)
    if row.status != EditionStatus.OPEN:
        raise EditionNotOpenError
    return row


def _record_closing(ctx: RequestContext, action: str, row: EditionRow) -> None:
    ctx.session.flush()
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=row.id,
        states="all",
        commitment=closing_hash_of(edition(ctx.session, row.id)),
    )


def _freeze_participants(session: Session, edition_id: str) -> None:
    rows = [
        {
            "edition": edition_id,
            "state_code": state.state_code,
            "position": position,
            "name": state.name,
            "regional_group": state.group.value,
        }
        for position, state in enumerate(participants(session, edition_id))
    ]
    session.execute(sa.insert(EditionParticipantRow), rows)
