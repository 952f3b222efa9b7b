"""The first halves of two acts: on the server's keys, and a change of role."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import KeyActForm, RoleForm, show_error
from cooperation.accounts.joining.service import key_acts, role_changes
from cooperation.accounts.joining.service.key_acts import key_act_hash
from cooperation.accounts.joining.service.role_changes import person_to_change
from cooperation.accounts.rules import (
    KEY_ACT_EFFECTS,
    PROPOSABLE_KEY_ACTS,
    KeyAct,
)
from cooperation.core.errors import Invalid
from cooperation.core.text import _


@blueprint.get("/set-up/key-acts")
@requires(Permission.PROPOSE_KEY_ACT)
def key_act() -> ResponseReturnValue:
    return _key_act_page(KeyActForm())


@blueprint.post("/set-up/key-acts")
@requires(Permission.PROPOSE_KEY_ACT)
def propose_key_act() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = KeyActForm(request.form)
    if not form.validate():
        return _key_act_page(form), 422
    kind = KeyAct(form.kind.data)
    subject = key_act_hash(ctx.root, kind, form.detail.data or "")
    note = "\n".join(filter(None, (form.note.data, form.detail.data)))
    try:
        act_id = key_acts.propose_key_act(ctx, kind=kind, subject_hash=subject, note=note)
    except Invalid as refusal:
        show_error(form, refusal)
        return _key_act_page(form), 422
    return redirect(url_for("two_persons.act", act_id=act_id), 303)


@blueprint.get("/colleagues/<uuid:person_id>/role")
@requires(Permission.CHANGE_ROLE)
def role(person_id: UUID) -> ResponseReturnValue:
    return _role_page(str(person_id), RoleForm())


@blueprint.post("/colleagues/<uuid:person_id>/role")
@requires(Permission.CHANGE_ROLE)
def change_role(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = RoleForm(request.form)
    _person, roles = person_to_change(ctx, str(person_id))
    form.offer(roles)
    if not form.validate():
        return _role_page(str(person_id), form), 422
    if role_changes.change_role(ctx, str(person_id), role=Role(form.role.data)):
        flash(str(_("Proposed. The role changes once a second person has confirmed it.")))
        return redirect(url_for("two_persons.waiting"), 303)
    flash(str(_("The role is changed. The person signs in again.")), "done")
    return redirect(url_for("accounts.colleagues"), 303)


def _key_act_page(form: KeyActForm) -> str:
    hints = {kind.value: " ".join(map(str, KEY_ACT_EFFECTS[kind])) for kind in PROPOSABLE_KEY_ACTS}
    return render_template("accounts/key_act.html", form=form, hints=hints)


def _role_page(person_id: str, form: RoleForm) -> str:
    person, roles = person_to_change(g.context, person_id)
    form.offer(roles)
    return render_template("accounts/role.html", form=form, person=person)
