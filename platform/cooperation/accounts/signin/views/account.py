"""The own account: sessions, history, sign-out."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint, end_cookie, session_name
from cooperation.accounts.forms import PageForm
from cooperation.accounts.signin.service import devices as devices_service
from cooperation.accounts.signin.service import sessions as sessions_service
from cooperation.accounts.signin.service.devices import known_devices
from cooperation.accounts.signin.service.history import own_history
from cooperation.accounts.signin.service.sessions import end_all_sessions, sessions_of
from cooperation.accounts.signin.service.supervision import end_sessions_but
from cooperation.core.text import _, ngettext


@blueprint.get("/account/sessions")
@requires(Permission.USE_ACCOUNT)
def sessions() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    found = sessions_of(ctx, g.signed_in.session_id)
    devices = known_devices(ctx, g.door.device)
    return render_template("accounts/sessions.html", sessions=found, devices=devices)


@blueprint.post("/account/sessions/<uuid:handle>/end")
@requires(Permission.USE_ACCOUNT)
def end_session(handle: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    sessions_service.end_session(ctx, str(handle))
    flash(str(_("The session was ended.")), "done")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/account/sessions/end")
@requires(Permission.USE_ACCOUNT)
def end_sessions() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    end_all_sessions(ctx)
    return _signed_out()


@blueprint.post("/account/sessions/end-others")
@requires(Permission.USE_ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    number = end_sessions_but(ctx, g.signed_in.session_id)
    flash(str(ngettext("%(number)s session was ended.", "%(number)s sessions were ended.", number)))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/account/devices/<uuid:device_id>/forget")
@requires(Permission.USE_ACCOUNT)
def forget_device(device_id: UUID) -> ResponseReturnValue:
    devices_service.forget_device(g.context, str(device_id))
    flash(str(_("The browser is forgotten. The next sign-in with it is told to you by mail.")))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.get("/account/history")
@requires(Permission.USE_ACCOUNT)
def history() -> ResponseReturnValue:
    form = PageForm(request.args)
    before = form.before.data if form.validate() else None
    found = own_history(g.context, before=before)
    return render_template("accounts/history.html", history=found, before=before)


@blueprint.post("/sign-out")
@requires(Permission.USE_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    sessions_service.end_session(ctx, g.signed_in.session_id)
    return _signed_out()


def _signed_out() -> ResponseReturnValue:
    response = redirect(url_for("accounts.sign_in", signed_out="yes"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    end_cookie(response, session_name())
    return response
