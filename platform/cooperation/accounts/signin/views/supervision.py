"""What happened on the account of a person whom one may disable, and her sessions."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import PageForm
from cooperation.accounts.signin.service.history import history_of
from cooperation.accounts.signin.service.supervision import end_sessions_of, sessions_of_person
from cooperation.core.text import _


@blueprint.get("/people/<uuid:person_id>/history")
@requires(Permission.DISABLE_PERSON)
def person_history(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = PageForm(request.args)
    before = form.before.data if form.validate() else None
    person, history = history_of(ctx, str(person_id), before=before)
    return render_template(
        "accounts/person_history.html",
        person=person,
        history=history,
        before=before,
        sessions=sessions_of_person(ctx, str(person_id)),
        is_own=person.id == ctx.actor.person_id,
    )


@blueprint.post("/people/<uuid:person_id>/end-sessions")
@requires(Permission.DISABLE_PERSON)
def end_person_sessions(person_id: UUID) -> ResponseReturnValue:
    end_sessions_of(g.context, str(person_id))
    flash(str(_("All her sessions are ended. She can sign in again.")), "done")
    return redirect(url_for("accounts.person_history", person_id=person_id), 303)
