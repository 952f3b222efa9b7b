"""The own password: a new one against the present one."""

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts import service
from cooperation.accounts.forms import PasswordForm, show_error
from cooperation.accounts.views.blueprint import blueprint, session_name, set_cookie
from cooperation.core.errors import Invalid
from cooperation.core.text import _


@blueprint.get("/account/password")
@requires(Permission.USE_ACCOUNT, own_transactions=True)
def password() -> ResponseReturnValue:
    return _page(PasswordForm(), 200)


@blueprint.post("/account/password")
@requires(Permission.USE_ACCOUNT, own_transactions=True)
def change_password() -> ResponseReturnValue:
    form = PasswordForm(request.form)
    if not form.validate():
        return _page(form, 422)
    try:
        changed = service.change_password(
            g.door,
            cookie=request.cookies.get(session_name(), ""),
            old=form.old.data or "",
            new=form.password.data if form.choice.data == "own" else None,
        )
    except service.SignInOver:
        return redirect(url_for("accounts.sign_in", next=url_for("accounts.password")), 303)
    except Invalid as refusal:
        show_error(form, refusal)
        return _page(form, 422)
    except service.TooManyAttempts as refusal:
        show_error(form, refusal)
        return _page(form, 429)
    return _after_change(changed)


def _page(form: PasswordForm, status: int) -> ResponseReturnValue:
    return render_template("accounts/password.html", form=form), status


def _after_change(changed: service.Changed) -> ResponseReturnValue:
    """Show the passphrase, once; with an own password go back to the account at once."""
    if changed.passphrase is None:
        flash(str(_("Your password was changed. All other sessions have ended.")), "done")
        response = redirect(url_for("accounts.sessions"), 303)
    else:
        response = make_response(
            render_template("accounts/password_changed.html", passphrase=changed.passphrase)
        )
    set_cookie(response, session_name(), changed.cookie)
    return response
