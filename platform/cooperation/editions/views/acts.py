"""Opening and closing: a page that says what will happen, then the act with a fresh code."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _, ngettext
from cooperation.editions import service
from cooperation.editions.rules import Edition, is_past_deadline, is_second_person
from cooperation.editions.views.blueprint import blueprint
from cooperation.editions.views.edition import people_of


@blueprint.get("/editions/<edition:edition_id>/open")
@requires(Permission.OPEN_EDITION)
def confirm_opening(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return _render_opening(ctx, service.prepared_edition(ctx, edition_id))


@blueprint.post("/editions/<edition:edition_id>/open")
@requires(Permission.OPEN_EDITION)
def open_edition(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    try:
        service.open_edition(ctx, edition_id, shown_hash=shown_hash())
    except Invalid:
        return _render_opening(ctx, service.prepared_edition(ctx, edition_id)), 422
    return redirect(url_for("editions.show", edition_id=edition_id), 303)


@blueprint.get("/editions/<edition:edition_id>/close")
@requires(Permission.PROPOSE_CLOSING)
def confirm_closing(edition_id: str) -> ResponseReturnValue:
    """Show what closing does: to propose it, or for another person, who is head, to do it."""
    ctx: RequestContext = g.context
    edition = service.visible_edition(ctx, edition_id)
    if not edition.is_open:
        raise service.EditionNotOpenError
    effects = [
        _("No response can be submitted to this edition any more, nor corrected."),
        _("What was submitted stays; review and publication go on."),
        _("A closed edition is not opened again."),
    ]
    if not is_past_deadline(edition, ctx.now):
        effects.append(_("The deadline has not passed yet: States may still be writing."))
    return render_template(
        "editions/close.html",
        edition=edition,
        effects=effects,
        people=people_of(ctx, edition),
        is_own=edition.closing_proposed_by == ctx.actor.person_id,
        is_head=is_allowed(ctx.actor, Permission.CLOSE_EDITION),
        content_hash=service.closing_hash_of(edition).hex(),
    )


@blueprint.post("/editions/<edition:edition_id>/close/propose")
@requires(Permission.PROPOSE_CLOSING)
def propose_closing(edition_id: str) -> ResponseReturnValue:
    service.propose_closing(g.context, edition_id)
    flash(str(_("Closing is proposed. Another person, who is head, closes the edition.")))
    return redirect(url_for("editions.show", edition_id=edition_id), 303)


@blueprint.post("/editions/<edition:edition_id>/close/withdraw")
@requires(Permission.PROPOSE_CLOSING)
def withdraw_closing(edition_id: str) -> ResponseReturnValue:
    service.withdraw_closing(g.context, edition_id)
    flash(str(_("The proposal is withdrawn. The edition stays open.")))
    return redirect(url_for("editions.show", edition_id=edition_id), 303)


@blueprint.post("/editions/<edition:edition_id>/close")
@requires(Permission.CLOSE_EDITION)
def close_edition(edition_id: str) -> ResponseReturnValue:
    service.close_edition(g.context, edition_id, shown_hash=shown_hash())
    return redirect(url_for("editions.show", edition_id=edition_id), 303)


def shown_hash() -> bytes:
    """Return the hash that stood on the page; nothing for what is none, which no act accepts."""
    typed = request.form.get("content_hash", "")
    is_hash = len(typed) == 64 and all(sign in "0123456789abcdef" for sign in typed)
    return bytes.fromhex(typed) if is_hash else b""


def _render_opening(ctx: RequestContext, edition: Edition) -> str:
    count = len(service.participants(ctx.session, edition.id))
    questions = len(service.questionnaire(ctx.session, edition.id).questions)
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
    missing = service.missing_before_opening(ctx, edition.id)
    if is_second_person(edition, ctx.actor.person_id):
        return missing
    return (service.SecondPersonNeededError.sentence, *missing)
