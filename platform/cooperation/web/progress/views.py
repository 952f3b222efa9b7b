"""The progress page."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.errors import NotFound
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import days_left
from cooperation.web.progress.forms import ProgressFilter
from cooperation.web.progress.standing import SHOWN, TAGS, by_group, standings, totals

blueprint = Blueprint("progress", __name__, template_folder="templates")


@blueprint.get("/progress")
@requires(Permission.READ_PROGRESS)
def current() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = editions.current(ctx.session)
    if edition is None or not edition.is_frozen:
        return render_template("layout/no_edition.html", title=_("Progress"))
    return redirect(url_for("progress.edition", edition_id=edition.id), 303)


@blueprint.get("/progress/<edition:edition_id>")
@requires(Permission.READ_PROGRESS)
def edition(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    found = editions.visible_edition(ctx, edition_id)
    if not found.is_frozen:
        raise NotFound
    form = ProgressFilter(request.args)
    wanted = form.wanted()
    states = standings(ctx, edition_id)
    groups = by_group(states)
    return render_template(
        "progress/progress.html",
        edition=found,
        editions=[each for each in editions.visible_editions(ctx) if each.is_frozen],
        days_left=days_left(found, ctx.now),
        form=form,
        groups=groups,
        stacked=[(str(group.group.label), list(group.counts)) for group in groups],
        totals=totals(states),
        total=len(states),
        shown=[each for each in states if wanted.lets_through(each)],
        statuses=[(status, TAGS[status]) for status in SHOWN],
        all_parts=len(editions.questionnaire(ctx.session, edition_id).parts),
        with_states=is_allowed(ctx.actor, Permission.READ_SUBMISSION),
    )
