"""Activation of an account: the two halves and the password, then the authenticator."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint, end_cookie, pending_name, set_cookie
from cooperation.accounts.forms import ActivationForm, CodeForm, FirstActivationForm, show_error
from cooperation.accounts.joining.service import activation
from cooperation.accounts.joining.service.activation import (
    InvitationClosed,
    InvitationFacts,
    enrolment,
    find_invitation,
)
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.sign_in import CodeWrong
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _
from cooperation.vault.invitation import Halves


def _form(facts: InvitationFacts) -> ActivationForm:
    kind = FirstActivationForm if facts.asks_name else ActivationForm
    return kind(request.form)


def _page(facts: InvitationFacts, form: ActivationForm, status: int = 200) -> ResponseReturnValue:
    lines: list[tuple[Text, Text | str]] = [(_("Role"), facts.role_name)]
    if facts.state_name is not None:
        lines.append((_("State"), facts.state_name))
    page = render_template("accounts/activate.html", invitation=facts, form=form, facts=lines)
    return page, status


def _closed() -> ResponseReturnValue:
    return render_template("accounts/invitation_closed.html"), 404


@blueprint.get("/activate/<uuid:invitation_id>")
@requires(Permission.PUBLIC, own_transactions=True)
def activate(invitation_id: UUID) -> ResponseReturnValue:
    try:
        facts = find_invitation(g.door, str(invitation_id))
    except InvitationClosed:
        return _closed()
    form = _form(facts)
    form.token.data = request.args.get("token", "")
    return _page(facts, form)


@blueprint.post("/activate/<uuid:invitation_id>")
@requires(Permission.PUBLIC, own_transactions=True)
def begin_activation(invitation_id: UUID) -> ResponseReturnValue:
    try:
        facts = find_invitation(g.door, str(invitation_id))
    except InvitationClosed:
        return _closed()
    form = _form(facts)
    if not form.validate():
        return _page(facts, form, 422)
    try:
        begun = activation.begin_activation(
            g.door,
            invitation_id=facts.id,
            halves=Halves(form.token.data or "", form.code.data or ""),
            password=form.chosen,
            name=_typed(form, "name"),
            email=_typed(form, "email"),
        )
    except InvitationClosed:
        return _closed()
    except Invalid as refusal:
        show_error(form, refusal)
        return _page(facts, form, 422)
    except TooManyAttempts as refusal:
        show_error(form, refusal)
        return _page(facts, form, 429)
    response = redirect(url_for("accounts.authenticator", invitation_id=facts.id), 303)
    set_cookie(response, pending_name(), begun.cookie)
    return response


def _typed(form: ActivationForm, name: str) -> str:
    return str(form[name].data or "") if name in form else ""


@blueprint.get("/activate/<uuid:invitation_id>/authenticator")
@requires(Permission.PUBLIC, own_transactions=True)
def authenticator(invitation_id: UUID) -> ResponseReturnValue:
    return _authenticator_page(str(invitation_id), CodeForm(), 200)


@blueprint.post("/activate/<uuid:invitation_id>/authenticator")
@requires(Permission.PUBLIC, own_transactions=True)
def finish_activation(invitation_id: UUID) -> ResponseReturnValue:
    form = CodeForm(request.form)
    if not form.validate():
        return _authenticator_page(str(invitation_id), form, 422)
    try:
        activation.finish_activation(
            g.door,
            cookie=request.cookies.get(pending_name(), ""),
            invitation_id=str(invitation_id),
            code=form.code.data or "",
        )
    except InvitationClosed:
        return _closed()
    except CodeWrong as refusal:
        show_error(form, refusal)
        return _authenticator_page(str(invitation_id), form, 422)
    except TooManyAttempts as refusal:
        show_error(form, refusal)
        return _authenticator_page(str(invitation_id), form, 429)
    response = redirect(url_for("accounts.sign_in", activated="yes"), 303)
    end_cookie(response, pending_name())
    return response


def _authenticator_page(invitation_id: str, form: CodeForm, status: int) -> ResponseReturnValue:
    shown = enrolment(
        g.door, cookie=request.cookies.get(pending_name(), ""), invitation_id=invitation_id
    )
    page = render_template(
        "accounts/authenticator.html",
        form=form,
        invitation_id=invitation_id,
        picture=shown.picture,
        address=shown.address,
        secret=shown.secret,
    )
    return page, status
