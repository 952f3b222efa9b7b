"""Notes verbales at /notes: prepare, approve, send, record; code letters; a State's own notes."""

from collections import Counter
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import Conflict, Invalid, StepUpNeeded
from cooperation.core.text import Text, _, ngettext
from cooperation.editions import service as editions
from cooperation.notes_verbales.forms import ApprovalForm, DeliveryForm, NoteForm, PrintedForm
from cooperation.notes_verbales.rules import (
    BATCH_LABELS,
    STATUS_KINDS,
    STATUS_LABELS,
    BatchStatus,
    DispatchStatus,
)
from cooperation.notes_verbales.service import compose, delivery, progress, reading
from cooperation.notes_verbales.service import letters as letters_service
from cooperation.notes_verbales.service.approve import approve_notes, void_notes
from cooperation.notes_verbales.service.compose import NoteWishes, proposal_for
from cooperation.notes_verbales.service.delivery import DeliveryAct, retry_failed_mails
from cooperation.notes_verbales.service.letters import (
    batch_for_letter,
    letters_overview,
    print_code_letters,
)
from cooperation.notes_verbales.service.reading import (
    DispatchView,
    annex_file,
    batch_view,
    batches,
    checks_of,
    note_file,
    own_annex_file,
    own_note_file,
    zip_file,
)
from cooperation.typeset.texts import languages

blueprint = Blueprint("notes_verbales", __name__, template_folder="templates")

_NONE = "none"


@blueprint.get("/notes")
@requires(Permission.READ_NOTE)
def overview() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    sets = [(edition, batches(ctx, edition.id)) for edition in editions.editions(ctx.session)]
    return render_template("notes_verbales/overview.html", sets=sets, labels=BATCH_LABELS)


@blueprint.get("/notes/prepare/<edition:edition_id>")
@requires(Permission.PREPARE_NOTE)
def prepare(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = NoteForm(obj=proposal_for(ctx, edition_id))
    return _prepare_page(ctx, edition_id, form)


@blueprint.post("/notes/prepare/<edition:edition_id>")
@requires(Permission.PREPARE_NOTE)
def prepare_notes(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = NoteForm(request.form)
    form.offer(languages())
    if not form.validate():
        return _prepare_page(ctx, edition_id, form), 422
    try:
        batch_id = compose.prepare_notes(ctx, edition_id=edition_id, wishes=_wishes(form))
    except Invalid as refusal:
        errors = refusal.errors or (("reference", refusal.sentence),)
        return _prepare_page(ctx, edition_id, form, errors), 422
    progress.continue_batch(ctx, batch_id)
    return redirect(url_for("notes_verbales.batch", batch_id=batch_id))


@blueprint.get("/notes/<uuid:batch_id>")
@requires(Permission.READ_NOTE)
def batch(batch_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return _batch_page(ctx, str(batch_id), DeliveryForm(data={"day": ctx.now.date()}))


@blueprint.post("/notes/<uuid:batch_id>/continue")
@requires(Permission.PREPARE_NOTE)
def continue_batch(batch_id: UUID) -> ResponseReturnValue:
    progress.continue_batch(g.context, str(batch_id))
    return redirect(url_for("notes_verbales.batch", batch_id=batch_id))


@blueprint.post("/notes/<uuid:batch_id>/approve")
@requires(Permission.APPROVE_NOTE)
def approve(batch_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = ApprovalForm(request.form)
    if not form.validate():
        raise Conflict
    approve_notes(ctx, str(batch_id), content_hash=form.content_hash.data or "")
    progress.continue_batch(ctx, str(batch_id))
    return redirect(url_for("notes_verbales.batch", batch_id=batch_id))


@blueprint.post("/notes/<uuid:batch_id>/void")
@requires(Permission.VOID_NOTE)
def void(batch_id: UUID) -> ResponseReturnValue:
    void_notes(g.context, str(batch_id))
    return redirect(url_for("notes_verbales.overview"))


@blueprint.get("/notes/<uuid:batch_id>/annex.pdf")
@requires(Permission.READ_NOTE)
def annex(batch_id: UUID) -> ResponseReturnValue:
    return annex_file(g.context, str(batch_id)).sent()


@blueprint.get("/notes/<uuid:batch_id>/states/<string(maxlength=8):state_code>.pdf")
@requires(Permission.READ_NOTE)
def note(batch_id: UUID, state_code: str) -> ResponseReturnValue:
    return note_file(g.context, str(batch_id), state_code).sent()


@blueprint.get("/notes/<uuid:batch_id>/notes.zip")
@requires(Permission.READ_NOTE, logs_reading=True)
def archive(batch_id: UUID) -> ResponseReturnValue:
    return zip_file(g.context, str(batch_id)).sent()


@blueprint.post("/notes/<uuid:batch_id>/deliveries")
@requires(Permission.RECORD_DELIVERY)
def record_delivery(batch_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = DeliveryForm(request.form)
    ticked = request.form.getlist("states")
    if not form.validate() or form.day.data is None:
        return _batch_page(ctx, str(batch_id), form, ticked=ticked), 422
    try:
        delivery.record_delivery(
            ctx,
            str(batch_id),
            state_codes=ticked,
            act=DeliveryAct(form.act.data),
            day=form.day.data,
        )
    except Invalid as refusal:
        return _batch_page(ctx, str(batch_id), form, refusal.errors, ticked=ticked), 422
    return redirect(url_for("notes_verbales.batch", batch_id=batch_id))


@blueprint.post("/notes/<uuid:batch_id>/retry")
@requires(Permission.RECORD_DELIVERY)
def retry(batch_id: UUID) -> ResponseReturnValue:
    retry_failed_mails(g.context, str(batch_id))
    return redirect(url_for("notes_verbales.batch", batch_id=batch_id))


@blueprint.get("/notes/<uuid:batch_id>/letters")
@requires(Permission.PRINT_CODE_LETTERS)
def letters(batch_id: UUID) -> ResponseReturnValue:
    named = request.args.get("state")
    ticked = None if named is None else named.split(",")
    return _letters_page(g.context, str(batch_id), ticked=ticked)


@blueprint.get("/notes/letters/<string(maxlength=8):state_code>")
@requires(Permission.PRINT_CODE_LETTERS)
def letter_of_state(state_code: str) -> ResponseReturnValue:
    """Lead on to the newest notes with code letters, where this State alone is ticked."""
    batch_id = batch_for_letter(g.context, state_code)
    if batch_id is None:
        flash(str(_("Code letters belong to approved notes. Prepare and approve notes first.")))
        return redirect(url_for("notes_verbales.overview"), 303)
    return redirect(url_for("notes_verbales.letters", batch_id=batch_id, state=state_code), 303)


@blueprint.post("/notes/<uuid:batch_id>/letters")
@requires(Permission.PRINT_CODE_LETTERS, step_up=False)
def print_letters(batch_id: UUID) -> ResponseReturnValue:
    """Make the PDF; for a fresh factor lead through its page and back, since no page follows a PDF.

    The ticks are kept in the address.
    """
    ctx: RequestContext = g.context
    ticked = request.form.getlist("states")
    try:
        printed = print_code_letters(ctx, str(batch_id), state_codes=ticked)
    except StepUpNeeded:
        back = url_for(
            "notes_verbales.letters",
            batch_id=batch_id,
            state=",".join(ticked) or _NONE,
            confirmed="yes",
        )
        return redirect(url_for("accounts.step_up", next=back), 303)
    except Invalid as refusal:
        return _letters_page(ctx, str(batch_id), refusal.errors, ticked=ticked), 422
    return printed.sent()


@blueprint.post("/notes/<uuid:batch_id>/letters/printed")
@requires(Permission.PRINT_CODE_LETTERS)
def confirm_letters(batch_id: UUID) -> ResponseReturnValue:
    form = PrintedForm(request.form)
    if not form.validate():
        raise Conflict
    number = letters_service.confirm_letters(
        g.context, str(batch_id), print_id=form.print_id.data or ""
    )
    said = ngettext(
        "Confirmed: the link for %(number)s State is on its way. Now post the letter.",
        "Confirmed: the links for %(number)s States are on their way. Now post the letters.",
        number,
    )
    flash(str(said), "done")
    return redirect(url_for("notes_verbales.letters", batch_id=batch_id, state=_NONE))


@blueprint.get("/notes/own")
@requires(Permission.READ_OWN_NOTE)
def own_notes() -> ResponseReturnValue:
    return render_template("notes_verbales/own.html", notes=reading.own_notes(g.context))


@blueprint.get("/notes/own/<uuid:batch_id>.pdf")
@requires(Permission.READ_OWN_NOTE, logs_reading=True)
def own_note(batch_id: UUID) -> ResponseReturnValue:
    return own_note_file(g.context, str(batch_id)).sent()


@blueprint.get("/notes/own/<uuid:batch_id>/annex.pdf")
@requires(Permission.READ_OWN_NOTE)
def own_annex(batch_id: UUID) -> ResponseReturnValue:
    return own_annex_file(g.context, str(batch_id)).sent()


def _wishes(form: NoteForm) -> NoteWishes:
    if form.dated_on.data is None:
        raise Invalid
    return NoteWishes(
        reference=form.reference.data or "",
        language=form.language.data,
        dated_on=form.dated_on.data,
        reply_languages=form.reply_languages.data or "",
        co_facilitators=form.co_facilitators.data or "",
        mandate=form.mandate.data or "",
        changes=form.changes.data or "",
    )


def _prepare_page(
    ctx: RequestContext, edition_id: str, form: NoteForm, errors: tuple[tuple[str, Text], ...] = ()
) -> str:
    form.offer(languages())
    return render_template(
        "notes_verbales/prepare.html",
        edition=editions.edition(ctx.session, edition_id),
        states=len(editions.participants(ctx.session, edition_id)),
        form=form,
        errors=errors,
    )


def _batch_page(
    ctx: RequestContext,
    batch_id: str,
    form: DeliveryForm,
    errors: tuple[tuple[str, Text], ...] = (),
    *,
    ticked: list[str] | None = None,
) -> str:
    view, rows = batch_view(ctx, batch_id)
    is_open = view.status in {BatchStatus.COMPILING, BatchStatus.PREPARED}
    return render_template(
        "notes_verbales/batch.html",
        batch=view,
        rows=rows,
        counts=_counts(rows) if view.status is BatchStatus.ISSUED else (),
        checks=checks_of(ctx, batch_id) if is_open else (),
        labels=STATUS_LABELS,
        kinds=STATUS_KINDS,
        batch_labels=BATCH_LABELS,
        prepared_by=accounts.person_name(ctx.session, ctx.root, view.prepared_by),
        approved_by=accounts.person_name(ctx.session, ctx.root, view.approved_by)
        if view.approved_by
        else "",
        may_approve=is_allowed(ctx.actor, Permission.APPROVE_NOTE)
        and view.prepared_by != ctx.actor.person_id,
        may_print=is_allowed(ctx.actor, Permission.PRINT_CODE_LETTERS),
        form=form,
        errors=errors,
        ticked=ticked or [],
    )


def _counts(rows: list[DispatchView]) -> list[tuple[DispatchStatus, int]]:
    counted = Counter(row.status for row in rows)
    return [(status, counted[status]) for status in DispatchStatus if counted[status]]


def _letters_page(
    ctx: RequestContext,
    batch_id: str,
    errors: tuple[tuple[str, Text], ...] = (),
    *,
    ticked: list[str] | None = None,
) -> str:
    found = letters_overview(ctx, batch_id)
    return render_template(
        "notes_verbales/letters.html",
        letters=found,
        ticked=found.due_states if ticked is None else found.open_states & set(ticked),
        none=_NONE,
        is_confirmed=request.args.get("confirmed") == "yes",
        errors=errors,
    )
