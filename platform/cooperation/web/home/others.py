"""The homes of the Court, the co-facilitators, auditors and administrators."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.publication import service as publication
from cooperation.web.home.keys import key_notices, keyring_step
from cooperation.web.home.parts import Card, Home, Link, Step
from cooperation.web.home.rates import bars_of, counts_of, progress_link
from cooperation.web.home.search import newest_of, search_of
from cooperation.web.home.waiting import approved_notices, waiting_notices
from cooperation.web.kit.formats import number


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
        return Home(lead=_("No edition has been opened yet."), notices=waiting_notices(ctx))
    states = publication.list_states(ctx, edition.id)
    questionnaire = editions.questionnaire(ctx.session, edition.id)
    note = _("Contacts, channel, language, legal basis. Each reading is entered in the log.")
    href = url_for("publication.states", edition_id=edition.id)
    return Home(
        caption=_("Edition %(year)s", year=edition.year),
        step=Step(_("Read the answers of a State"), href, note),
        search=search_of(edition.id, states, questionnaire),
        newest=newest_of(edition.id, states),
        notices=(*waiting_notices(ctx), *key_notices(ctx, edition)),
        bars=bars_of(ctx, edition.id),
        bars_link=Link(_("All figures"), url_for("analysis.figures", edition_id=edition.id)),
        cards=_reading_cards(edition),
    )


def home_of_co_facilitators(ctx: RequestContext) -> Home:
    """Return the home page of a co-facilitator: how the round goes."""
    edition = _frozen_edition(ctx)
    if edition is None:
        return Home(lead=_("No edition has been opened yet."))
    href = url_for("publication.states", edition_id=edition.id)
    return Home(
        caption=_("Edition %(year)s", year=edition.year),
        step=Step(_("Read the published answers"), href),
        notices=key_notices(ctx, edition),
        counts=counts_of(ctx, edition),
        bars=bars_of(ctx, edition.id),
        bars_link=progress_link(edition),
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
    notices = (*approved_notices(ctx), *waiting_notices(ctx))
    people = Step(_("People"), url_for("accounts.people"), _("Who has an account; disable one."))
    founding = accounts.founding_state(ctx.session)
    if not founding.missing:
        return Home(step=people, notices=notices)
    if founding.is_only_keyring_missing:
        return Home(step=keyring_step(), waiting=(people,), notices=notices)
    note = _("Some steps are needed before an edition can be opened.")
    set_up = Step(_("Complete the set-up"), url_for("accounts.set_up"), note)
    return Home(step=set_up, waiting=(people,), notices=notices)
