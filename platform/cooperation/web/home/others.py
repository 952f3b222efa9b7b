"""The homes of the Court, the co-facilitators, auditors and administrators."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.web.formats import number
from cooperation.web.home.parts import Card, Home, Step
from cooperation.web.home.rates import bars_of
from cooperation.web.home.secretariat import counts_of


def _frozen_edition(ctx: RequestContext) -> Edition | None:
    edition = editions.current(ctx.session)
    return edition if edition is not None and edition.is_frozen else None


def _reading_cards(edition: Edition) -> tuple[Card, ...]:
    return (
        Card(
            _("By question"),
            url_for("publication.questions", edition_id=edition.id),
            _("What all States answered to one question."),
        ),
        Card(
            _("Figures"),
            url_for("analysis.figures", edition_id=edition.id),
            _("Counts and shares by regional group."),
        ),
        Card(
            _("Colleagues"),
            url_for("accounts.colleagues"),
            _("Who has access with you, and invite others."),
        ),
    )


def home_of_court(ctx: RequestContext) -> Home:
    """Return the home page of a Court reader: the answers first."""
    edition = _frozen_edition(ctx)
    if edition is None:
        return Home(lead=_("No edition has been opened yet."))
    note = _("Choose a State: contacts, channel, language, legal basis. Each reading is logged.")
    href = url_for("publication.states", edition_id=edition.id)
    return Home(
        caption=_("Edition %(year)s", year=edition.id),
        step=Step(_("Read the answers of a State"), href, note),
        bars=bars_of(ctx, edition.id),
        cards=_reading_cards(edition),
    )


def home_of_co_facilitators(ctx: RequestContext) -> Home:
    """Return the home page of a co-facilitator: how the round goes."""
    edition = _frozen_edition(ctx)
    if edition is None:
        return Home(lead=_("No edition has been opened yet."))
    href = url_for("publication.states", edition_id=edition.id)
    return Home(
        caption=_("Edition %(year)s", year=edition.id),
        step=Step(_("Read the published answers"), href),
        counts=counts_of(ctx, edition, with_links=False),
        bars=bars_of(ctx, edition.id),
        cards=_reading_cards(edition),
    )


def home_of_auditor(ctx: RequestContext) -> Home:
    """Return the home page of an auditor: the log and its fingerprint."""
    state = audit.log_state(ctx.session)
    return Home(
        step=Step(_("Read the log"), url_for("audit.log")),
        facts=(
            (_("Entries"), number(state.size)),
            (_("Fingerprint"), state.root.hex()),
        ),
    )


def home_of_administrator(ctx: RequestContext) -> Home:
    """Return the home page of an administrator: set-up first, then people."""
    people = Step(_("People"), url_for("accounts.people"), _("Who has an account; disable one."))
    if not accounts.founding_state(ctx.session).missing:
        return Home(step=people)
    note = _("Some steps are needed before an edition can be opened.")
    set_up = Step(_("Complete the set-up"), url_for("accounts.set_up"), note)
    return Home(step=set_up, waiting=(people,))
