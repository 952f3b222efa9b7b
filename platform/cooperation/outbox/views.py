"""Mails that did not leave, at /mails: for the Secretariat and administrators."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.text import _
from cooperation.outbox.service import flagged
from cooperation.outbox.service.flagged import flagged_mails, settle_mail

blueprint = Blueprint("outbox", __name__, template_folder="templates")


@blueprint.get("/mails")
@requires(Permission.READ_MAILS)
def mails() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template("outbox/mails.html", mails=flagged_mails(ctx))


@blueprint.post("/mails/<uuid:mail_id>/again")
@requires(Permission.SETTLE_MAIL)
def send_again(mail_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    flagged.send_again(ctx, str(mail_id))
    flash(str(_("The mail goes out again within a minute. If it fails, it comes back here.")))
    return redirect(url_for("outbox.mails"), 303)


@blueprint.post("/mails/<uuid:mail_id>/settle")
@requires(Permission.SETTLE_MAIL)
def settle(mail_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    settle_mail(ctx, str(mail_id))
    flash(str(_("The mail is marked as settled and was erased.")))
    return redirect(url_for("outbox.mails"), 303)
