"""A State's home: days left, how far the response is, one button."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.core.text import Text, _, ngettext
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.invitations import service as invitations
from cooperation.responses import service as responses
from cooperation.responses.service import HomeState
from cooperation.responses.views.overview import next_step
from cooperation.web.formats import day, moment
from cooperation.web.home.parts import Card, Home, Step


def home_of_state(ctx: RequestContext) -> Home:
    """Return the home page of a State's person."""
    edition = editions.current(ctx.session)
    if edition is None or not edition.is_frozen:
        return Home(
            lead=_("No edition is open. You will be told by note verbale."), cards=_cards(ctx)
        )
    state = responses.home_state(ctx, edition_id=edition.id)
    return Home(
        caption=_("Edition %(year)s", year=edition.id),
        lead=_lead(edition, state),
        step=_step(ctx, state),
        done_parts=state.parts_done,
        all_parts=len(state.parts),
        facts=_facts(edition, state),
        cards=_cards(ctx),
    )


def _lead(edition: Edition, state: HomeState) -> Text:
    if not edition.is_open:
        return _("The edition is closed. Its answers can be read, not changed.")
    if state.days_left >= 0:
        return ngettext("%(number)s day left.", "%(number)s days left.", state.days_left)
    return _("The deadline has passed. A response is still accepted, and marked late.")


def _step(ctx: RequestContext, state: HomeState) -> Step | None:
    found = next_step(ctx, state)
    if found is None:
        return None
    note = _(
        "%(done)s of %(total)s parts are complete, not yet submitted.",
        done=state.parts_done,
        total=len(state.parts),
    )
    text = found["text"]
    assert isinstance(text, Text)  # noqa: S101 - the slice's own step
    return Step(text, str(found["href"]), note)


def _facts(edition: Edition, state: HomeState) -> tuple[tuple[Text, str], ...]:
    found = [(_("Response"), str(state.status.label)), (_("Due"), day(edition.deadline_on))]
    if state.submissions:
        last = state.submissions[0]
        said = _("Number %(number)s, %(time)s", number=last.number, time=moment(last.submitted_at))
        found.append((_("Submitted"), str(said)))
    if state.saved_at:
        found.append((_("Last saved"), moment(state.saved_at)))
    return tuple(found)


def _cards(ctx: RequestContext) -> tuple[Card, ...]:
    found = []
    notes = invitations.own_notes(ctx)
    if notes:
        text = _("%(reference)s, to download with its annex.", reference=notes[0].reference)
        found.append(Card(_("Note verbale"), url_for("invitations.own_notes"), text))
    may_invite = is_allowed(ctx.actor, Permission.INVITE_PERSON)
    found.append(
        Card(
            _("Colleagues"),
            url_for("accounts.colleagues"),
            _("Who has access for your State, and invite others.")
            if may_invite
            else _("Who has access for your State."),
        )
    )
    found.append(
        Card(
            _("Published answers"),
            url_for("publication.published"),
            _("What the States Parties have answered, by State and by question."),
        )
    )
    return tuple(found)
