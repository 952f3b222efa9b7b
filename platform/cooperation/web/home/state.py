"""A State's home: days left, how far the response is, one button, and what came back."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import Person
from cooperation.core.text import Text, _, ngettext
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.notes_verbales import service as notes_verbales
from cooperation.publication import service as publication
from cooperation.publication.service import OwnAnswers
from cooperation.responses import service as responses
from cooperation.responses.drafting.views.overview import next_step
from cooperation.responses.rules import ResponseStatus
from cooperation.responses.service import Reopened, ResponsePage
from cooperation.web.home.keys import key_notices
from cooperation.web.home.parts import Card, Home, Link, Notice, Refusal, Step
from cooperation.web.kit.editions import edition_name
from cooperation.web.kit.formats import day, moment


def home_of_state(ctx: RequestContext) -> Home:
    """Return the home page of a State's person."""
    edition = editions.current(ctx.session)
    people = [person for person in accounts.colleagues(ctx) if person.is_active]
    if edition is None or not edition.is_frozen:
        lead = _("No edition is open. You will be told by note verbale.")
        return Home(lead=lead, notices=key_notices(ctx, edition), cards=_cards(ctx, None, people))
    participants = editions.participants(ctx.session, edition.id)
    if all(each.state_code != ctx.actor.state_code for each in participants):
        lead = _("Your State does not take part in the edition %(year)s.", year=edition.year)
        return Home(
            lead=lead, notices=key_notices(ctx, edition), cards=_cards(ctx, edition, people)
        )
    state = responses.response_page(ctx, edition_id=edition.id)
    if state.is_coming_back:
        return _waiting_home(ctx, edition, state, people)
    own = publication.own_answers(ctx, edition.id) if state.submissions else None
    return Home(
        caption=_("Edition %(year)s", year=edition.year),
        lead=_lead(edition, state),
        step=_step(ctx, state, own),
        done_parts=state.parts_done,
        all_parts=len(state.parts),
        facts=_facts(edition, state),
        notices=(*_own_notices(ctx, state, own, people), *key_notices(ctx, edition)),
        cards=(*_receipt_card(state), *_cards(ctx, edition, people)),
    )


def _waiting_home(
    ctx: RequestContext, edition: Edition, state: ResponsePage, people: list[Person]
) -> Home:
    """Return the home page while the State's answers were not given back: nothing to press."""
    title = _("Your State's answers are on their way back")
    notice = Notice("warn", title, responses.AnswersComingBackError.sentence)
    return Home(
        caption=_("Edition %(year)s", year=edition.year),
        lead=_lead(edition, state),
        notices=(notice, *key_notices(ctx, edition)),
        cards=_cards(ctx, edition, people),
    )


def _lead(edition: Edition, state: ResponsePage) -> Text:
    if not edition.is_open:
        return _("The edition is closed. Its answers can be read, not changed.")
    if state.days_left >= 0:
        return ngettext("%(number)s day left.", "%(number)s days left.", state.days_left)
    return _("The deadline has passed. A response is still accepted, and marked late.")


def _step(ctx: RequestContext, state: ResponsePage, own: OwnAnswers | None) -> Step | None:
    found = next_step(ctx, state)
    if found is not None:
        text = found["text"]
        assert isinstance(text, Text)  # noqa: S101 - the slice's own step
        return Step(text, str(found["href"]), _progress_note(state))
    return (
        _release_step(ctx, own)
        or _correcting_step(ctx, state, own)
        or _filed_step(state)
        or _reading_step(state)
    )


def _progress_note(state: ResponsePage) -> Text:
    values = {"done": state.parts_done, "total": len(state.parts)}
    if state.submissions:
        return _(
            "%(done)s of %(total)s parts are complete; the changes are not submitted.", **values
        )
    return _("%(done)s of %(total)s parts are complete, not yet submitted.", **values)


def _release_step(ctx: RequestContext, own: OwnAnswers | None) -> Step | None:
    if own is None or not own.waiting or not is_allowed(ctx.actor, Permission.RELEASE_ANSWER):
        return None
    text = ngettext("Release %(number)s answer", "Release %(number)s answers", len(own.waiting))
    note = _("Approved, and read by nobody else until your State releases them.")
    return Step(text, url_for("publication.own", edition_id=own.edition.id), note)


def _correcting_step(
    ctx: RequestContext, state: ResponsePage, own: OwnAnswers | None
) -> Step | None:
    may_write = is_allowed(ctx.actor, Permission.WRITE_ANSWER) and state.frame.edition.is_open
    if own is None or not own.refused or not may_write:
        return None
    first = own.refused[0].question
    href = url_for("responses.part", edition_id=own.edition.id, part_code=first.part)
    note = _("A correction is signed and submitted anew; all other answers stay as they are.")
    return Step(_("Correct %(code)s", code=first.code), f"{href}#{first.code}", note)


def _filed_step(state: ResponsePage) -> Step | None:
    if not state.submissions:
        return None
    last = state.submissions[0]
    note = _("Submission %(number)s, %(time)s.", number=last.number, time=moment(last.submitted_at))
    href = url_for("publication.own", edition_id=last.edition)
    return Step(_("See what was filed and where it stands"), href, note)


def _reading_step(state: ResponsePage) -> Step:
    edition = state.frame.edition
    if not edition.is_open:
        href = url_for("publication.states", edition_id=edition.id)
        return Step(_("Read the published answers"), href)
    href = url_for("responses.overview", edition_id=edition.id)
    return Step(_("Read the answers so far"), href, _progress_note(state))


def _facts(edition: Edition, state: ResponsePage) -> tuple[tuple[Text, str], ...]:
    found = [(_("Response"), str(state.status.label)), (_("Due"), day(edition.deadline_on))]
    if state.submissions:
        last = state.submissions[0]
        said = _("Number %(number)s, %(time)s", number=last.number, time=moment(last.submitted_at))
        found.append((_("Submitted"), str(said)))
    if state.saved_at:
        found.append((_("Last saved"), moment(state.saved_at)))
    return tuple(found)


def _own_notices(
    ctx: RequestContext, state: ResponsePage, own: OwnAnswers | None, people: list[Person]
) -> tuple[Notice, ...]:
    found = []
    if own is not None and own.refused:
        found.append(_refusal_notice(own))
    if state.reopened is not None:
        found.append(_reopened_notice(state, state.reopened))
    signatories = [person.name for person in people if Role.SIGNATORY in person.roles]
    if not signatories:
        found.append(_signatory_notice(ctx))
    elif state.status is ResponseStatus.READY and not ctx.actor.has(Role.SIGNATORY):
        names = ", ".join(signatories)
        text = _("Now it is for the signatory to read, sign and submit it: %(names)s.", names=names)
        href = url_for("responses.sign", edition_id=state.frame.edition.id)
        link = Link(_("See what is signed"), href)
        found.append(Notice("info", _("Ready for signature"), text, link))
    return tuple(found)


def _reopened_notice(state: ResponsePage, reopened: Reopened) -> Notice:
    title = _(
        "%(name)s reopened the response on %(time)s", name=reopened.by, time=moment(reopened.at)
    )
    text = _("It has to be marked ready for signature again.")
    reason = _("Reason: %(reason)s", reason=reopened.reason)
    href = url_for("responses.of_edition", edition_id=state.frame.edition.id)
    link = Link(_("See the response"), href)
    return Notice("warn", title, text, link, lines=(reason,) if reopened.reason else ())


def _refusal_notice(own: OwnAnswers) -> Notice:
    title = ngettext(
        "The Secretariat refused %(number)s answer",
        "The Secretariat refused %(number)s answers",
        len(own.refused),
    )
    return Notice(
        "warn",
        title,
        _("Refused means not fit to publish as it stands. The reason is for your State only."),
        refusals=tuple(
            Refusal(each.question.code, each.question.title, each.reason) for each in own.refused
        ),
    )


def _signatory_notice(ctx: RequestContext) -> Notice:
    may_name = is_allowed(ctx.actor, Permission.GRANT_ROLE)
    text = (
        _("Invite the signatory, or take the role too where your State says so.")
        if may_name
        else _("The focal point invites the signatory.")
    )
    link = Link(_("Colleagues"), url_for("accounts.colleagues")) if may_name else None
    return Notice("info", _("Nobody can sign for your State yet"), text, link)


def _receipt_card(state: ResponsePage) -> tuple[Card, ...]:
    if not state.submissions:
        return ()
    last = state.submissions[0]
    return (
        Card(
            _("Receipt of submission %(number)s", number=last.number),
            url_for("responses.submission", submission_id=last.id),
            _("What your State filed and when, with proof, and as a sealed PDF."),
        ),
    )


def _cards(ctx: RequestContext, edition: Edition | None, people: list[Person]) -> tuple[Card, ...]:
    found = [*_note_cards(ctx), _people_card(ctx, people)]
    before = edition.follows if edition else None
    if before and responses.latest_submission(ctx, before, ctx.actor.state_code or ""):
        found.append(
            Card(
                _("Last year's response"),
                url_for("responses.overview", edition_id=before),
                _("What your State answered in %(year)s.", year=edition_name(before)),
                links=(
                    Link(
                        _("Where each answer stands"),
                        url_for("publication.own", edition_id=before),
                    ),
                ),
            )
        )
    found.append(
        Card(
            _("Published answers"),
            url_for("publication.published"),
            _("What the States Parties have answered, by State and by question."),
        )
    )
    found.append(
        Card(
            _("Who has read our answers"),
            url_for("publication.readers_current"),
            _("Which institution opened which of your answers, by day."),
        )
    )
    return tuple(found)


def _note_cards(ctx: RequestContext) -> list[Card]:
    notes = notes_verbales.own_notes(ctx)
    if not notes:
        return []
    last = notes[0]
    return [
        Card(
            _("Note verbale"),
            url_for("notes_verbales.own_notes"),
            _("%(reference)s of %(day)s", reference=last.reference, day=day(last.dated_on)),
            links=(
                Link(
                    _("The note (PDF)"), url_for("notes_verbales.own_note", batch_id=last.batch_id)
                ),
                Link(
                    _("The questionnaire (PDF)"),
                    url_for("notes_verbales.own_annex", batch_id=last.batch_id),
                ),
            ),
        )
    ]


def _people_card(ctx: RequestContext, people: list[Person]) -> Card:
    may_invite = is_allowed(ctx.actor, Permission.INVITE_PERSON)
    return Card(
        _("Colleagues with access"),
        url_for("accounts.colleagues"),
        lines=tuple(
            f"{person.name} · {', '.join(str(name) for name in person.role_names)}"
            for person in people
        ),
        links=(Link(_("Invite a colleague"), url_for("accounts.invite")),) if may_invite else (),
    )
