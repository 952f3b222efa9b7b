"""Figures at /figures: the response rate and the list, a page for each question."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.analysis import service
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.register.rules import RegionalGroup

blueprint = Blueprint("analysis", __name__, template_folder="templates", url_prefix="/figures")


@blueprint.get("")
@requires(Permission.READ_FIGURES)
def current() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = editions.current(ctx.session)
    if edition is None or not edition.is_frozen:
        return render_template("layout/no_edition.html", title=_("Figures"))
    return redirect(url_for("analysis.figures", edition_id=edition.id), 303)


@blueprint.get("/<string(length=4):edition_id>")
@requires(Permission.READ_FIGURES)
def figures(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "analysis/figures.html",
        found=service.list_figures(ctx, edition_id),
        editions=[each for each in editions.visible_editions(ctx) if each.is_frozen],
        groups=RegionalGroup,
    )


@blueprint.get("/<string(length=4):edition_id>/<string(maxlength=12):code>")
@requires(Permission.READ_FIGURES, logs_reading=True)
def figure(edition_id: str, code: str) -> ResponseReturnValue:
    page = service.read_figure(g.context, edition_id, code)
    return render_template("analysis/figure.html", page=page, groups=RegionalGroup)
