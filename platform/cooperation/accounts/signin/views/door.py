"""Sign-in and second factor."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import HOME, blueprint, pending_name, set_cookie
from cooperation.accounts.forms import SignInForm, show_error
from cooperation.accounts.people.service.unused import AccountBlocked
from cooperation.accounts.rules import safe_path
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.sign_in import SignInRefused, begin_sign_in
from cooperation.core.text import Text


def _sign_in_page(
    form: SignInForm, status: int = 200, refusal: Text | None = None
) -> ResponseReturnValue:
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        refusal=refusal,
        is_activated="activated" in request.args,
        has_ended="ended" in request.args,
        is_signed_out="signed_out" in request.args,
    )
    return page, status


@blueprint.get("/sign-in")
@requires(Permission.PUBLIC, own_transactions=True)
def sign_in() -> ResponseReturnValue:
    wanted = safe_path(request.args.get("next"))
    if g.signed_in is not None:
        return redirect(wanted or HOME, 303)
    form = SignInForm()
    form.next.data = wanted
    return _sign_in_page(form)


@blueprint.post("/sign-in")
@requires(Permission.PUBLIC, own_transactions=True)
def check_password() -> ResponseReturnValue:
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form, 422)
    try:
        pending = begin_sign_in(
            g.door, email=form.email.data or "", password=form.password.data or ""
        )
    except AccountBlocked:
        contact = g.door.settings.contact_email
        return render_template("accounts/blocked.html", contact=contact), 403
    except SignInRefused as refusal:
        show_error(form, refusal)
        return _sign_in_page(form, 422, refusal.sentence)
    except TooManyAttempts as refusal:
        show_error(form, refusal)
        return _sign_in_page(form, 429)
    response = redirect(url_for("accounts.second_factor", next=safe_path(form.next.data)), 303)
    set_cookie(response, pending_name(), pending)
    return response


@blueprint.get("/sign-in/help")
@requires(Permission.PUBLIC, own_transactions=True)
def cannot_sign_in() -> ResponseReturnValue:
    contact = g.door.settings.contact_email
    return render_template("accounts/cannot_sign_in.html", contact=contact)
