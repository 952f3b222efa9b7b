"""The State's home and the list of all its answers."""

from flask import g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.requests import is_autosave
from cooperation.core.text import _
from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.service.frame import AnswersComingBackError
from cooperation.responses.drafting.service.overview import (
    ResponsePage,
    current_edition,
    overview_page,
    response_page,
)
from cooperation.responses.drafting.views.allowed import may_write
from cooperation.responses.drafting.views.answering import task_items
from cooperation.responses.drafting.views.fields import field_of
from cooperation.responses.drafting.views.keeping import keep_all
from cooperation.responses.rules import ResponseStatus


@blueprint.errorhandler(AnswersComingBackError)
def say_to_wait(error: AnswersComingBackError) -> ResponseReturnValue:
    """Show the one page there is while the State's answers were not given back yet."""
    if is_autosave(request.headers):
        return jsonify(status="conflict"), 409
    page = render_template("responses/coming_back.html", sentence=error.sentence)
    return page, 200 if request.method in {"GET", "HEAD"} else 409


@blueprint.get("/response")
@requires(Permission.READ_OWN_RESPONSE)
def home() -> ResponseReturnValue:
    edition = current_edition(g.context)
    if edition is None:
        return render_template("layout/no_edition.html", title=_("Response"))
    return _home(edition.id)


@blueprint.get("/response/<edition:edition_id>")
@requires(Permission.READ_OWN_RESPONSE)
def of_edition(edition_id: str) -> ResponseReturnValue:
    return _home(edition_id)


def _home(edition_id: str) -> str:
    ctx: RequestContext = g.context
    state = response_page(ctx, edition_id=edition_id)
    if state.is_coming_back:
        raise AnswersComingBackError
    edition = state.frame.edition
    return render_template(
        "responses/home.html",
        state=state,
        edition=edition,
        tasks=task_items(state.parts, edition.id),
        step=next_step(ctx, state),
        may_write=may_write(ctx, state.frame),
    )


def next_step(ctx: RequestContext, state: ResponsePage) -> dict[str, object] | None:
    """Return the one thing to do next, as the person's role and the response's state have it."""
    edition_id = state.frame.edition.id
    if not state.frame.edition.is_open or state.is_coming_back:
        return None
    sign = url_for("responses.sign", edition_id=edition_id)
    if state.status is ResponseStatus.READY and is_allowed(ctx.actor, Permission.SUBMIT_RESPONSE):
        return {"text": _("Read, sign and submit"), "href": sign}
    if state.status in {ResponseStatus.READY, ResponseStatus.SUBMITTED}:
        return None
    if not is_allowed(ctx.actor, Permission.WRITE_ANSWER):
        return None
    following = state.next_part
    if following is not None:
        is_new = state.status is ResponseStatus.NOT_STARTED
        address = url_for("responses.part", edition_id=edition_id, part_code=following.code)
        return {"text": _("Start") if is_new else _("Continue"), "href": address}
    if is_allowed(ctx.actor, Permission.MARK_READY):
        return {"text": _("Check and mark ready for signature"), "href": sign}
    return {
        "text": _("Check all answers"),
        "href": url_for("responses.overview", edition_id=edition_id),
    }


@blueprint.get("/response/<edition:edition_id>/answers")
@requires(Permission.READ_OWN_RESPONSE)
def overview(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    state = overview_page(ctx, edition_id=edition_id)
    parts = [
        (each.part, [field_of(question) for question in each.questions]) for each in state.parts
    ]
    return render_template(
        "responses/overview.html",
        state=state,
        edition=state.frame.edition,
        parts=parts,
        may_write=may_write(ctx, state.frame),
    )


@blueprint.post("/response/<edition:edition_id>/keep")
@requires(Permission.WRITE_ANSWER)
def keep_everything(edition_id: str) -> ResponseReturnValue:
    return keep_all(g.context, edition_id)
