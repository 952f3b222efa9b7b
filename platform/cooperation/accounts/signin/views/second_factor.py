"""The second step of a sign-in: passkey, authenticator or recovery code on one page."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import (
    HOME,
    blueprint,
    end_cookie,
    keep_device,
    pending_name,
    session_name,
    set_cookie,
)
from cooperation.accounts.forms import FactorForm, show_error
from cooperation.accounts.rules import browser_name, safe_path
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.second_factor import (
    CodeNotEnough,
    PasskeyNotAccepted,
    RecoveryCodeWrong,
    finish_sign_in,
    finish_with_passkey,
    finish_with_recovery_code,
    ways_of_sign_in,
)
from cooperation.accounts.signin.service.sessions import reader_for_session
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInOver


def second_factor_page(pending: str, form: FactorForm, status: int = 200) -> ResponseReturnValue:
    """Return the page for this pending sign-in; where it is over, back to the password."""
    try:
        ways = ways_of_sign_in(g.door, pending=pending)
    except SignInOver as over:
        return _start_again(over, form)
    return render_template("accounts/second_factor.html", form=form, ways=ways), status


def _start_again(over: SignInOver, form: FactorForm) -> ResponseReturnValue:
    flash(str(over.sentence), "warn")
    return redirect(url_for("accounts.sign_in", next=safe_path(form.next.data)), 303)


@blueprint.get("/second-factor")
@requires(Permission.PUBLIC, own_transactions=True)
def second_factor() -> ResponseReturnValue:
    pending = request.cookies.get(pending_name())
    if not pending:
        return redirect(url_for("accounts.sign_in"), 303)
    form = FactorForm()
    form.next.data = safe_path(request.args.get("next"))
    return second_factor_page(pending, form)


@blueprint.post("/second-factor")
@requires(Permission.PUBLIC, own_transactions=True)
def check_code() -> ResponseReturnValue:
    form = FactorForm(request.form)
    pending = request.cookies.get(pending_name(), "")
    if not form.validate():
        return second_factor_page(pending, form, 422)
    try:
        cookie = _finish(pending, form)
    except SignInOver as over:
        return _start_again(over, form)
    except (
        CodeWrong,
        PasskeyNotAccepted,
        RecoveryCodeWrong,
        CodeNotEnough,
    ) as refusal:
        show_error(form, refusal)
        return second_factor_page(pending, form, 422)
    except TooManyAttempts as refusal:
        show_error(form, refusal)
        return second_factor_page(pending, form, 429)
    response = redirect(_landing(cookie, safe_path(form.next.data)), 303)
    end_cookie(response, pending_name())
    set_cookie(response, session_name(), cookie)
    keep_device(response)
    return response


def _finish(pending: str, form: FactorForm) -> str:
    browser = browser_name(request.headers.get("User-Agent", ""))
    if form.credential.data:
        return finish_with_passkey(
            g.door, pending=pending, credential=form.credential.data, browser=browser
        )
    if form.recovery_code.data:
        return finish_with_recovery_code(
            g.door, pending=pending, code=form.recovery_code.data, browser=browser
        )
    return finish_sign_in(g.door, pending=pending, code=form.code.data or "", browser=browser)


def _landing(cookie: str, wanted: str | None) -> str:
    """Return where to go: to the passkeys, while some that her role needs are missing."""
    signed_in = reader_for_session(g.door, cookie=cookie)
    with signed_in.reader:
        is_due = signed_in.must_register or signed_in.passkeys_missing > 0
    return url_for("accounts.passkeys", next=wanted) if is_due else wanted or HOME
