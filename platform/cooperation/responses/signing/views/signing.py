"""Ready for signature, sign and submit."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import Invalid
from cooperation.core.forms import number_typed
from cooperation.core.text import Text, _
from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.service.overview import state_name
from cooperation.responses.drafting.views.allowed import may_reopen
from cooperation.responses.rules import Audience
from cooperation.responses.signing.service import approving, signing
from cooperation.responses.signing.service.approving import (
    SigningOver,
    prepare_signing,
    signing_question,
)
from cooperation.responses.signing.service.signing import (
    SigningPage,
    signing_page,
    signs_with_passkey,
    submit_response,
)


@blueprint.get("/response/<edition:edition_id>/sign")
@requires(Permission.READ_OWN_RESPONSE)
def sign(edition_id: str) -> ResponseReturnValue:
    return _page(edition_id)


@blueprint.post("/response/<edition:edition_id>/ready")
@requires(Permission.MARK_READY)
def mark_ready(edition_id: str) -> ResponseReturnValue:
    try:
        signing.mark_ready(g.context, edition_id=edition_id)
    except Invalid as error:
        return _page(edition_id, error.errors), 422
    flash(str(_("Ready for signature. The signatory can sign now.")))
    return redirect(url_for("responses.sign", edition_id=edition_id), 303)


@blueprint.post("/response/<edition:edition_id>/sign")
@requires(Permission.SUBMIT_RESPONSE, step_up=False)
def submit(edition_id: str) -> ResponseReturnValue:
    """Go on to the passkey; where the instance takes codes, submit at once after a step-up."""
    ctx: RequestContext = g.context
    version = number_typed(request.form.get("version", ""))
    is_declared = "declared" in request.form
    is_court_confirmed = "court_confirmed" in request.form
    try:
        if signs_with_passkey(ctx):
            prepare_signing(
                ctx,
                edition_id=edition_id,
                version=version,
                is_declared=is_declared,
                is_court_confirmed=is_court_confirmed,
                session_id=g.signed_in.session_id,
            )
            return redirect(url_for("responses.approve", edition_id=edition_id), 303)
        submission = submit_response(
            ctx,
            edition_id=edition_id,
            version=version,
            is_declared=is_declared,
            is_court_confirmed=is_court_confirmed,
        )
    except Invalid as error:
        return _page(edition_id, error.errors), 422
    return redirect(url_for("responses.submission", submission_id=submission.id), 303)


@blueprint.get("/response/<edition:edition_id>/sign/passkey")
@requires(Permission.SUBMIT_RESPONSE)
def approve(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    try:
        question = signing_question(ctx, edition_id=edition_id, session_id=g.signed_in.session_id)
    except SigningOver as over:
        flash(str(over.sentence), "warn")
        return redirect(url_for("responses.sign", edition_id=edition_id), 303)
    return render_template(
        "responses/approve.html",
        question=question,
        edition=question.state.frame.edition,
        state_name=state_name(ctx, edition_id=edition_id),
    )


@blueprint.post("/response/<edition:edition_id>/sign/passkey")
@requires(Permission.SUBMIT_RESPONSE, step_up=False)
def submit_with_passkey(edition_id: str) -> ResponseReturnValue:
    submission = approving.submit_with_passkey(
        g.context,
        edition_id=edition_id,
        credential=request.form.get("credential", ""),
        session_id=g.signed_in.session_id,
    )
    if submission is None:
        flash(str(_("The passkey was not accepted. Nothing was submitted; sign again.")), "problem")
        return redirect(url_for("responses.sign", edition_id=edition_id), 303)
    return redirect(url_for("responses.submission", submission_id=submission.id), 303)


def _page(edition_id: str, errors: tuple[tuple[str, Text], ...] = ()) -> str:
    ctx: RequestContext = g.context
    state = signing_page(ctx, edition_id=edition_id)
    edition = state.frame.edition
    by_field = dict(errors)
    return render_template(
        "responses/sign.html",
        state=state,
        edition=edition,
        audiences=[(audience, state.audiences.get(audience, 0)) for audience in Audience],
        errors=[each for each in errors if each[0] in {"declared", "court_confirmed"}],
        by_field=by_field,
        typed=request.form,
        state_name=state_name(ctx, edition_id=edition.id),
        preparer=_preparer(ctx, state),
        is_own=state.is_ready and state.frame.begun.ready_by == ctx.actor.person_id,
        may_sign=is_allowed(ctx.actor, Permission.SUBMIT_RESPONSE) and edition.is_open,
        may_prepare=is_allowed(ctx.actor, Permission.MARK_READY) and edition.is_open,
        may_reopen=may_reopen(ctx, state.frame),
    )


def _preparer(ctx: RequestContext, state: SigningPage) -> str:
    """Return who did the first half."""
    if not state.is_ready or state.frame.begun.ready_by is None:
        return ""
    return accounts.person_name(ctx.session, ctx.root, state.frame.begun.ready_by)
