"""The home page at /."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, Role
from cooperation.web.home.others import (
    home_of_administrator,
    home_of_auditor,
    home_of_co_facilitators,
    home_of_court,
)
from cooperation.web.home.parts import Home
from cooperation.web.home.restores import confirming_step, restore_notices
from cooperation.web.home.secretariat import home_of_secretariat
from cooperation.web.home.state import home_of_state
from cooperation.web.home.trouble import trouble_notices
from cooperation.web.home.waiting import further_acts

blueprint = Blueprint("home", __name__, template_folder="templates")
blueprint.add_app_template_global(further_acts)

_HOMES: dict[Institution, Callable[[RequestContext], Home]] = {
    Institution.STATE: home_of_state,
    Institution.SECRETARIAT: home_of_secretariat,
    Institution.COURT: home_of_court,
    Institution.CO_FACILITATORS: home_of_co_facilitators,
}


@blueprint.get("/")
@requires(Permission.USE_ACCOUNT)
def home() -> ResponseReturnValue:
    """Show the home page of the person's role."""
    ctx: RequestContext = g.context
    if ctx.actor.institution is Institution.NONE:
        is_auditor = ctx.actor.has(Role.AUDITOR)
        found = home_of_auditor(ctx) if is_auditor else home_of_administrator(ctx)
    else:
        found = _HOMES[ctx.actor.institution](ctx)
    found = replace(found, notices=(*restore_notices(ctx), *trouble_notices(ctx), *found.notices))
    first = confirming_step(ctx)
    if first is not None:  # what is asked otherwise is held until then
        waiting = found.waiting if found.step is None else (found.step, *found.waiting)
        found = replace(found, step=first, waiting=waiting)
    return render_template("home/home.html", home=found)
