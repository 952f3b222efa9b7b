"""Institutions and States of the Secretariat's page of access: closing, confirming, giving back."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import NoteForm, show_error
from cooperation.accounts.joining.service import confirming, institutions
from cooperation.accounts.joining.service.institutions import body_of_person, return_page
from cooperation.accounts.joining.service.inviting import invitable_roles
from cooperation.accounts.joining.service.state_invitations import code_letter_of
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _, ngettext

BODY = "<string(maxlength=16):body>"


@blueprint.get(f"/institutions/{BODY}")
@requires(Permission.REFOUND_CIRCLE)
def institution(body: str) -> ResponseReturnValue:
    return _page(g.context, body, NoteForm(), 200)


@blueprint.get(f"/institutions/{BODY}/close")
@requires(Permission.REFOUND_CIRCLE)
def close(body: str) -> ResponseReturnValue:
    return _close_page(g.context, body, NoteForm(), 200)


@blueprint.post(f"/institutions/{BODY}/close")
@requires(Permission.REFOUND_CIRCLE)
def propose_refounding(body: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = NoteForm(request.form)
    if not form.validate():
        return _close_page(ctx, body, form, 422)
    try:
        institutions.propose_refounding(ctx, body, note=form.note.data or "")
    except Invalid as refusal:
        show_error(form, refusal)
        return _close_page(ctx, body, form, 422)
    return _done(body, _("Proposed. A second person of the Secretariat confirms it here."))


@blueprint.post(f"/institutions/{BODY}/close/confirm")
@requires(Permission.REFOUND_CIRCLE)
def confirm_refounding(body: str) -> ResponseReturnValue:
    institutions.confirm_refounding(g.context, body)
    return _done(body, _("The accounts are closed. Now invite the first new person."))


@blueprint.post(f"/institutions/{BODY}/close/withdraw")
@requires(Permission.REFOUND_CIRCLE)
def withdraw_refounding(body: str) -> ResponseReturnValue:
    institutions.withdraw_refounding(g.context, body)
    return _done(body, _("The proposal was withdrawn. Nothing was changed."))


@blueprint.post("/people/<uuid:person_id>/vouch")
@requires(Permission.REFOUND_CIRCLE)
def propose_confirmation(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = NoteForm(request.form)
    body = body_of_person(ctx, str(person_id))
    if not form.validate():
        return _page(ctx, body, form, 422)
    try:
        confirming.propose_confirmation(ctx, str(person_id), note=form.note.data or "")
    except Invalid as refusal:
        show_error(form, refusal)
        return _page(ctx, body, form, 422)
    return _done(body, _("Proposed. A second person of the Secretariat confirms it here."))


@blueprint.post("/people/<uuid:person_id>/vouch/second")
@requires(Permission.REFOUND_CIRCLE)
def confirm_proposed(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    body = body_of_person(ctx, str(person_id))
    confirming.confirm_proposed(ctx, str(person_id))
    return _done(body, _("Confirmed. The person can sign in again with the same password."))


@blueprint.get(f"/give-back/{BODY}")
@requires(Permission.RETURN_ANSWERS)
def give_back(body: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template("accounts/give_back.html", found=return_page(ctx, body))


@blueprint.post(f"/give-back/{BODY}")
@requires(Permission.RETURN_ANSWERS)
def return_answers(body: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    number = institutions.return_answers(ctx, body)
    said = ngettext(
        "%(number)s sealed set of answers was given back.",
        "%(number)s sealed sets of answers were given back.",
        number,
    )
    flash(str(said), "done")
    return redirect(url_for("home.home"), 303)


def _done(body: str, said: Text) -> ResponseReturnValue:
    flash(str(said), "done")
    return redirect(url_for("accounts.institution", body=body), 303)


def _page(ctx: RequestContext, body: str, form: NoteForm, status: int) -> ResponseReturnValue:
    found = institutions.institution(ctx, body)
    page = render_template(
        "accounts/institution.html",
        found=found,
        form=form,
        own_id=ctx.actor.person_id,
        may_invite=found.founding_role in invitable_roles(ctx),
        may_print=is_allowed(ctx.actor, Permission.PRINT_CODE_LETTERS),
        letter=code_letter_of(ctx, body) if found.is_closed and found.is_state else None,
        now=ctx.now,
    )
    return page, status


def _close_page(ctx: RequestContext, body: str, form: NoteForm, status: int) -> ResponseReturnValue:
    found = institutions.institution(ctx, body)
    return render_template("accounts/close.html", found=found, form=form, now=ctx.now), status
