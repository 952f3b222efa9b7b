"""One colleague: her page, letting her go, a successor, inviting her anew, confirming her."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import ReplaceForm, show_error
from cooperation.accounts.joining.service import confirming, successors
from cooperation.accounts.joining.service import leaving as leaving_service
from cooperation.accounts.joining.service.inviting import MadeInvitation
from cooperation.accounts.joining.service.leaving import leaving_of, let_go
from cooperation.accounts.joining.service.role_changes import may_change_role
from cooperation.accounts.joining.service.successors import is_last_second, roles_to_follow
from cooperation.accounts.people.service.people import find_person
from cooperation.accounts.people.service.unused import is_person_blocked
from cooperation.core.errors import Invalid
from cooperation.core.text import _


def _list_of(ctx: RequestContext) -> str:
    """Return the address of the list of people that the actor may see."""
    if is_allowed(ctx.actor, Permission.READ_COLLEAGUES):
        return url_for("accounts.colleagues")
    return url_for("accounts.people")


@blueprint.get("/people/<uuid:person_id>")
@requires(Permission.DISABLE_PERSON)
def person(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    found = find_person(ctx, str(person_id))
    return render_template(
        "accounts/person.html",
        person=found,
        is_own=found.id == ctx.actor.person_id,
        is_blocked=is_person_blocked(ctx.session, found.id, ctx.now),
        may_confirm=is_allowed(ctx.actor, Permission.CONFIRM_PERSON),
        may_follow=bool(roles_to_follow(ctx, found.id)),
        may_change_role=may_change_role(ctx, found),
        back_url=_list_of(ctx),
    )


@blueprint.get("/people/<uuid:person_id>/disable")
@requires(Permission.DISABLE_PERSON)
def disable(person_id: UUID) -> ResponseReturnValue:
    return _leaving_page("accounts/disable.html", g.context, str(person_id))


@blueprint.post("/people/<uuid:person_id>/disable")
@requires(Permission.DISABLE_PERSON)
def disable_person(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    if let_go(ctx, str(person_id)):
        said = _("The account is disabled, its sessions are ended. Nothing is left to do.")
    else:
        said = _("The account is disabled, its sessions are ended. Colleagues make the new keys.")
    flash(str(said), "done")
    return redirect(_list_of(ctx), 303)


@blueprint.get("/people/<uuid:person_id>/replace")
@requires(Permission.INVITE_PERSON)
def replace(person_id: UUID) -> ResponseReturnValue:
    return _replace_page(g.context, str(person_id), ReplaceForm(), 200)


@blueprint.post("/people/<uuid:person_id>/replace")
@requires(Permission.INVITE_PERSON)
def replace_person(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = ReplaceForm(request.form)
    form.offer(roles_to_follow(ctx, str(person_id)))
    if not form.validate():
        return _replace_page(ctx, str(person_id), form, 422)
    try:
        made = successors.replace_person(
            ctx,
            str(person_id),
            name=form.name.data or "",
            email=form.email.data or "",
            role=Role(form.role.data),
        )
    except Invalid as refusal:
        show_error(form, refusal)
        return _replace_page(ctx, str(person_id), form, 422)
    return _invited_page(made)


@blueprint.get("/people/<uuid:person_id>/invite-anew")
@requires(Permission.INVITE_PERSON)
def anew(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    roles = roles_to_follow(ctx, str(person_id))
    return _leaving_page("accounts/anew.html", ctx, str(person_id), can=bool(roles))


@blueprint.post("/people/<uuid:person_id>/invite-anew")
@requires(Permission.INVITE_PERSON)
def invite_anew(person_id: UUID) -> ResponseReturnValue:
    return _invited_page(successors.invite_anew(g.context, str(person_id)))


@blueprint.post("/people/<uuid:person_id>/confirm")
@requires(Permission.CONFIRM_PERSON)
def confirm_person(person_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    confirming.confirm_person(ctx, str(person_id))
    flash(str(_("Confirmed. She can sign in again with the password she has.")), "done")
    return redirect(_list_of(ctx), 303)


@blueprint.post("/colleagues/new-keys")
@requires(Permission.RENEW_KEYS)
def make_new_keys() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    leaving_service.make_new_keys(ctx)
    flash(str(_("New keys are made. Nothing is left to do.")), "done")
    return redirect(url_for("accounts.colleagues"), 303)


def _replace_page(
    ctx: RequestContext, person_id: str, form: ReplaceForm, status: int
) -> ResponseReturnValue:
    roles = roles_to_follow(ctx, person_id)
    form.offer(roles)
    page = _leaving_page("accounts/replace.html", ctx, person_id, form=form, roles=roles)
    return page, status


def _leaving_page(template: str, ctx: RequestContext, person_id: str, **more: object) -> str:
    """Return a page that says what ends with a person's account."""
    leaving = leaving_of(ctx, person_id)
    return render_template(
        template,
        leaving=leaving,
        person=leaving.person,
        is_last=is_last_second(ctx, person_id),
        **more,
    )


def _invited_page(made: MadeInvitation) -> ResponseReturnValue:
    flash(str(_("The old account is disabled, and its sessions are ended.")), "done")
    return render_template(
        "accounts/invited.html", made=made, done_url=url_for("accounts.colleagues")
    )
