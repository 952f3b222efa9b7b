"""Acts of two persons: the list, one act, approving, refusing, withdrawing; proposing two kinds."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import KeyActForm, RefuseForm, RoleForm, show_error
from cooperation.accounts.rules import (
    KEY_ACT_EFFECTS,
    PROPOSABLE_KEY_ACTS,
    ActKind,
    WaitingAct,
    what_opens,
)
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _


@blueprint.get("/waiting")
@requires(Permission.READ_WAITING)
def waiting() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    acts = service.waiting_acts(ctx)
    return render_template(
        "accounts/waiting.html",
        open_acts=[(act, act.may_be_decided_by(ctx.actor)) for act in acts if act.is_waiting],
        decided=[act for act in acts if not act.is_waiting],
        is_of_secretariat=is_allowed(ctx.actor, Permission.READ_ACCESS_REVIEWS),
        may_propose_key_act=is_allowed(ctx.actor, Permission.PROPOSE_KEY_ACT),
    )


@blueprint.get("/waiting/<uuid:act_id>")
@requires(Permission.READ_WAITING)
def act(act_id: UUID) -> ResponseReturnValue:
    return _act_page(service.find_act(g.context, str(act_id)), RefuseForm())


@blueprint.post("/waiting/<uuid:act_id>/approve")
@requires(Permission.DECIDE_WAITING)
def approve_act(act_id: UUID) -> ResponseReturnValue:
    shown = request.form.get("subject_hash", "")
    is_hash = len(shown) == 64 and all(sign in "0123456789abcdef" for sign in shown)
    done = service.approve_act(
        g.context, str(act_id), shown_hash=bytes.fromhex(shown) if is_hash else b""
    )
    flash(str(_APPROVED[done.kind]), "done")
    return redirect(url_for("accounts.waiting"), 303)


@blueprint.post("/waiting/<uuid:act_id>/refuse")
@requires(Permission.DECIDE_WAITING)
def refuse_act(act_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = RefuseForm(request.form)
    if not form.validate():
        return _act_page(service.find_act(ctx, str(act_id)), form), 422
    service.refuse_act(ctx, str(act_id), reason=form.reason.data or "")
    flash(str(_("Refused. The person who proposed it reads your reason here.")))
    return redirect(url_for("accounts.waiting"), 303)


@blueprint.post("/waiting/<uuid:act_id>/withdraw")
@requires(Permission.WITHDRAW_WAITING)
def withdraw_act(act_id: UUID) -> ResponseReturnValue:
    service.withdraw_act(g.context, str(act_id))
    flash(str(_("Withdrawn. Nothing happened.")))
    return redirect(url_for("accounts.waiting"), 303)


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
    kind = ActKind(form.kind.data)
    subject = service.key_act_hash(ctx.root, kind, form.detail.data or "")
    note = "\n".join(filter(None, (form.note.data, form.detail.data)))
    try:
        act_id = service.propose_key_act(ctx, kind=kind, subject_hash=subject, note=note)
    except Invalid as refusal:
        show_error(form, refusal)
        return _key_act_page(form), 422
    return redirect(url_for("accounts.act", act_id=act_id), 303)


@blueprint.get("/colleagues/<uuid:person_id>/role")
@requires(Permission.CHANGE_ROLE)
def role(person_id: UUID) -> ResponseReturnValue:
    return _role_page(str(person_id), RoleForm())


@blueprint.post("/colleagues/<uuid:person_id>/role")
@requires(Permission.CHANGE_ROLE)
def change_role(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = RoleForm(request.form)
    _person, roles = service.person_to_change(ctx, str(person_id))
    form.offer(roles)
    if not form.validate():
        return _role_page(str(person_id), form), 422
    if service.change_role(ctx, str(person_id), role=Role(form.role.data)):
        flash(str(_("Proposed. The role changes once a second person has confirmed it.")))
        return redirect(url_for("accounts.waiting"), 303)
    flash(str(_("The role is changed. The person signs in again.")), "done")
    return redirect(url_for("accounts.colleagues"), 303)


_APPROVED = {
    ActKind.INVITATION: _("Confirmed. The link is on its way; the inviter hands over the code."),
    ActKind.ROLE: _("Confirmed. The role is changed; the person signs in again."),
} | dict.fromkeys(
    (ActKind.ROOT_ROTATION, ActKind.RESTORE, ActKind.KEY_DESTRUCTION),
    _("Approved. The administrator can carry it out once, within 24 hours."),
)


def _act_page(found: WaitingAct, form: RefuseForm) -> str:
    ctx: RequestContext = g.context
    return render_template(
        "accounts/act.html",
        act=found,
        form=form,
        effects=_effects(found),
        seconds=[each.label for each in Role if each in found.seconds],
        roles=[each.label for each in found.roles],
        may_decide=found.may_be_decided_by(ctx.actor),
        command=service.command_of(ctx.root, found) if found.lapses_at else None,
        is_own=found.proposed_by == ctx.actor.person_id,
        is_about_her=found.subject_id == ctx.actor.person_id,
    )


def _effects(found: WaitingAct) -> tuple[Text, ...]:
    """Return what happens once a second person approves."""
    if found.kind.is_of_keys:
        return KEY_ACT_EFFECTS[found.kind]
    if found.kind is ActKind.ROLE:
        return (
            _("From now on the person has the new role, and no longer the old one."),
            _("All sessions of the person end; the next sign-in is in the new role."),
        )
    return (
        _("The link of the invitation is sent. With the code the person makes an account."),
        *what_opens(found.roles),
    )


def _key_act_page(form: KeyActForm) -> str:
    hints = {kind.value: " ".join(map(str, KEY_ACT_EFFECTS[kind])) for kind in PROPOSABLE_KEY_ACTS}
    return render_template("accounts/key_act.html", form=form, hints=hints)


def _role_page(person_id: str, form: RoleForm) -> str:
    person, roles = service.person_to_change(g.context, person_id)
    form.offer(roles)
    return render_template("accounts/role.html", form=form, person=person)
