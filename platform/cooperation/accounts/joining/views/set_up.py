"""Set-up: what the first head has to do before an edition opens."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import ConfirmForm
from cooperation.accounts.joining.service.founding import (
    confirm_keyring_backup,
    founding_state,
    set_up_steps,
)
from cooperation.accounts.rules import LOCKOUT_NOTE, LOCKOUT_TITLE
from cooperation.core.text import _


def _page(ctx: RequestContext, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "accounts/set_up.html",
        form=form,
        founding=founding_state(ctx.session),
        steps=set_up_steps(ctx),
        lockout_title=LOCKOUT_TITLE,
        lockout_note=LOCKOUT_NOTE,
    )
    return page, status


@blueprint.get("/set-up")
@requires(Permission.READ_SETUP)
def set_up() -> ResponseReturnValue:
    return _page(g.context, ConfirmForm())


@blueprint.post("/set-up/keyring-backup")
@requires(Permission.CONFIRM_KEYRING_BACKUP)
def confirm_backup() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = ConfirmForm(request.form)
    if not form.validate():
        return _page(ctx, form, 422)
    confirm_keyring_backup(ctx)
    flash(str(_("The backup is confirmed.")), "done")
    return redirect(url_for("accounts.set_up"), 303)
