"""The home page: for each role one next step, then where things stand."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.USE_ACCOUNT)
def home() -> ResponseReturnValue:
    """Show the home page of the person's role."""
    ctx: RequestContext = g.context
    return render_template("home/home.html", actor=ctx.actor)
