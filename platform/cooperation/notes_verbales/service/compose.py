"""Prepare the notes of an edition: number them, address them, make the annex."""

from dataclasses import dataclass
from datetime import date

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.errors import Invalid
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, EditionStatus
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import NoteBatch, NoteDispatch
from cooperation.notes_verbales.rules import (
    BatchStatus,
    NoteGroup,
    Reference,
    next_number,
    parse_reference,
    session_of,
)
from cooperation.notes_verbales.service.annex import make_annex
from cooperation.notes_verbales.service.batch import note_of
from cooperation.notes_verbales.service.posts import Recipient, recipients_of
from cooperation.typeset.compiler import CannotTypesetError
from cooperation.typeset.note import compile_note
from cooperation.typeset.texts import languages


@dataclass(frozen=True)
class NoteWishes:
    """What the officer decides; the rest comes from edition, register and settings."""

    reference: str
    language: str
    dated_on: date
    reply_languages: str
    co_facilitators: str = ""
    mandate: str = ""
    changes: str = ""


def proposal_for(ctx: RequestContext, edition_id: str) -> NoteWishes:
    """Return what the platform proposes: the next free reference, today, the usual languages."""
    require(ctx.actor, Permission.PREPARE_NOTE)
    edition = editions.edition(ctx.session, edition_id)
    session_number = session_of(edition.year)
    number = next_number(queries.numbers_used(ctx.session, session_number))
    return NoteWishes(
        reference=str(Reference(session_number, NoteGroup.SP, number)),
        language="en",
        dated_on=ctx.now.date(),
        reply_languages=str(_("English or French")),
    )


def prepare_notes(ctx: RequestContext, *, edition_id: str, wishes: NoteWishes) -> str:
    """Make a batch with its annex and one copy for each State Party; return its id.

    The copies' PDFs are made by `continue_batch`. Raises `Invalid` with the fields at fault.
    """
    require(ctx.actor, Permission.PREPARE_NOTE)
    edition = editions.edition(ctx.session, edition_id)
    reference = _free_reference(ctx, edition, wishes)
    batch = _new_batch(ctx, edition, wishes, reference)
    recipients = recipients_of(ctx, edition)
    dispatches = [
        _new_dispatch(batch, recipient, place) for place, recipient in enumerate(recipients)
    ]
    _make_annex(ctx, batch, edition)
    _try_one(ctx, batch, dispatches, edition)
    ctx.session.add(batch)
    ctx.session.flush()
    reach("notes.numbered")
    ctx.session.add_all(dispatches)
    ctx.session.flush()
    reach("notes.addressed")
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="dispatch.prepared",
        at=ctx.now,
        edition=edition.id,
        states="all",
        subject=batch.id,
    )
    return batch.id


def _free_reference(ctx: RequestContext, edition: Edition, wishes: NoteWishes) -> Reference:
    problems: list[tuple[str, Text]] = []
    reference = parse_reference(wishes.reference)
    if reference.session != session_of(edition.year):
        sentence = _("Notes of %(year)s belong to session %(session)s.",
                     year=edition.year, session=session_of(edition.year))  # fmt: skip
        problems.append(("reference", sentence))
    if reference.number in queries.numbers_used(ctx.session, reference.session):
        problems.append(("reference", _("This number has been used in this session already.")))
    if wishes.language not in languages():
        problems.append(("language", _("Notes cannot be made in this language yet.")))
    if edition.status is EditionStatus.CLOSED:
        problems.append(("", _("This edition is closed.")))
    if edition.deadline_on <= wishes.dated_on:
        problems.append(("dated_on", _("Choose a day before the edition's deadline.")))
    if problems:
        raise Invalid(errors=tuple(problems))
    return reference


def _new_batch(
    ctx: RequestContext, edition: Edition, wishes: NoteWishes, reference: Reference
) -> NoteBatch:
    return NoteBatch(
        id=new_id(),
        edition_id=edition.id,
        status=BatchStatus.COMPILING,
        language=wishes.language,
        reference=str(reference),
        session_number=reference.session,
        number=reference.number,
        dated_on=wishes.dated_on,
        deadline_on=edition.deadline_on,
        co_facilitators=wishes.co_facilitators,
        mandate=wishes.mandate,
        changes=wishes.changes,
        reply_languages=wishes.reply_languages,
        prepared_by=ctx.actor.person_id,
        prepared_at=ctx.now,
    )


def _new_dispatch(batch: NoteBatch, recipient: Recipient, place: int) -> NoteDispatch:
    return NoteDispatch(
        id=new_id(),
        batch_id=batch.id,
        place=place,
        state_code=recipient.state.code,
        state_name=recipient.state.name,
        state_group=recipient.state.group,
        addressee=recipient.addressee.full,
        addressee_short=recipient.addressee.short,
        addressee_lines="\n".join(recipient.addressee.lines),
    )


def _make_annex(ctx: RequestContext, batch: NoteBatch, edition: Edition) -> None:
    questionnaire = editions.questionnaire(ctx.session, edition.id)
    audit.prepare_signer(ctx.session, ctx.settings, ctx.root.instance)
    origin = audit.current_origin(ctx.session, ctx.root.instance)
    annex = make_annex(
        batch,
        edition=edition,
        questionnaire=questionnaire,
        settings=ctx.settings,
        log_key=audit.log_vkey(ctx.settings, origin),
    )
    batch.annex = annex.content
    batch.annex_pages = annex.pages
    batch.annex_sha256 = annex.sha256


def _try_one(
    ctx: RequestContext, batch: NoteBatch, dispatches: list[NoteDispatch], edition: Edition
) -> None:
    """Make one note at once, so that a text that cannot be set is refused in the form."""
    if not dispatches:
        raise Invalid(errors=(("", _("There is no State Party on the opening day.")),))
    note = note_of(batch, dispatches[0], year=edition.year, settings=ctx.settings)
    try:
        compile_note(note)
    except CannotTypesetError as error:
        raise Invalid(errors=(("changes", error.sentence),)) from error
