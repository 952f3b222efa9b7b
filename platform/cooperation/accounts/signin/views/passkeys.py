"""The own passkeys and recovery codes: list, register, remove, make anew."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint, session_name, set_cookie
from cooperation.accounts.forms import NextForm, PasskeyForm, show_error
from cooperation.accounts.rules import safe_path
from cooperation.accounts.signin.service import registration
from cooperation.accounts.signin.service.passkeys import factors_of
from cooperation.accounts.signin.service.registration import NoRecoveryCodes, begin_registration
from cooperation.accounts.signin.service.second_factor import PasskeyNotAccepted
from cooperation.accounts.signin.service.sign_in import SignInOver
from cooperation.core.errors import FieldsRefused, NotFound
from cooperation.core.text import _


@blueprint.get("/account/passkeys")
@requires(Permission.USE_ACCOUNT)
def passkeys() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "accounts/passkeys.html",
        factors=factors_of(ctx),
        must_register=g.signed_in.must_register,
        takes_codes=ctx.settings.totp_step_up,
        next=safe_path(request.args.get("next")),
    )


@blueprint.get("/account/passkeys/new")
@requires(Permission.CHANGE_FACTORS, own_transactions=True)
def new_passkey() -> ResponseReturnValue:
    form = PasskeyForm()
    form.next.data = safe_path(request.args.get("next"))
    return _registration_page(form)


@blueprint.post("/account/passkeys/new")
@requires(Permission.CHANGE_FACTORS, own_transactions=True)
def add_passkey() -> ResponseReturnValue:
    form = PasskeyForm(request.form)
    if not form.validate():
        return _registration_page(form, 422)
    try:
        cookie = registration.add_passkey(
            g.door,
            cookie=_cookie(),
            label=(form.label.data or "").strip(),
            credential=form.credential.data or "",
        )
    except SignInOver:
        return redirect(url_for("accounts.sign_in"), 303)
    except PasskeyNotAccepted as refusal:
        show_error(form, refusal)
        return _registration_page(form, 422)
    flash(str(_("The passkey is registered.")), "done")
    response = redirect(url_for("accounts.passkeys", next=safe_path(form.next.data)), 303)
    set_cookie(response, session_name(), cookie)
    return response


def _registration_page(form: PasskeyForm, status: int = 200) -> ResponseReturnValue:
    options = begin_registration(g.door, g.signed_in)
    return render_template("accounts/new_passkey.html", form=form, options=options), status


@blueprint.get("/account/passkeys/<uuid:passkey_id>/remove")
@requires(Permission.CHANGE_FACTORS)
def confirm_removal(passkey_id: UUID) -> ResponseReturnValue:
    factors = factors_of(g.context)
    found = next((each for each in factors.passkeys if each.id == str(passkey_id)), None)
    if found is None:
        raise NotFound
    left = len(factors.passkeys) - 1
    return render_template(
        "accounts/remove_passkey.html", passkey=found, factors=factors, left=left
    )


@blueprint.post("/account/passkeys/<uuid:passkey_id>/remove")
@requires(Permission.CHANGE_FACTORS, own_transactions=True)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    _next_of(NextForm(request.form))
    try:
        cookie = registration.remove_passkey(
            g.door, g.signed_in, cookie=_cookie(), passkey_id=str(passkey_id)
        )
    except SignInOver:
        return redirect(url_for("accounts.sign_in"), 303)
    flash(str(_("The passkey was removed.")), "done")
    response = redirect(url_for("accounts.passkeys"), 303)
    set_cookie(response, session_name(), cookie)
    return response


@blueprint.get("/account/recovery-codes")
@requires(Permission.CHANGE_FACTORS)
def recovery_codes() -> ResponseReturnValue:
    factors = factors_of(g.context)
    if not (factors.keeps_recovery_codes and factors.passkeys):
        raise NoRecoveryCodes
    wanted = safe_path(request.args.get("next"))
    return render_template("accounts/recovery_codes.html", factors=factors, codes=(), next=wanted)


@blueprint.post("/account/recovery-codes")
@requires(Permission.CHANGE_FACTORS, own_transactions=True)
def make_recovery_codes() -> ResponseReturnValue:
    wanted = _next_of(NextForm(request.form))
    try:
        codes = registration.make_recovery_codes(g.door, g.signed_in, cookie=_cookie())
    except SignInOver:
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/recovery_codes.html", codes=codes, next=wanted)


def _next_of(form: NextForm) -> str | None:
    """Return where a button's page goes on; raises `FieldsRefused` before anything is done."""
    if not form.validate():
        raise FieldsRefused
    return safe_path(form.next.data)


def _cookie() -> str:
    return request.cookies.get(session_name(), "")
