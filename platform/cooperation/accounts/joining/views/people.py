"""Colleagues, invitations to them, the role of signatory; the administrator's people."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import ConfirmForm, InviteForm, show_error
from cooperation.accounts.joining.service import role_changes
from cooperation.accounts.joining.service.inviting import (
    invitable_roles,
    invitations_of,
    invite_person,
    withdraw_invitation,
)
from cooperation.accounts.joining.service.leaving import new_keys_due
from cooperation.accounts.people.service import people as people_service
from cooperation.accounts.people.service.people import all_people
from cooperation.accounts.rules import what_opens
from cooperation.accounts.signin.service.watching import reading_alarms
from cooperation.core.errors import Invalid
from cooperation.core.text import _


@blueprint.get("/colleagues")
@requires(Permission.READ_COLLEAGUES)
def colleagues() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    may_grant = is_allowed(ctx.actor, Permission.GRANT_ROLE)
    return render_template(
        "accounts/colleagues.html",
        people=people_service.colleagues(ctx),
        invitations=invitations_of(ctx),
        new_keys=new_keys_due(ctx),
        can_invite=is_allowed(ctx.actor, Permission.INVITE_PERSON),
        can_keep_sheet=is_allowed(ctx.actor, Permission.KEEP_RECOVERY_SHEET),
        can_disable=is_allowed(ctx.actor, Permission.DISABLE_PERSON),
        can_sign_for_state=may_grant and not ctx.actor.has(Role.SIGNATORY),
        now=ctx.now,
    )


def _invite_form(ctx: RequestContext) -> tuple[InviteForm, tuple[Role, ...]]:
    roles = invitable_roles(ctx)
    form = InviteForm(request.form)
    form.offer(roles)
    return form, roles


def _invite_page(
    form: InviteForm, roles: tuple[Role, ...], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/invite.html",
        form=form,
        opens=what_opens(roles),
        asks_organ=Role.COURT_READER in roles,
    )
    return page, status


@blueprint.get("/colleagues/invite")
@requires(Permission.INVITE_PERSON)
def invite() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form, roles = _invite_form(ctx)
    form.role.data = request.args.get("role", "")
    return _invite_page(form, roles)


@blueprint.post("/colleagues/invite")
@requires(Permission.INVITE_PERSON)
def send_invitation() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form, roles = _invite_form(ctx)
    if not form.validate():
        return _invite_page(form, roles, 422)
    try:
        made = invite_person(
            ctx,
            name=form.name.data or "",
            email=form.email.data or "",
            role=Role(form.role.data),
            organ=form.organ.data or "",
            replaces=bool(form.replaces.data),
        )
    except Invalid as refusal:
        show_error(form, refusal)
        return _invite_page(form, roles, 422)
    return render_template(
        "accounts/invited.html", made=made, done_url=url_for("accounts.colleagues")
    )


@blueprint.post("/colleagues/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.INVITE_PERSON)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    withdraw_invitation(ctx, str(invitation_id))
    flash(str(_("The invitation was withdrawn.")), "done")
    return redirect(url_for("accounts.colleagues"), 303)


@blueprint.get("/colleagues/signatory")
@requires(Permission.GRANT_ROLE)
def become_signatory() -> ResponseReturnValue:
    return render_template("accounts/become_signatory.html", form=ConfirmForm())


@blueprint.post("/colleagues/signatory")
@requires(Permission.GRANT_ROLE)
def take_role() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = ConfirmForm(request.form)
    if not form.validate():
        return render_template("accounts/become_signatory.html", form=form), 422
    role_changes.become_signatory(ctx)
    flash(str(_("You are a signatory too. Your State and the Secretariat are told.")), "done")
    return redirect(url_for("accounts.colleagues"), 303)


@blueprint.get("/people")
@requires(Permission.READ_PEOPLE)
def people() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "accounts/people.html",
        people=all_people(ctx),
        alarms=reading_alarms(ctx),
        now=ctx.now,
    )
