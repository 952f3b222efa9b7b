"""The list of editions and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.text import Text, _
from cooperation.editions.rules import Edition, Participant, is_past_deadline, is_second_person
from cooperation.editions.service import reading
from cooperation.editions.service.acts import missing_before_opening, waiting_closing
from cooperation.editions.service.reading import questionnaire, visible_edition, visible_editions
from cooperation.editions.views.blueprint import blueprint
from cooperation.register.rules import RegionalGroup


@dataclass(frozen=True)
class Step:
    """The page's one main action."""

    text: Text
    href: str
    note: Text


@dataclass(frozen=True)
class Group:
    """A regional group with the names of its States."""

    label: Text
    names: tuple[str, ...]


@blueprint.get("/editions")
@requires(Permission.READ_EDITION)
def index() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "editions/editions.html",
        editions=visible_editions(ctx),
        can_prepare=is_allowed(ctx.actor, Permission.PREPARE_EDITION),
    )


@blueprint.get("/editions/<edition:edition_id>")
@requires(Permission.READ_EDITION)
def show(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = visible_edition(ctx, edition_id)
    participants = reading.participants(ctx.session, edition_id)
    missing = () if edition.is_frozen else missing_before_opening(ctx, edition_id)
    step = _step(ctx, edition, missing)
    return render_template(
        "editions/edition.html",
        edition=edition,
        question_count=len(questionnaire(ctx.session, edition_id).questions),
        people=people_of(ctx, edition),
        is_past_deadline=edition.is_open and is_past_deadline(edition, ctx.now),
        missing=missing,
        step=step,
        waits_for_head=not (edition.is_frozen or missing or step),
        can_change=not edition.is_frozen and is_allowed(ctx.actor, Permission.PREPARE_EDITION),
        is_closing=waiting_closing(ctx, edition_id) is not None,
        can_close=edition.is_open and is_allowed(ctx.actor, Permission.PROPOSE_CLOSING),
        groups=groups_of(participants),
        total=len(participants),
    )


def people_of(ctx: RequestContext, edition: Edition) -> list[tuple[Text, str]]:
    """Return who prepared, opened and closed the edition, for the Secretariat alone."""
    if not is_allowed(ctx.actor, Permission.PREPARE_EDITION):
        return []
    acts = (
        (_("Prepared by"), edition.prepared_by),
        (_("Opened by"), edition.opened_by),
        (_("Closed by"), edition.closed_by),
    )
    return [
        (text, accounts.person_name(ctx.session, ctx.root, person))
        for text, person in acts
        if person
    ]


def groups_of(participants: Sequence[Participant]) -> list[Group]:
    """Return the participants by regional group, in the order of the groups."""
    names: dict[RegionalGroup, list[str]] = {group: [] for group in RegionalGroup}
    for participant in participants:
        names[participant.group].append(participant.name)
    return [Group(group.label, tuple(names[group])) for group in RegionalGroup]


def _step(ctx: RequestContext, edition: Edition, missing: tuple[Text, ...]) -> Step | None:
    """Return the one thing to do next, if this person has one here."""
    if edition.is_open:
        return _closing_step(ctx, edition)
    if edition.is_frozen or not is_allowed(ctx.actor, Permission.OPEN_EDITION) or missing:
        return None
    if not is_second_person(edition, ctx.actor.person_id):
        return None
    href = url_for("editions.confirm_opening", edition_id=edition.id)
    return Step(_("Open the edition"), href, _("Prepared by a colleague, waiting for you."))


def _closing_step(ctx: RequestContext, edition: Edition) -> Step | None:
    """Return what is next of closing: to propose it, or for another person to do it."""
    href = url_for("editions.confirm_closing", edition_id=edition.id)
    if waiting_closing(ctx, edition.id) is not None:
        if is_allowed(ctx.actor, Permission.CLOSE_EDITION):
            return Step(_("Close the edition"), href, _("Proposed already: two persons close it."))
        return None
    if not is_past_deadline(edition, ctx.now):
        return None
    if not is_allowed(ctx.actor, Permission.PROPOSE_CLOSING):
        return None
    return Step(_("Propose to close the edition"), href, _("The deadline has passed."))
