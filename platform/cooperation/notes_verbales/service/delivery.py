"""Record what became of notes: delivered, acknowledged; send failed mails again."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.errors import Invalid
from cooperation.core.text import _
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import NoteDispatch
from cooperation.notes_verbales.rules import BatchStatus, delivery_problem
from cooperation.notes_verbales.service.batch import found_batch, found_dispatch, require_status
from cooperation.outbox import service as outbox


class DeliveryAct(StrEnum):
    """What is recorded."""

    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"


_ACTIONS = {
    DeliveryAct.DELIVERED: "note.delivered",
    DeliveryAct.ACKNOWLEDGED: "note.acknowledged",
}


def record_delivery(
    ctx: RequestContext, batch_id: str, *, state_codes: Sequence[str], act: DeliveryAct, day: date
) -> None:
    """Record that the notes of these States were delivered or acknowledged on `day`.

    Raises `NotFound` for a State without a note, `Invalid` for a day that cannot be.
    """
    require(ctx.actor, Permission.RECORD_DELIVERY)
    batch = found_batch(ctx.session, batch_id)
    if not state_codes:
        raise Invalid(errors=(("states", _("Tick at least one State.")),))
    problem = delivery_problem(
        day,
        dated_on=batch.dated_on,
        today=ctx.now.date(),
        is_issued=batch.status == BatchStatus.ISSUED,
    )
    if problem is not None:
        raise Invalid(errors=(problem,))
    for code in state_codes:
        _note_day(found_dispatch(ctx.session, batch.id, code), act, day)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=_ACTIONS[act],
        at=ctx.now,
        edition=batch.edition_id,
        states=tuple(state_codes),
        subject=batch.id,
    )


def _note_day(dispatch: NoteDispatch, act: DeliveryAct, day: date) -> None:
    if act is DeliveryAct.DELIVERED:
        dispatch.delivered_on = day
    else:
        dispatch.acknowledged_on = day


def retry_failed_mails(ctx: RequestContext, batch_id: str) -> int:
    """Send a batch's failed or uncertain mails again; return how many."""
    require(ctx.actor, Permission.RECORD_DELIVERY)
    batch = found_batch(ctx.session, batch_id)
    require_status(batch, BatchStatus.ISSUED)
    dispatches = queries.dispatches_of(ctx.session, batch.id)
    ids = {each.mail_id: each.state_code for each in dispatches if each.mail_id is not None}
    number = outbox.retry(ctx.session, list(ids), ctx.now)
    if number:
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="dispatch.sent",
            at=ctx.now,
            edition=batch.edition_id,
            states=tuple(ids.values()),
            subject=batch.id,
        )
    return number
