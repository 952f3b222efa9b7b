"""A State's own answers at /our-answers: where they stand, release, narrowing."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _, ngettext
from cooperation.publication.blueprint import blueprint, frozen_editions, of_current_edition
from cooperation.publication.forms import ReleaseForm, release_form
from cooperation.publication.own.service import narrowing as narrowing_service
from cooperation.publication.own.service import own as own_service
from cooperation.publication.own.service.narrowing import find_narrowing
from cooperation.publication.own.service.own import OwnAnswers, own_answers
from cooperation.publication.own.service.read_by import count_readers
from cooperation.publication.reading.service.comparing import compare_own
from cooperation.publication.rules import Standing
from cooperation.responses import service as responses


@blueprint.get("/our-answers")
@requires(Permission.READ_OWN_RESPONSE)
def own_current() -> ResponseReturnValue:
    return of_current_edition(g.context, "publication.own", _("Our submitted answers"))


@blueprint.get("/our-answers/<edition:edition_id>")
@requires(Permission.READ_OWN_RESPONSE)
def own(edition_id: str) -> ResponseReturnValue:
    found = own_answers(g.context, edition_id)
    return _own_page(found, release_form(_choices(found)))


@blueprint.post("/our-answers/<edition:edition_id>/release")
@requires(Permission.RELEASE_ANSWER)
def release(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    chosen = request.form.getlist("questions")
    if request.form.get("all"):
        chosen = [each.question.code for each in own_answers(ctx, edition_id).waiting]
    try:
        number = own_service.release(ctx, edition_id, questions=chosen)
    except Invalid as refusal:
        found = own_answers(ctx, edition_id)
        form = release_form(_choices(found), request.form)
        form.questions.errors = [str(sentence) for _name, sentence in refusal.errors]
        return _own_page(found, form), 422
    flash(str(ngettext("%(number)s answer released.", "%(number)s answers released.", number)))
    return redirect(url_for("publication.own", edition_id=edition_id), 303)


@blueprint.get("/our-answers/<edition:edition_id>/<string(maxlength=12):question>/narrow")
@requires(Permission.NARROW_ANSWER)
def narrowing(edition_id: str, question: str) -> ResponseReturnValue:
    facts = find_narrowing(g.context, edition_id, question)
    return render_template("publication/narrow.html", facts=facts)


@blueprint.post("/our-answers/<edition:edition_id>/<string(maxlength=12):question>/narrow")
@requires(Permission.NARROW_ANSWER)
def narrow(edition_id: str, question: str) -> ResponseReturnValue:
    narrowing_service.narrow(g.context, edition_id, question)
    flash(str(_("%(code)s is now for your State and the Court only.", code=question)))
    return redirect(url_for("publication.own", edition_id=edition_id), 303)


def _choices(found: OwnAnswers) -> list[tuple[str, str]]:
    return [
        (each.question.code, f"{each.question.code} {each.question.title}")
        for each in found.waiting
    ]


def _own_page(found: OwnAnswers, form: ReleaseForm) -> str:
    ctx: RequestContext = g.context
    coming_back = _what_is_coming_back(ctx)
    return render_template(
        "publication/own.html",
        found=found,
        form=form,
        standings=Standing,
        editions=frozen_editions(ctx),
        may_decide=coming_back is None and is_allowed(ctx.actor, Permission.NARROW_ANSWER),
        coming_back=coming_back,
        opened=count_readers(ctx, found),
        comparison=compare_own(ctx, found.edition.id),
    )


def _what_is_coming_back(ctx: RequestContext) -> Text | None:
    """Return what to say while the State's answers were not given back yet."""
    try:
        responses.refuse_while_coming_back(ctx)
    except responses.AnswersComingBackError as error:
        return error.sentence
    return None
