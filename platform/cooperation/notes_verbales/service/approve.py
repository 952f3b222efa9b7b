"""Approve or void what another person prepared (design: reliability 1.5)."""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.predicates import Target
from cooperation.audit import service as audit
from cooperation.core.errors import Conflict, NotAllowed
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.notes_verbales.models import NoteBatch
from cooperation.notes_verbales.rules import BatchStatus, CheckKind
from cooperation.notes_verbales.service.batch import (
    BatchMovedOnError,
    content_hash_of,
    found_batch,
    require_status,
)
from cooperation.notes_verbales.service.checking import checks_on


class SamePersonError(NotAllowed):
    """The one who prepared may not approve."""

    sentence = _("Another person than the one who prepared the notes must approve them.")


class ChecksFailedError(Conflict):
    """A check before issue finds a problem."""

    sentence = _("The notes have a problem and cannot be approved. Void them and prepare anew.")


def approve_notes(ctx: RequestContext, batch_id: str, *, content_hash: str) -> None:
    """Approve exactly the notes whose hash the head saw; sending is `continue_batch`'s.

    Raises `SamePersonError`, `ChecksFailedError`, `BatchMovedOnError`.
    """
    require(ctx.actor, Permission.APPROVE_NOTE)
    require_step_up(ctx.actor, Permission.APPROVE_NOTE, ctx.now)
    audit.refuse_before_confirmation(ctx.session)
    batch = found_batch(ctx.session, batch_id)
    require_status(batch, BatchStatus.PREPARED)
    if batch.prepared_by == ctx.actor.person_id:
        raise SamePersonError
    if not content_hash == batch.content_hash == content_hash_of(ctx.session, batch):
        raise BatchMovedOnError
    if any(check.kind is CheckKind.PROBLEM for check in checks_on(ctx, batch)):
        raise ChecksFailedError
    batch.status = BatchStatus.APPROVED
    batch.approved_by = ctx.actor.person_id
    batch.approved_at = ctx.now
    reach("notes.approved")
    _record(ctx, batch, "dispatch.approved")


def void_notes(ctx: RequestContext, batch_id: str) -> None:
    """Void notes that have not been approved; their number is free again."""
    require(ctx.actor, Permission.VOID_NOTE)
    batch = found_batch(ctx.session, batch_id)
    require_status(batch, BatchStatus.COMPILING, BatchStatus.PREPARED)
    require(ctx.actor, Permission.VOID_NOTE, Target(maker_id=batch.prepared_by))
    batch.status = BatchStatus.VOIDED
    batch.number = None
    _record(ctx, batch, "dispatch.voided")


def _record(ctx: RequestContext, batch: NoteBatch, action: str) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=batch.edition_id,
        states="all",
        commitment=bytes.fromhex(batch.content_hash) if batch.content_hash else None,
        subject=batch.id,
    )
