"""The list of what waits for a second person, the page of an act, and its three answers."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.core.errors import Invalid
from cooperation.core.forms import hash_typed
from cooperation.core.text import Text, _
from cooperation.two_persons import service
from cooperation.two_persons.forms import RefuseForm

EXTENSION = "two_persons"

blueprint = Blueprint("two_persons", __name__, template_folder="templates")


@dataclass(frozen=True)
class Registered:
    """What the shell hands in: all declarations, names of people, a first half's page."""

    acts: service.Acts
    name_of: Callable[[RequestContext, str], str]
    begin: tuple[Permission, Text, str]


def _registered() -> Registered:
    found: Registered = current_app.extensions[EXTENSION]
    return found


@blueprint.get("/waiting")
@requires(Permission.READ_WAITING)
def waiting() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    registered = _registered()
    permission, words, endpoint = registered.begin
    return render_template(
        "two_persons/waiting.html",
        begin=(words, url_for(endpoint)) if is_allowed(ctx.actor, permission) else None,
        waiting=service.open_acts(ctx, registered.acts),
        decided=service.decided_acts(ctx, registered.acts),
        name_of=lambda person_id: registered.name_of(ctx, person_id),
    )


@blueprint.get("/waiting/<uuid:act_id>")
@requires(Permission.READ_WAITING)
def act(act_id: UUID) -> ResponseReturnValue:
    return _act_page(act_id, RefuseForm())


@blueprint.get("/figures/tables/<uuid:act_id>")
@blueprint.get("/publication/batches/<uuid:act_id>")
@blueprint.get("/publication/retractions/<uuid:act_id>")
@requires(Permission.READ_WAITING)
def earlier_address(act_id: UUID) -> ResponseReturnValue:
    """Lead from where an act had its page in earlier releases."""
    return redirect(url_for("two_persons.act", act_id=act_id), 303)


@blueprint.post("/waiting/<uuid:act_id>/approve")
@requires(Permission.DECIDE_WAITING)
def approve(act_id: UUID) -> ResponseReturnValue:
    shown = hash_typed(request.form.get("shown_hash", ""))
    found = service.approve(g.context, _registered().acts, str(act_id), shown_hash=shown)
    flash(str(found.declared.done), "done")
    return redirect(url_for("two_persons.act", act_id=act_id), 303)


@blueprint.post("/waiting/<uuid:act_id>/refuse")
@requires(Permission.DECIDE_WAITING)
def refuse(act_id: UUID) -> ResponseReturnValue:
    form = RefuseForm(request.form)
    reason = form.reason.data or ""
    try:
        service.refuse(g.context, _registered().acts, str(act_id), reason=reason)
    except Invalid as refusal:
        form.reason.errors = [str(sentence) for _name, sentence in refusal.errors]
        return _act_page(act_id, form), 422
    flash(str(_("Refused. The person who proposed it reads your reason here.")))
    return redirect(url_for("two_persons.waiting"), 303)


@blueprint.post("/waiting/<uuid:act_id>/withdraw")
@requires(Permission.WITHDRAW_WAITING)
def withdraw(act_id: UUID) -> ResponseReturnValue:
    service.withdraw(g.context, _registered().acts, str(act_id))
    flash(str(_("Withdrawn. Nothing happened.")))
    return redirect(url_for("two_persons.waiting"), 303)


def _act_page(act_id: UUID, form: RefuseForm) -> str:
    ctx: RequestContext = g.context
    registered = _registered()
    found = service.find_act(ctx, registered.acts, str(act_id))
    seconds = found.declared.seconds_of(ctx, found.act)
    return render_template(
        "two_persons/act.html",
        shown=found,
        act=found.act,
        page=found.declared.page(ctx, found.act),
        form=form,
        seconds=[each.label for each in Role if each in seconds],
        proposer=registered.name_of(ctx, found.act.proposed_by),
        decider=registered.name_of(ctx, found.act.decided_by) if found.act.decided_by else "",
        is_about_her=found.act.is_about(ctx.actor),
    )
