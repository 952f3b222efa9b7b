"""The pages of the yearly access review."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import NotFound
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.web.access_review.forms import ReviewForm
from cooperation.web.access_review.overview import access_lines

blueprint = Blueprint("access_review", __name__, template_folder="templates")


def _edition(ctx: RequestContext) -> Edition | None:
    found = editions.current(ctx.session)
    return found if found is not None and found.is_frozen else None


@blueprint.get("/access-review")
@requires(Permission.CONFIRM_ACCESS)
def own() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = _edition(ctx)
    if edition is None:
        return render_template("layout/no_edition.html", title=_("Who has access"))
    return _page(ctx, edition, ReviewForm(), 200)


@blueprint.post("/access-review")
@requires(Permission.CONFIRM_ACCESS)
def confirm() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = _edition(ctx)
    if edition is None:
        raise NotFound
    form = ReviewForm(request.form)
    if not form.validate():
        return _page(ctx, edition, form, 422)
    accounts.confirm_access(ctx, edition.id, fingerprint=form.fingerprint.data or "")
    flash(str(_("Thank you. The list is confirmed for this edition.")), "done")
    return redirect(url_for("home.home"), 303)


@blueprint.get("/access-reviews")
@requires(Permission.READ_ACCESS_REVIEWS)
def table() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = _edition(ctx)
    lines = access_lines(ctx, edition)
    return render_template(
        "access_review/table.html",
        edition=edition,
        lines=lines,
        without=[line for line in lines if not line.people],
        with_people=sum(line.people > 0 for line in lines),
        confirmed=sum(line.confirmed_at is not None for line in lines),
    )


def _page(
    ctx: RequestContext, edition: Edition, form: ReviewForm, status: int
) -> ResponseReturnValue:
    review = accounts.own_access_review(ctx, edition.id)
    page = render_template(
        "access_review/own.html",
        form=form,
        edition=edition,
        review=review,
        now=ctx.now,
        own_id=ctx.actor.person_id,
    )
    return page, status
