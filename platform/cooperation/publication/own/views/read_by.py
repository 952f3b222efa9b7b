"""Who has read a State's answers, at /readers: for its own people."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.publication.blueprint import blueprint, frozen_editions, of_current_edition
from cooperation.publication.forms import ReadersFilter, readers_filter
from cooperation.publication.own.service.read_by import (
    Readers,
    export_readers,
    find_readers,
    readers_choice,
    submitted_editions,
)


@blueprint.get("/readers")
@requires(Permission.READ_READERS)
def readers_current() -> ResponseReturnValue:
    submitted = submitted_editions(g.context)
    if submitted:
        return redirect(url_for("publication.readers", edition_id=submitted[0]), 303)
    return of_current_edition(g.context, "publication.readers", _("Who has read our answers"))


@blueprint.get("/readers/<edition:edition_id>")
@requires(Permission.READ_READERS)
def readers(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = _filter(edition_id)
    if not form.validate():
        return _page(edition_id, form, None), 422
    found = find_readers(
        ctx,
        edition_id,
        question=form.question.data or None,
        institution=form.institution.data or None,
        until=form.until.data,
    )
    return _page(edition_id, form, found)


@blueprint.get("/readers/<edition:edition_id>/table")
@requires(Permission.READ_READERS)
def readers_table(edition_id: str) -> ResponseReturnValue:
    form = _filter(edition_id)
    if not form.validate():
        return _page(edition_id, form, None), 422
    download = export_readers(
        g.context,
        edition_id,
        question=form.question.data or None,
        institution=form.institution.data or None,
    )
    return download.sent()


def _filter(edition_id: str) -> ReadersFilter:
    choice = readers_choice(g.context, edition_id)
    return readers_filter(choice.questions, choice.institutions, request.args)


def _page(edition_id: str, form: ReadersFilter, found: Readers | None) -> str:
    ctx: RequestContext = g.context
    return render_template(
        "publication/readers.html",
        edition=editions.visible_edition(ctx, edition_id),
        editions=frozen_editions(ctx),
        form=form,
        found=found,
        submitted=submitted_editions(ctx),
    )
