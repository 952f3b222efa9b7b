"""The questionnaire as States see it, part by part, with its rules in words."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.editions.rules import Part, preview_part
from cooperation.editions.service import reading
from cooperation.editions.service.reading import visible_edition
from cooperation.editions.views.blueprint import blueprint


@blueprint.get("/editions/<edition:edition_id>/questionnaire")
@requires(Permission.READ_EDITION)
def questionnaire(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = visible_edition(ctx, edition_id)
    first = reading.questionnaire(ctx.session, edition.id).parts[0]
    return redirect(_address(edition.id, first), 302)


@blueprint.get("/editions/<edition:edition_id>/questionnaire/<string:part_code>")
@requires(Permission.READ_EDITION)
def preview(edition_id: str, part_code: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = visible_edition(ctx, edition_id)
    asked = reading.questionnaire(ctx.session, edition_id)
    part = asked.part(part_code)
    tasks = [
        {"href": _address(edition_id, each), "text": each.title, "current": each is part}
        for each in asked.parts
    ]
    return render_template(
        "editions/questionnaire.html",
        edition=edition,
        part=part,
        number=asked.part_number(part_code),
        items=preview_part(asked, part),
        tasks=tasks,
        previous=_page_link(edition_id, asked.part_before(part_code)),
        next=_page_link(edition_id, asked.part_after(part_code)),
        may_check=is_allowed(ctx.actor, Permission.PREPARE_EDITION),
    )


def _address(edition_id: str, part: Part) -> str:
    return url_for("editions.preview", edition_id=edition_id, part_code=part.code)


def _page_link(edition_id: str, part: Part | None) -> tuple[str, str] | None:
    return None if part is None else (_address(edition_id, part), part.title)
