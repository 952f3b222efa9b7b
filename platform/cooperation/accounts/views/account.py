"""The own account: sessions, sign-out, step-up."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts import service
from cooperation.accounts.views.blueprint import (
    blueprint,
    end_cookie,
    session_name,
)
from cooperation.core.text import _


@blueprint.get("/account/sessions")
@requires(Permission.USE_ACCOUNT)
def sessions() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    found = service.sessions_of(ctx, g.signed_in.session_id)
    return render_template("accounts/sessions.html", sessions=found)


@blueprint.post("/account/sessions/<uuid:handle>/end")
@requires(Permission.USE_ACCOUNT)
def end_session(handle: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    service.end_session(ctx, str(handle))
    flash(str(_("The session was ended.")), "done")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/account/sessions/end")
@requires(Permission.USE_ACCOUNT)
def end_sessions() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    service.end_all_sessions(ctx)
    return _signed_out()


@blueprint.post("/sign-out")
@requires(Permission.USE_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    service.end_session(ctx, g.signed_in.session_id)
    return _signed_out()


def _signed_out() -> ResponseReturnValue:
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    end_cookie(response, session_name())
    return response
