"""Pages: a restore and a head's word on it; sealing again; checking one's records."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.audit.rules import ACTIONS
from cooperation.core.text import _, ngettext
from cooperation.responses.service import seal_withheld
from cooperation.safekeeping.forms import CheckForm
from cooperation.safekeeping.service.records import check_records, records_to_check
from cooperation.safekeeping.service.standing import (
    confirm_restore,
    is_restore_to_confirm,
    last_restore,
)

blueprint = Blueprint("safekeeping", __name__, template_folder="templates")


@blueprint.get("/records")
@requires(Permission.CHECK_RECORDS)
def records() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template("safekeeping/records.html", total=records_to_check(ctx))


@blueprint.get("/records/checked")
@requires(Permission.CHECK_RECORDS, logs_reading=True)
def check() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = CheckForm(request.args)
    done, opened, files = form.so_far()
    progress = check_records(ctx, done=done, opened=opened, files=files)
    return render_template("safekeeping/checked.html", progress=progress)


@blueprint.get("/restore")
@requires(Permission.READ_RESTORE)
def restored() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "safekeeping/restore.html",
        restore=last_restore(ctx),
        may_confirm=is_allowed(ctx.actor, Permission.CONFIRM_RESTORE)
        and is_restore_to_confirm(ctx),
        is_open=is_restore_to_confirm(ctx),
        acts=ACTIONS,
    )


@blueprint.post("/restore/<restore_id>/confirmation")
@requires(Permission.CONFIRM_RESTORE)
def confirm(restore_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    confirm_restore(ctx, restore_id)
    flash(str(_("The restore is confirmed. Publishing and issuing go on.")), "done")
    return redirect(url_for("home.home"), 303)


@blueprint.post("/restore/seal-again")
@requires(Permission.NARROW_ANSWER, step_up=False)
def seal_again() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    number = seal_withheld(ctx)
    text = ngettext(
        "%(number)s record is sealed to your State and the Court again.",
        "%(number)s records are sealed to your State and the Court again.",
        number,
    )
    flash(str(text), "done")
    return redirect(url_for("home.home"), 303)
