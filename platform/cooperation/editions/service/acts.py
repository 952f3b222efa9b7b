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
    is_past_deadline,
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
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import Act
from cooperation.two_persons.service import ActPage, Scope, TwoPersonAct


class EditionNotOpenError(Conflict):
    """The edition is not open."""

    sentence = _("This edition is not open.")


class EditionChangedError(Conflict):
    """The edition is not what the second person was shown."""

    sentence = _("The edition has changed since you read this page. Nothing was done.")


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


def propose_closing(ctx: RequestContext, edition_id: str) -> str:
    """Propose to close an edition; another person, who is head, does it. Returns the act's id.

    Raises `EditionNotOpenError`, `ProposedAlreadyError`.
    """
    require(ctx.actor, Permission.PROPOSE_CLOSING)
    _open_row(ctx, edition_id)
    shown_hash = closing_hash(edition(ctx.session, edition_id))
    return two_persons.propose(ctx, CLOSING, subject=edition_id, shown_hash=shown_hash)


def waiting_closing(ctx: RequestContext, edition_id: str) -> str | None:
    """Return the id of the act by which somebody proposes to close an edition."""
    return two_persons.find_waiting(ctx.session, CLOSING.kind, edition_id, ctx.now)


def closing_effects(ctx: RequestContext, found: Edition) -> tuple[Text, ...]:
    """Return what closing an edition does."""
    effects = (
        _("No response can be submitted to this edition any more, nor corrected."),
        _("What was submitted stays; review and publication go on."),
        _("A closed edition is not opened again."),
    )
    if is_past_deadline(found, ctx.now):
        return effects
    return (*effects, _("The deadline has not passed yet: States may still be writing."))


def _close_edition(ctx: RequestContext, act: Act) -> None:
    """Close an edition as another person proposed it: nothing can be submitted from now on."""
    row = _open_row(ctx, act.subject)
    record_act(ctx, "edition.closed", row, commitment=act.shown_hash)
    reach("closing.logged")
    row.status = EditionStatus.CLOSED
    row.closed_by, row.closed_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()


def _closing_hash_now(ctx: RequestContext, act: Act) -> bytes:
    found = edition(ctx.session, act.subject)
    return closing_hash(found) if found.is_open else b""


def _closing_page(ctx: RequestContext, act: Act) -> ActPage:
    found = edition(ctx.session, act.subject)
    return ActPage(
        CLOSING.label,
        effects=closing_effects(ctx, found),
        template="editions/_closing.html",
        values=found,
    )


CLOSING = TwoPersonAct(
    kind="edition.closing",
    label=_("Close the edition"),
    proposes=Permission.PROPOSE_CLOSING,
    decides=Permission.CLOSE_EDITION,
    proposed="edition.closing_proposed",
    ended=("edition.closing_withdrawn", "edition.closing_withdrawn"),
    done=_("The edition is closed."),
    page=_closing_page,
    hash_now=_closing_hash_now,
    do=_close_edition,
    scopes=lambda _ctx, act: (Scope(act.subject, states="all"),),
)


def _open_row(ctx: RequestContext, edition_id: str) -> EditionRow:
    row = queries.edition_row(ctx.session, edition_id)
    if row.status != EditionStatus.OPEN:
        raise EditionNotOpenError
    return row


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
