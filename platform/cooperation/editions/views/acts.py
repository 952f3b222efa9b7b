"""Opening and closing: a page that says what will happen, then the act with a fresh code."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.forms import hash_typed
from cooperation.core.text import Text, _, ngettext
from cooperation.editions.rules import Edition, is_second_person
from cooperation.editions.service import acts
from cooperation.editions.service.acts import (
    EditionNotOpenError,
    SecondPersonNeededError,
    closing_effects,
    missing_before_opening,
    waiting_closing,
)
from cooperation.editions.service.reading import (
    participants,
    prepared_edition,
    questionnaire,
    visible_edition,
)
from cooperation.editions.views.blueprint import blueprint
from cooperation.editions.views.edition import people_of


@blueprint.get("/editions/<edition:edition_id>/open")
@requires(Permission.OPEN_EDITION)
def confirm_opening(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return _render_opening(ctx, prepared_edition(ctx, edition_id))


@blueprint.post("/editions/<edition:edition_id>/open")
@requires(Permission.OPEN_EDITION)
def open_edition(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    try:
        acts.open_edition(
            ctx, edition_id, shown_hash=hash_typed(request.form.get("content_hash", ""))
        )
    except Invalid:
        return _render_opening(ctx, prepared_edition(ctx, edition_id)), 422
    return redirect(url_for("editions.show", edition_id=edition_id), 303)


@blueprint.get("/editions/<edition:edition_id>/close")
@requires(Permission.PROPOSE_CLOSING)
def confirm_closing(edition_id: str) -> ResponseReturnValue:
    """Show what closing does, to propose it; or lead to what waits for a second person."""
    ctx: RequestContext = g.context
    edition = visible_edition(ctx, edition_id)
    if not edition.is_open:
        raise EditionNotOpenError
    waiting = waiting_closing(ctx, edition_id)
    if waiting is not None:
        return redirect(url_for("two_persons.act", act_id=waiting), 303)
    return render_template(
        "editions/close.html",
        edition=edition,
        effects=closing_effects(ctx, edition),
        people=people_of(ctx, edition),
    )


@blueprint.post("/editions/<edition:edition_id>/close/propose")
@requires(Permission.PROPOSE_CLOSING)
def propose_closing(edition_id: str) -> ResponseReturnValue:
    act_id = acts.propose_closing(g.context, edition_id)
    flash(str(_("Closing is proposed. Another person, who is head, closes the edition.")))
    return redirect(url_for("two_persons.act", act_id=act_id), 303)


def _render_opening(ctx: RequestContext, edition: Edition) -> str:
    count = len(participants(ctx.session, edition.id))
    questions = len(questionnaire(ctx.session, edition.id).questions)
    effects = [
        ngettext(
            "%(number)s State Party takes part; it is fixed, with its regional group.",
            "%(number)s States Parties take part; they are fixed, with their regional groups.",
            count,
        ),
        ngettext(
            "%(number)s question is asked; its text is fixed.",
            "%(number)s questions are asked; their texts are fixed.",
            questions,
        ),
        _("States can write and submit their responses."),
    ]
    return render_template(
        "editions/confirm.html",
        edition=edition,
        title=_("Open the edition"),
        effects=effects,
        people=people_of(ctx, edition),
        obstacles=_obstacles(ctx, edition),
        content_hash=(edition.prepared_hash or b"").hex(),
        action=url_for("editions.open_edition", edition_id=edition.id),
    )


def _obstacles(ctx: RequestContext, edition: Edition) -> tuple[Text, ...]:
    missing = missing_before_opening(ctx, edition.id)
    if is_second_person(edition, ctx.actor.person_id):
        return missing
    return (SecondPersonNeededError.sentence, *missing)
