"""Figures at /figures: rate and list, a page for each question, tables that the Court releases."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.analysis.rules import is_open_to, is_single_choice
from cooperation.analysis.service import releasing as releasing_service
from cooperation.analysis.service.figures import list_figures, read_figure
from cooperation.analysis.service.releasing import TooFewError, preview_table, released_table
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


@blueprint.get("/<edition:edition_id>")
@requires(Permission.READ_FIGURES)
def figures(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "analysis/figures.html",
        found=list_figures(ctx, edition_id),
        editions=[each for each in editions.visible_editions(ctx) if each.is_frozen],
        groups=RegionalGroup,
    )


@blueprint.get("/<edition:edition_id>/<string(maxlength=12):code>")
@requires(Permission.READ_FIGURES, logs_reading=True)
def figure(edition_id: str, code: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    page = read_figure(ctx, edition_id, code)
    may_propose = is_allowed(ctx.actor, Permission.PROPOSE_TABLE)
    return render_template(
        "analysis/figure.html",
        page=page,
        groups=RegionalGroup,
        table=released_table(ctx, edition_id, code) if page.is_released else None,
        is_open=is_open_to(page.question, court=may_propose),
        may_propose=may_propose and is_single_choice(page.question),
    )


@blueprint.get("/<edition:edition_id>/<string(maxlength=12):code>/release")
@requires(Permission.PROPOSE_TABLE, logs_reading=True)
def releasing(edition_id: str, code: str) -> ResponseReturnValue:
    """Show the protected table that would be proposed."""
    try:
        edition, question, rows = preview_table(g.context, edition_id, code)
    except TooFewError as refusal:
        return render_template("analysis/too_few.html", sentence=refusal.sentence, code=code), 409
    return render_template(
        "analysis/release.html",
        edition=edition,
        question=question,
        rows=rows,
        groups=RegionalGroup,
    )


@blueprint.post("/<edition:edition_id>/<string(maxlength=12):code>/release")
@requires(Permission.PROPOSE_TABLE)
def propose_table(edition_id: str, code: str) -> ResponseReturnValue:
    table_id = releasing_service.propose_table(g.context, edition_id, code)
    flash(str(_("Proposed. Another Court reader releases exactly this table, or refuses it.")))
    return redirect(url_for("two_persons.act", act_id=table_id), 303)
