"""Taking back at /publication: the first half, with a reason."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import _
from cooperation.publication.batches.service import retracting as retracting_service
from cooperation.publication.batches.service.retracting import retraction_facts
from cooperation.publication.blueprint import blueprint
from cooperation.publication.forms import RetractionForm

_PLACE = (
    "/publication/<edition:edition_id>/retract/<string(maxlength=8):state_code>"
    "/<string(maxlength=12):question>"
)


@blueprint.get(_PLACE)
@requires(Permission.PROPOSE_RETRACTION)
def retracting(edition_id: str, state_code: str, question: str) -> ResponseReturnValue:
    facts = retraction_facts(g.context, edition_id, state_code, question)
    return render_template("publication/retract.html", facts=facts, form=RetractionForm())


@blueprint.post(_PLACE)
@requires(Permission.PROPOSE_RETRACTION)
def propose_retraction(edition_id: str, state_code: str, question: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = RetractionForm(request.form)
    try:
        found = retracting_service.propose_retraction(
            ctx, edition_id, state_code, question, reason=form.reason.data or ""
        )
    except Invalid as refusal:
        form.reason.errors = [str(sentence) for _name, sentence in refusal.errors]
        facts = retraction_facts(ctx, edition_id, state_code, question)
        return render_template("publication/retract.html", facts=facts, form=form), 422
    flash(str(_("Proposed. Another person, who is head, takes the answer back.")))
    return redirect(url_for("two_persons.act", act_id=found), 303)
