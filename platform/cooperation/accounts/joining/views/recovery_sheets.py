"""The recovery sheet of the own institution: make, print once, void, use."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.forms import SheetForm, show_error
from cooperation.accounts.joining.service import recovery_sheets
from cooperation.accounts.joining.service.recovery_sheets import sheets_of
from cooperation.core.errors import Invalid
from cooperation.core.text import _


@blueprint.get("/recovery-sheet")
@requires(Permission.KEEP_RECOVERY_SHEET)
def sheets() -> ResponseReturnValue:
    return _page(g.context, SheetForm(), 200)


@blueprint.post("/recovery-sheet")
@requires(Permission.KEEP_RECOVERY_SHEET)
def make_sheet() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    made = recovery_sheets.make_sheet(ctx)
    return render_template("accounts/sheet.html", made=made, base_url=ctx.settings.base_url)


@blueprint.post("/recovery-sheet/<uuid:sheet_id>/void")
@requires(Permission.KEEP_RECOVERY_SHEET)
def void_sheet(sheet_id: UUID) -> ResponseReturnValue:
    recovery_sheets.void_sheet(g.context, str(sheet_id))
    flash(
        str(_("The sheet is void, and your institution has new keys. Destroy the paper.")), "done"
    )
    return redirect(url_for("accounts.sheets"), 303)


@blueprint.post("/recovery-sheet/use")
@requires(Permission.KEEP_RECOVERY_SHEET)
def use_sheet() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = SheetForm(request.form)
    if not form.validate():
        return _page(ctx, form, 422)
    try:
        recovery_sheets.use_sheet(ctx, form.code.data or "")
    except Invalid as refusal:
        show_error(form, refusal)
        return _page(ctx, form, 422)
    said = _("Everything from before opens again, for all people of your institution.")
    flash(str(said), "done")
    return redirect(url_for("accounts.sheets"), 303)


def _page(ctx: RequestContext, form: SheetForm, status: int) -> ResponseReturnValue:
    found = sheets_of(ctx)
    page = render_template(
        "accounts/sheets.html",
        form=form,
        live=next((sheet for sheet in found if sheet.is_live), None),
        is_needed=any(sheet.is_needed for sheet in found),
    )
    return page, status
