"""What every act on a batch begins with: find it, judge its state, build a note from its rows."""

from hashlib import sha256

from cooperation.core.db import Session
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import NoteBatch, NoteDispatch
from cooperation.notes_verbales.rules import BatchStatus
from cooperation.typeset.note import AnnexMark, NoteVerbale
from cooperation.vault.encoding import Json, canonical_json


class BatchMovedOnError(Conflict):
    """The notes are no longer, or not yet, in the state that the act needs."""

    sentence = _("These notes have moved on since you opened the page. Look at them again.")


def found_batch(session: Session, batch_id: str) -> NoteBatch:
    """Return a batch; raises `NotFound`."""
    batch = session.get(NoteBatch, batch_id)
    if batch is None:
        raise NotFound
    return batch


def found_dispatch(session: Session, batch_id: str, state_code: str) -> NoteDispatch:
    """Return one State's copy; raises `NotFound`."""
    dispatch = queries.dispatch_of(session, batch_id, state_code)
    if dispatch is None:
        raise NotFound
    return dispatch


def require_status(batch: NoteBatch, *allowed: BatchStatus) -> None:
    """Let pass a batch in one of these states; raises `BatchMovedOnError`."""
    if BatchStatus(batch.status) not in allowed:
        raise BatchMovedOnError


def edition_of(session: Session, batch: NoteBatch) -> Edition:
    """Return the edition that the notes invite to."""
    return editions.edition(session, batch.edition_id)


def note_of(
    batch: NoteBatch, dispatch: NoteDispatch, *, year: int, settings: Settings
) -> NoteVerbale:
    """Return all that one State's note says."""
    return NoteVerbale(
        language=batch.language,
        reference=batch.reference,
        year=year,
        addressee=dispatch.addressee,
        addressee_short=dispatch.addressee_short,
        addressee_lines=tuple(dispatch.addressee_lines.split("\n")),
        deadline_on=batch.deadline_on,
        reply_languages=batch.reply_languages,
        platform=settings.base_url,
        contact=settings.contact_email,
        place=settings.organisation_place,
        dated_on=batch.dated_on,
        annex=AnnexMark(pages=batch.annex_pages, sha256=batch.annex_sha256),
        co_facilitators=batch.co_facilitators,
        mandate=batch.mandate,
        changes=batch.changes,
    )


def content_hash_of(session: Session, batch: NoteBatch) -> str:
    """Return the hash that the head approves: reference, annex and every note's bytes."""
    content: Json = {
        "annex": batch.annex_sha256,
        "edition": batch.edition_id,
        "notes": dict(queries.hashes_of(session, batch.id)),
        "reference": batch.reference,
    }
    return sha256(canonical_json(content)).hexdigest()
