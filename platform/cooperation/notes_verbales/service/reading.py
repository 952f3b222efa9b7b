"""Read notes: the list, one table State by State, the files; a State reads its own."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.downloads import PDF, Download
from cooperation.core.errors import NotFound
from cooperation.editions import service as editions
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import NoteBatch, NoteDispatch
from cooperation.notes_verbales.rules import (
    BatchStatus,
    Check,
    DispatchFacts,
    DispatchStatus,
    dispatch_status,
    file_stem,
)
from cooperation.notes_verbales.service.batch import found_batch, found_dispatch
from cooperation.notes_verbales.service.checking import checks_on
from cooperation.notes_verbales.service.progress import Progress, progress_of
from cooperation.outbox import service as outbox
from cooperation.outbox.rules import MailStatus
from cooperation.typeset.spreadsheet import write_csv


@dataclass(frozen=True)
class NotesPage:
    """The notes of one reference as pages show them."""

    id: str
    edition: str
    reference: str
    language: str
    status: BatchStatus
    dated_on: date
    deadline_on: date
    annex_pages: int
    annex_sha256: str
    content_hash: str | None
    prepared_by: str
    approved_by: str | None
    progress: Progress


@dataclass(frozen=True)
class DispatchView:
    """One State's copy as the table shows it."""

    state_code: str
    state_name: str
    group: str
    status: DispatchStatus
    mail: MailStatus | None
    is_compiled: bool
    delivered_on: date | None
    acknowledged_on: date | None


@dataclass(frozen=True)
class OwnNote:
    """A note to the person's own State."""

    batch_id: str
    edition: str
    reference: str
    dated_on: date
    deadline_on: date
    annex_pages: int


def batches(ctx: RequestContext, edition_id: str) -> list[NotesPage]:
    """Return an edition's notes, newest first."""
    require(ctx.actor, Permission.READ_NOTE)
    edition = editions.edition(ctx.session, edition_id)
    return [_view(ctx, batch) for batch in queries.batches_of(ctx.session, edition.id)]


def batch_view(ctx: RequestContext, batch_id: str) -> tuple[NotesPage, list[DispatchView]]:
    """Return a batch and its table State by State; raises `NotFound`."""
    require(ctx.actor, Permission.READ_NOTE)
    batch = found_batch(ctx.session, batch_id)
    dispatches = queries.dispatches_of(ctx.session, batch.id)
    mails = _mails_of(ctx, dispatches)
    return _view(ctx, batch), [_row(batch, dispatch, mails) for dispatch in dispatches]


def checks_of(ctx: RequestContext, batch_id: str) -> tuple[Check, ...]:
    """Return the checks before issue on a batch."""
    require(ctx.actor, Permission.READ_NOTE)
    return checks_on(ctx, found_batch(ctx.session, batch_id))


def note_file(ctx: RequestContext, batch_id: str, state_code: str) -> Download:
    """Return one State's note; raises `NotFound` where it is not made yet."""
    require(ctx.actor, Permission.READ_NOTE)
    batch = found_batch(ctx.session, batch_id)
    return _note_file(ctx, batch, found_dispatch(ctx.session, batch.id, state_code))


def annex_file(ctx: RequestContext, batch_id: str) -> Download:
    """Return the annex that goes with every copy."""
    require(ctx.actor, Permission.READ_NOTE)
    return _annex_file(ctx, found_batch(ctx.session, batch_id))


def zip_file(ctx: RequestContext, batch_id: str) -> Download:
    """Return all notes, the annex and a list of them as one ZIP; written to the log."""
    require(ctx.actor, Permission.READ_NOTE)
    batch = found_batch(ctx.session, batch_id)
    stem = file_stem(batch.reference)
    contents = dict(queries.contents_of(ctx.session, batch.id))
    annex = _annex_file(ctx, batch)
    files = {annex.name: annex.content, f"{stem}-list.csv": _list_file(ctx, batch)}
    files |= {f"notes/{stem}-{code}.pdf": content for code, content in contents.items()}
    _record(ctx, "notes.downloaded", batch, tuple(contents))
    return Download(f"{stem}.zip", "application/zip", _zipped(files, batch.dated_on))


def own_notes(ctx: RequestContext) -> list[OwnNote]:
    """Return the approved notes to the person's own State, newest first."""
    require(ctx.actor, Permission.READ_OWN_NOTE)
    found = queries.outward_notes_of_state(ctx.session, ctx.actor.state_code or "")
    return [
        OwnNote(
            batch_id=batch.id,
            edition=batch.edition_id,
            reference=batch.reference,
            dated_on=batch.dated_on,
            deadline_on=batch.deadline_on,
            annex_pages=batch.annex_pages,
        )
        for batch, _dispatch in found
    ]


def own_note_file(ctx: RequestContext, batch_id: str) -> Download:
    """Return the note to the person's own State; raises `NotFound`; written to the log."""
    batch, dispatch = _own(ctx, batch_id)
    _record(ctx, "note.downloaded", batch, (dispatch.state_code,))
    return _note_file(ctx, batch, dispatch)


def own_annex_file(ctx: RequestContext, batch_id: str) -> Download:
    """Return the annex of a note to the person's own State; raises `NotFound`."""
    batch, _dispatch = _own(ctx, batch_id)
    return _annex_file(ctx, batch)


def _own(ctx: RequestContext, batch_id: str) -> tuple[NoteBatch, NoteDispatch]:
    require(ctx.actor, Permission.READ_OWN_NOTE)
    for batch, dispatch in queries.outward_notes_of_state(ctx.session, ctx.actor.state_code or ""):
        if batch.id == batch_id:
            return batch, dispatch
    raise NotFound


def _view(ctx: RequestContext, batch: NoteBatch) -> NotesPage:
    return NotesPage(
        id=batch.id,
        edition=batch.edition_id,
        reference=batch.reference,
        language=batch.language,
        status=BatchStatus(batch.status),
        dated_on=batch.dated_on,
        deadline_on=batch.deadline_on,
        annex_pages=batch.annex_pages,
        annex_sha256=batch.annex_sha256,
        content_hash=batch.content_hash,
        prepared_by=batch.prepared_by,
        approved_by=batch.approved_by,
        progress=progress_of(ctx, batch),
    )


def _mails_of(ctx: RequestContext, dispatches: Sequence[NoteDispatch]) -> dict[str, MailStatus]:
    ids = [dispatch.mail_id for dispatch in dispatches if dispatch.mail_id is not None]
    return outbox.status_of(ctx.session, ids) if ids else {}


def _row(batch: NoteBatch, dispatch: NoteDispatch, mails: dict[str, MailStatus]) -> DispatchView:
    # A mail that the outbox has cleared away since was sent.
    mail = mails.get(dispatch.mail_id, MailStatus.SENT) if dispatch.mail_id else None
    facts = DispatchFacts(
        is_compiled=dispatch.sha256 is not None,
        is_voided=batch.status == BatchStatus.VOIDED,
        is_approved=batch.approved_at is not None,
        is_dispatched=dispatch.dispatched_at is not None,
        mail=mail,
        delivered_on=dispatch.delivered_on,
        acknowledged_on=dispatch.acknowledged_on,
    )
    return DispatchView(
        state_code=dispatch.state_code,
        state_name=dispatch.state_name,
        group=dispatch.state_group,
        status=dispatch_status(facts),
        mail=mail,
        is_compiled=facts.is_compiled,
        delivered_on=dispatch.delivered_on,
        acknowledged_on=dispatch.acknowledged_on,
    )


def _note_file(ctx: RequestContext, batch: NoteBatch, dispatch: NoteDispatch) -> Download:
    content = queries.content_of(ctx.session, dispatch.id)
    if content is None:
        raise NotFound
    return Download(f"{file_stem(batch.reference)}-{dispatch.state_code}.pdf", PDF, content)


def _annex_file(ctx: RequestContext, batch: NoteBatch) -> Download:
    content = queries.annex_of(ctx.session, batch.id)
    return Download(f"{file_stem(batch.reference)}-annex.pdf", PDF, content or b"")


def _list_file(ctx: RequestContext, batch: NoteBatch) -> bytes:
    dispatches = queries.dispatches_of(ctx.session, batch.id)
    mails = _mails_of(ctx, dispatches)
    return write_csv(
        ("code", "state", "group", "reference", "addressee", "sha256", "status"),
        [
            (
                dispatch.state_code,
                dispatch.state_name,
                dispatch.state_group,
                batch.reference,
                dispatch.addressee,
                dispatch.sha256,
                _row(batch, dispatch, mails).status.value,
            )
            for dispatch in dispatches
        ],
        with_byte_order_mark=True,
    )


def _zipped(files: dict[str, bytes], dated_on: date) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            entry = ZipInfo(name, (dated_on.year, dated_on.month, dated_on.day, 0, 0, 0))
            archive.writestr(entry, content)
    return target.getvalue()


def _record(ctx: RequestContext, action: str, batch: NoteBatch, states: tuple[str, ...]) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=batch.edition_id,
        states=states,
        subject=batch.id,
    )
