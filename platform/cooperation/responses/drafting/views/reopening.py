"""Reopening a response that is marked ready, with an optional reason; and undoing it."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.forms import number_typed
from cooperation.core.text import _
from cooperation.core.undo import UNDO, WayBack
from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.service import reopening
from cooperation.responses.drafting.service.overview import has_part


@blueprint.post("/response/<edition:edition_id>/reopen")
@requires(Permission.REOPEN_RESPONSE)
def reopen(edition_id: str) -> ResponseReturnValue:
    reason, part = request.form.get("reason", ""), request.form.get("part", "")
    try:
        version = reopening.reopen(g.context, edition_id=edition_id, reason=reason)
    except Invalid as error:
        page = render_template(
            "responses/reopen.html",
            edition_id=edition_id,
            part=part,
            reason=reason,
            errors=error.errors,
        )
        return page, 422
    flash(str(_("The response is open for changes again.")))
    address = url_for("responses.undo_reopening", edition_id=edition_id)
    flash(WayBack(address, {"version": str(version), "part": part}).to_json(), UNDO)
    return redirect(_address(edition_id, part), 303)


@blueprint.post("/response/<edition:edition_id>/reopen/undo")
@requires(Permission.REOPEN_RESPONSE)
def undo_reopening(edition_id: str) -> ResponseReturnValue:
    version, part = number_typed(request.form.get("version", "")), request.form.get("part", "")
    reopening.undo_reopening(g.context, edition_id=edition_id, version=version)
    flash(str(_("Undone: the response is marked ready for signature as it was before.")))
    return redirect(_address(edition_id, part), 303)


def _address(edition_id: str, part: str) -> str:
    """Return the part that she wanted to change, where she came from one."""
    if part and has_part(g.context, edition_id=edition_id, part_code=part):
        return url_for("responses.part", edition_id=edition_id, part_code=part)
    return url_for("responses.of_edition", edition_id=edition_id)
