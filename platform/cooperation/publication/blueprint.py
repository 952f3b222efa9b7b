"""The slice's blueprint, and what its pages share."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.core.text import Text
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition

blueprint = Blueprint("publication", __name__, template_folder="templates")


def of_current_edition(ctx: RequestContext, endpoint: str, title: Text) -> ResponseReturnValue:
    """Lead to the page of the edition that is open, else the last that was, if there was one."""
    found = editions.current(ctx.session)
    if found is None or not found.is_frozen:
        return render_template("layout/no_edition.html", title=title)
    return redirect(url_for(endpoint, edition_id=found.id), 303)


def frozen_editions(ctx: RequestContext) -> list[Edition]:
    """Return the editions that were opened, latest first."""
    return [each for each in editions.visible_editions(ctx) if each.is_frozen]
