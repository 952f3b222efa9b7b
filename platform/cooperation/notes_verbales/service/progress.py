"""Work through a batch in steps of a few seconds: make the PDFs, later queue the mails.

A request does what fits into its budget and says how far it came; the page's form, or its script,
asks for the next step. Whoever stops in between loses nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import NoteBatch, NoteDispatch
from cooperation.notes_verbales.rules import BatchStatus, file_stem
from cooperation.notes_verbales.service.batch import (
    content_hash_of,
    edition_of,
    found_batch,
    note_of,
)
from cooperation.outbox import service as outbox
from cooperation.outbox.rules import Attachment
from cooperation.register import service as register
from cooperation.register.rules import Address
from cooperation.typeset.note import compile_note

STEP_SECONDS = 2.0


@dataclass(frozen=True)
class Progress:
    """How far the present stage of a batch has come."""

    status: BatchStatus
    done: int
    total: int

    @property
    def has_work(self) -> bool:
        """Whether there is something left to do in this stage."""
        return self.status in {BatchStatus.COMPILING, BatchStatus.APPROVED}


def continue_batch(
    ctx: RequestContext, batch_id: str, *, step_seconds: float = STEP_SECONDS
) -> Progress:
    """Do the next step of making or sending a batch's notes; return how far it came.

    At least one note is done in each step; a batch with nothing left to do stays as it is.
    """
    require(ctx.actor, Permission.PREPARE_NOTE)
    batch = found_batch(ctx.session, batch_id)
    if batch.status == BatchStatus.COMPILING:
        _compile(ctx, batch, step_seconds)
    elif batch.status == BatchStatus.APPROVED:
        _dispatch(ctx, batch, step_seconds)
    ctx.session.flush()
    return progress_of(ctx, batch)


def progress_of(ctx: RequestContext, batch: NoteBatch) -> Progress:
    """Return how far the batch has come."""
    total, compiled, dispatched = queries.counts_of(ctx.session, batch.id)
    status = BatchStatus(batch.status)
    is_outward = status in {BatchStatus.APPROVED, BatchStatus.ISSUED}
    return Progress(status, dispatched if is_outward else compiled, total)


def _work_through(
    waiting: Sequence[NoteDispatch], step_seconds: float, work: Callable[[NoteDispatch], None]
) -> bool:
    """Do `work` on one after the other until the time is up; tell whether all is done."""
    ends_at = monotonic() + step_seconds
    for place, dispatch in enumerate(waiting, start=1):
        work(dispatch)
        if monotonic() >= ends_at and place < len(waiting):
            return False
    return True


def _compile(ctx: RequestContext, batch: NoteBatch, step_seconds: float) -> None:
    year = edition_of(ctx.session, batch).year

    def make(dispatch: NoteDispatch) -> None:
        note = note_of(batch, dispatch, year=year, settings=ctx.settings)
        document = compile_note(note)
        dispatch.content = document.content
        dispatch.sha256 = document.sha256
        reach("notes.pdf_made")

    if _work_through(queries.not_compiled(ctx.session, batch.id), step_seconds, make):
        ctx.session.flush()
        batch.content_hash = content_hash_of(ctx.session, batch)
        batch.status = BatchStatus.PREPARED
        reach("notes.all_made")


def _dispatch(ctx: RequestContext, batch: NoteBatch, step_seconds: float) -> None:
    annex = Attachment(
        f"{file_stem(batch.reference)}-annex.pdf",
        "application/pdf",
        queries.annex_of(ctx.session, batch.id) or b"",
    )
    waiting = queries.not_dispatched(ctx.session, batch.id)
    posts = register.addresses_of_record(ctx.session, ctx.root)

    def hand_over(dispatch: NoteDispatch) -> None:
        post = posts.get(dispatch.state_code)
        if post is not None and post.email:
            dispatch.mail_id = _queue_mail(ctx, batch, dispatch, post, annex)
        dispatch.dispatched_at = ctx.now
        reach("notes.mail_queued")

    if _work_through(waiting, step_seconds, hand_over):
        batch.status = BatchStatus.ISSUED
        reach("notes.issued")
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="dispatch.sent",
            at=ctx.now,
            edition=batch.edition_id,
            states="all",
            subject=batch.id,
        )


def _queue_mail(
    ctx: RequestContext, batch: NoteBatch, dispatch: NoteDispatch, post: Address, annex: Attachment
) -> str:
    content = queries.content_of(ctx.session, dispatch.id) or b""
    note = Attachment(f"{file_stem(batch.reference)}.pdf", "application/pdf", content)
    return outbox.queue(
        ctx.session,
        ctx.root,
        to=post.email,
        subject=_("Note verbale %(reference)s", reference=batch.reference),
        body=_body(ctx, batch),
        language=post.language,
        now=ctx.now,
        attachments=(note, annex),
        purpose="note",
        subject_id=dispatch.id,
    )


def _body(ctx: RequestContext, batch: NoteBatch) -> Text:
    return _(
        "The Secretariat of the Assembly of States Parties transmits herewith the note verbale"
        " %(reference)s and its annex.\n\nAccess to the platform is conveyed apart from this"
        " message.\n\nFor any question: %(contact)s\n",
        reference=batch.reference,
        contact=ctx.settings.contact_email,
    )
