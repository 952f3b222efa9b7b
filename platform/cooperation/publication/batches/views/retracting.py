"""Taking back at /publication: propose with a reason, look, do it, refuse."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import Invalid
from cooperation.core.text import _
from cooperation.publication import service
from cooperation.publication.blueprint import blueprint
from cooperation.publication.forms import RetractionForm

_PLACE = (
    "/publication/<edition:edition_id>/retract/<string(maxlength=8):state_code>"
    "/<string(maxlength=12):question>"
)


@blueprint.get(_PLACE)
@requires(Permission.PROPOSE_RETRACTION)
def retracting(edition_id: str, state_code: str, question: str) -> ResponseReturnValue:
    facts = service.retraction_facts(g.context, edition_id, state_code, question)
    return render_template("publication/retract.html", facts=facts, form=RetractionForm())


@blueprint.post(_PLACE)
@requires(Permission.PROPOSE_RETRACTION)
def propose_retraction(edition_id: str, state_code: str, question: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = RetractionForm(request.form)
    try:
        found = service.propose_retraction(
            ctx, edition_id, state_code, question, reason=form.reason.data or ""
        )
    except Invalid as refusal:
        form.reason.errors = [str(sentence) for _name, sentence in refusal.errors]
        facts = service.retraction_facts(ctx, edition_id, state_code, question)
        return render_template("publication/retract.html", facts=facts, form=form), 422
    flash(str(_("Proposed. Another person, who is head, takes the answer back.")))
    return redirect(url_for("publication.retraction", retraction_id=found), 303)


@blueprint.get("/publication/retractions/<uuid:retraction_id>")
@requires(Permission.PROPOSE_RETRACTION)
def retraction(retraction_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    found = service.find_retraction(ctx, str(retraction_id))
    decider = found.decided_by
    return render_template(
        "publication/retraction.html",
        found=found,
        proposer=accounts.person_name(ctx.session, ctx.root, found.proposed_by),
        decider=accounts.person_name(ctx.session, ctx.root, decider) if decider else "",
        is_head=is_allowed(ctx.actor, Permission.RETRACT_ANSWER),
        is_own=found.proposed_by == ctx.actor.person_id,
    )


@blueprint.post("/publication/retractions/<uuid:retraction_id>/take-back")
@requires(Permission.RETRACT_ANSWER)
def retract(retraction_id: UUID) -> ResponseReturnValue:
    shown = request.form.get("content_hash", "")
    is_hash = len(shown) == 64 and all(sign in "0123456789abcdef" for sign in shown)
    found = service.retract(
        g.context, str(retraction_id), shown_hash=bytes.fromhex(shown) if is_hash else b""
    )
    flash(str(_("Taken back. The State is told, with the reason.")))
    return redirect(url_for("publication.desk", edition_id=found.facts.edition.id), 303)


@blueprint.post("/publication/retractions/<uuid:retraction_id>/void")
@requires(Permission.PROPOSE_RETRACTION)
def void_retraction(retraction_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    service.void_retraction(ctx, str(retraction_id))
    found = service.find_retraction(ctx, str(retraction_id))
    flash(str(_("The answer stays published.")))
    return redirect(url_for("publication.desk", edition_id=found.facts.edition.id), 303)
