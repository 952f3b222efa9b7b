"""Preparing an edition, and changing it before it is opened."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, label
from cooperation.editions.forms import DaysForm, EditionForm
from cooperation.editions.rules import Edition
from cooperation.editions.service.preparing import (
    EditionExistsError,
    change_edition,
    next_free_year,
    prepare_edition,
    questionnaire_versions,
)
from cooperation.editions.service.reading import prepared_edition
from cooperation.editions.views.blueprint import blueprint


@blueprint.get("/editions/prepare")
@requires(Permission.PREPARE_EDITION)
def prepare() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = EditionForm(data={"year": next_free_year(ctx)})
    form.offer(questionnaire_versions())
    return _render(form)


@blueprint.post("/editions/prepare")
@requires(Permission.PREPARE_EDITION)
def save_prepared() -> ResponseReturnValue:
    form = EditionForm(request.form)
    form.offer(questionnaire_versions())
    if form.validate():
        opens_on, deadline_on = form.days()
        try:
            made = prepare_edition(
                g.context,
                year=form.year.data or 0,
                opens_on=opens_on,
                deadline_on=deadline_on,
                questionnaire_version=form.questionnaire_version.data,
            )
        except Invalid as error:
            _show_errors(form, error.errors)
        except EditionExistsError as error:
            _show_errors(form, (("year", error.sentence),))
        else:
            return redirect(url_for("editions.show", edition_id=made.id), 303)
    return _render(form), 422


@blueprint.get("/editions/<edition:edition_id>/change")
@requires(Permission.PREPARE_EDITION)
def change(edition_id: str) -> ResponseReturnValue:
    edition = prepared_edition(g.context, edition_id)
    form = DaysForm(data=vars(edition))
    form.offer(questionnaire_versions())
    return _render(form, edition)


@blueprint.post("/editions/<edition:edition_id>/change")
@requires(Permission.PREPARE_EDITION)
def save_changed(edition_id: str) -> ResponseReturnValue:
    edition = prepared_edition(g.context, edition_id)
    form = DaysForm(request.form)
    form.offer(questionnaire_versions())
    if form.validate():
        opens_on, deadline_on = form.days()
        try:
            change_edition(
                g.context,
                edition_id,
                opens_on=opens_on,
                deadline_on=deadline_on,
                questionnaire_version=form.questionnaire_version.data,
            )
        except Invalid as error:
            _show_errors(form, error.errors)
        else:
            return redirect(url_for("editions.show", edition_id=edition_id), 303)
    return _render(form, edition), 422


def _render(form: DaysForm, edition: Edition | None = None) -> str:
    return render_template("editions/prepare.html", form=form, edition=edition)


def _show_errors(form: DaysForm, errors: tuple[tuple[str, Text], ...]) -> None:
    for name, sentence in errors:
        field = form[name]
        field.errors = (*field.errors, label(sentence))
