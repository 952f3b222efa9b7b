"""The page of a step-up: which act it is for, and how to confirm it."""

from urllib.parse import urlsplit

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import HOME, blueprint, session_name, set_cookie
from cooperation.accounts.forms import FactorForm, show_error
from cooperation.accounts.rules import Act, safe_path
from cooperation.accounts.signin.service import step_up as step_up_service
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.second_factor import CodeNotEnough, PasskeyNotAccepted
from cooperation.accounts.signin.service.sessions import SignedIn
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInOver
from cooperation.accounts.signin.service.step_up import step_up_with_passkey, ways_of_step_up


def step_up_page(form: FactorForm, status: int = 200) -> tuple[str, int]:
    """Return the page for the act in hand; where nothing she has will do, the one that says so."""
    act = _act_in_hand(form)
    signed_in: SignedIn = g.signed_in
    ways = ways_of_step_up(g.door, signed_in, act)
    if ways.passkey_options is None and not ways.takes_code:
        page = render_template(
            "accounts/passkey_needed.html",
            act=act,
            must_register=signed_in.must_register,
            held=len(signed_in.reader.passkeys),
            missing=signed_in.passkeys_missing,
        )
        return page, 403
    return render_template("accounts/step_up.html", form=form, ways=ways, act=act), status


def _act_in_hand(form: FactorForm) -> Act:
    """Return what is to be confirmed: the form that is kept, or the page that was asked for."""
    kept = g.get("kept")
    if kept is not None:
        return _act_at(kept.action, "POST")
    return _act_at(safe_path(form.next.data) or HOME, "GET")


def _act_at(address: str, method: str) -> Act:
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(address).path, method)
    except (HTTPException, RoutingException):
        endpoint = ""
    view = current_app.view_functions.get(endpoint)
    return Act(getattr(view, "permission", Permission.USE_ACCOUNT), address)


@blueprint.get("/account/step-up")
@requires(Permission.USE_ACCOUNT, own_transactions=True)
def step_up() -> ResponseReturnValue:
    form = FactorForm()
    form.next.data = safe_path(request.args.get("next"))
    return step_up_page(form)


@blueprint.post("/account/step-up")
@requires(Permission.USE_ACCOUNT, own_transactions=True)
def check_step_up() -> ResponseReturnValue:
    form = FactorForm(request.form)
    if not form.validate():
        return step_up_page(form, 422)
    try:
        cookie = _confirm(form)
    except SignInOver:
        return redirect(url_for("accounts.sign_in", next=safe_path(form.next.data)), 303)
    except (CodeWrong, PasskeyNotAccepted, CodeNotEnough) as refusal:
        show_error(form, refusal)
        return step_up_page(form, 422)
    except TooManyAttempts as refusal:
        show_error(form, refusal)
        return step_up_page(form, 429)
    response = redirect(safe_path(form.next.data) or HOME, 303)
    set_cookie(response, session_name(), cookie)
    return response


def _confirm(form: FactorForm) -> str:
    cookie = request.cookies.get(session_name(), "")
    if form.credential.data:
        return step_up_with_passkey(
            g.door, cookie=cookie, credential=form.credential.data, act=_act_in_hand(form)
        )
    return step_up_service.step_up(g.door, cookie=cookie, code=form.code.data or "")
