"""Batches at /publication: what is ready, what waits, the first half."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import _, ngettext
from cooperation.publication.batches.service import proposing
from cooperation.publication.batches.service.proposing import Desk, find_desk
from cooperation.publication.blueprint import blueprint, frozen_editions, of_current_edition
from cooperation.publication.forms import ProposeForm, propose_form


@blueprint.get("/publication")
@requires(Permission.PROPOSE_PUBLICATION)
def current_desk() -> ResponseReturnValue:
    return of_current_edition(g.context, "publication.desk", _("Publication"))


@blueprint.get("/publication/<edition:edition_id>")
@requires(Permission.PROPOSE_PUBLICATION)
def desk(edition_id: str) -> ResponseReturnValue:
    found = find_desk(g.context, edition_id)
    return _desk_page(found, propose_form(_choices(found)))


@blueprint.post("/publication/<edition:edition_id>/propose")
@requires(Permission.PROPOSE_PUBLICATION)
def propose(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    codes = request.form.getlist("states")
    try:
        proposal_id = proposing.propose(ctx, edition_id, state_codes=codes)
    except Invalid as refusal:
        found = find_desk(ctx, edition_id)
        form = propose_form(_choices(found), request.form)
        form.states.errors = [str(sentence) for _name, sentence in refusal.errors]
        return _desk_page(found, form), 422
    flash(str(_("The batch is proposed. Another person who is head publishes it.")))
    return redirect(url_for("two_persons.act", act_id=proposal_id), 303)


def _choices(desk: Desk) -> list[tuple[str, str]]:
    return [
        (
            each.participant.state_code,
            str(
                ngettext(
                    "%(name)s: %(number)s answer",
                    "%(name)s: %(number)s answers",
                    each.ready,
                    name=each.participant.name,
                )
            ),
        )
        for each in desk.states
        if each.ready
    ]


def _desk_page(desk: Desk, form: ProposeForm) -> str:
    ctx: RequestContext = g.context
    return render_template(
        "publication/desk.html",
        desk=desk,
        form=form,
        editions=frozen_editions(ctx),
        is_head=is_allowed(ctx.actor, Permission.PUBLISH_ANSWER),
    )
