"""The own password: a new one against the present one."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint, session_name, set_cookie
from cooperation.accounts.forms import PasswordForm, show_error
from cooperation.accounts.signin.service import passwords
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.sign_in import SignInOver
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
        cookie = passwords.change_password(
            g.door,
            cookie=request.cookies.get(session_name(), ""),
            old=form.old.data or "",
            new=form.chosen,
        )
    except SignInOver:
        return redirect(url_for("accounts.sign_in", next=url_for("accounts.password")), 303)
    except Invalid as refusal:
        show_error(form, refusal)
        return _page(form, 422)
    except TooManyAttempts as refusal:
        show_error(form, refusal)
        return _page(form, 429)
    flash(str(_("Your password was changed. All other sessions have ended.")), "done")
    response = redirect(url_for("accounts.sessions"), 303)
    set_cookie(response, session_name(), cookie)
    return response


def _page(form: PasswordForm, status: int) -> ResponseReturnValue:
    return render_template("accounts/password.html", form=form), status
