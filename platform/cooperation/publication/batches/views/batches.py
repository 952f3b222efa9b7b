"""Batches at /publication: propose, look at the exact list, publish, withdraw."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import Invalid
from cooperation.core.text import _, ngettext
from cooperation.editions import service as editions
from cooperation.publication.batches.service import proposing
from cooperation.publication.batches.service.proposing import (
    Desk,
    ProposalVoidError,
    find_batch,
    open_desk,
    withdraw_proposal,
)
from cooperation.publication.blueprint import blueprint, frozen_editions, of_current_edition
from cooperation.publication.forms import ProposeForm, propose_form


@blueprint.get("/publication")
@requires(Permission.PROPOSE_PUBLICATION)
def current_desk() -> ResponseReturnValue:
    return of_current_edition(g.context, "publication.desk", _("Publication"))


@blueprint.get("/publication/<edition:edition_id>")
@requires(Permission.PROPOSE_PUBLICATION)
def desk(edition_id: str) -> ResponseReturnValue:
    found = open_desk(g.context, edition_id)
    return _desk_page(found, propose_form(_choices(found)))


@blueprint.post("/publication/<edition:edition_id>/propose")
@requires(Permission.PROPOSE_PUBLICATION)
def propose(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    codes = request.form.getlist("states")
    try:
        proposal_id = proposing.propose(ctx, edition_id, state_codes=codes)
    except Invalid as refusal:
        found = open_desk(ctx, edition_id)
        form = propose_form(_choices(found), request.form)
        form.states.errors = [str(sentence) for _name, sentence in refusal.errors]
        return _desk_page(found, form), 422
    flash(str(_("The batch is proposed. Another person who is head publishes it.")))
    return redirect(url_for("publication.batch", proposal_id=proposal_id), 303)


@blueprint.get("/publication/batches/<uuid:proposal_id>")
@requires(Permission.PROPOSE_PUBLICATION)
def batch(proposal_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    found = find_batch(ctx, str(proposal_id))
    names = {
        each.state_code: each.name for each in editions.participants(ctx.session, found.edition)
    }
    return render_template(
        "publication/batch.html",
        batch=found,
        names=names,
        proposer=accounts.person_name(ctx.session, ctx.root, found.proposed_by),
        is_head=is_allowed(ctx.actor, Permission.PUBLISH_ANSWER),
        is_own=found.proposed_by == ctx.actor.person_id,
    )


@blueprint.post("/publication/batches/<uuid:proposal_id>/publish")
@requires(Permission.PUBLISH_ANSWER)
def publish(proposal_id: UUID) -> ResponseReturnValue:
    shown = request.form.get("content_hash", "")
    if len(shown) != 64 or not all(sign in "0123456789abcdef" for sign in shown):
        raise ProposalVoidError
    found = proposing.publish(g.context, str(proposal_id), shown_hash=bytes.fromhex(shown))
    number = len(found.items)
    flash(str(ngettext("%(number)s record published.", "%(number)s records published.", number)))
    return redirect(url_for("publication.desk", edition_id=found.edition), 303)


@blueprint.post("/publication/batches/<uuid:proposal_id>/withdraw")
@requires(Permission.PROPOSE_PUBLICATION)
def withdraw(proposal_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    withdraw_proposal(ctx, str(proposal_id))
    found = find_batch(ctx, str(proposal_id))
    flash(str(_("The batch is void. Its answers can be proposed again.")))
    return redirect(url_for("publication.desk", edition_id=found.edition), 303)


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
