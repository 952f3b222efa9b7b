"""The Secretariat's home: where the round stands, and what waits for this person first."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import LOCKOUT_NOTE, LOCKOUT_TITLE
from cooperation.core.text import _, ngettext
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, is_past_deadline, is_second_person
from cooperation.notes_verbales import service as notes_verbales
from cooperation.notes_verbales.rules import BatchStatus
from cooperation.notes_verbales.service import NotesPage
from cooperation.publication import service as publication
from cooperation.review import service as review
from cooperation.web.home.keys import key_notices, keyring_step
from cooperation.web.home.parts import Home, Link, Notice, Step
from cooperation.web.home.rates import bars_of, counts_of, progress_link
from cooperation.web.home.waiting import waiting_notices


def home_of_secretariat(ctx: RequestContext) -> Home:
    """Return the home page of an officer or a head."""
    edition = editions.current(ctx.session)
    steps = (*_founding_steps(ctx), *_steps(ctx, edition))
    first = steps[0] if steps else None
    if edition is None or not edition.is_frozen:
        caption = _("Edition %(year)s, in preparation", year=edition.year) if edition else None
        notices = (
            *_founding_notices(ctx),
            *_lockout_notices(ctx),
            *key_notices(ctx, edition),
            *waiting_notices(ctx),
        )
        return Home(caption=caption, step=first, waiting=steps[1:], notices=notices)
    return Home(
        caption=_("Edition %(year)s", year=edition.year),
        step=first,
        waiting=steps[1:],
        notices=(*waiting_notices(ctx), *_lockout_notices(ctx), *key_notices(ctx, edition)),
        counts=counts_of(ctx, edition),
        bars=bars_of(ctx, edition.id),
        bars_link=progress_link(edition),
    )


def _founding_steps(ctx: RequestContext) -> list[Step]:
    if not is_allowed(ctx.actor, Permission.READ_SETUP):
        return []
    founding = accounts.founding_state(ctx.session)
    if not founding.missing:
        return []
    if founding.is_only_keyring_missing:
        return [keyring_step()]
    note = _("Some steps are needed before an edition can be opened.")
    return [Step(_("Complete the set-up"), url_for("accounts.set_up"), note)]


def _founding_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    missing = accounts.founding_state(ctx.session).missing
    if not missing:
        return ()
    text = _("Still missing before the first edition can be opened:")
    return (Notice("warn", _("The set-up is not complete"), text, lines=missing),)


def _lockout_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    if not ctx.actor.has(Role.HEAD):
        return ()
    if not accounts.founding_state(ctx.session).is_lockout_near:
        return ()
    link = Link(_("Invite"), url_for("accounts.invite", role=Role.HEAD.value))
    return (Notice("warn", LOCKOUT_TITLE, LOCKOUT_NOTE, link=link),)


def _steps(ctx: RequestContext, edition: Edition | None) -> list[Step]:
    if edition is None:
        return [Step(_("Prepare the first edition"), url_for("editions.prepare"))]
    if not edition.is_frozen:
        return _steps_before_opening(ctx, edition)
    if not edition.is_open:
        note = _("The edition %(year)s is closed.", year=edition.year)
        return [Step(_("Prepare the next edition"), url_for("editions.prepare"), note)]
    desk = publication.find_desk(ctx, edition.id)
    return [
        *_note_steps(ctx, edition),
        *_review_steps(ctx, edition),
        *_proposing_steps(desk),
        *_closing_steps(ctx, edition),
    ]


def _steps_before_opening(ctx: RequestContext, edition: Edition) -> list[Step]:
    href = url_for("editions.show", edition_id=edition.id)
    missing = editions.missing_before_opening(ctx, edition.id)
    may_open = is_allowed(ctx.actor, Permission.OPEN_EDITION)
    if may_open and not missing and is_second_person(edition, ctx.actor.person_id):
        note = _("A colleague has prepared it; it waits for you.")
        return [Step(_("Open the edition %(year)s", year=edition.year), href, note)]
    note = _("It has been prepared and is not open yet.")
    return [Step(_("Look at the edition %(year)s", year=edition.year), href, note)]


def _note_steps(ctx: RequestContext, edition: Edition) -> list[Step]:
    batches = [
        batch
        for batch in notes_verbales.batches(ctx, edition.id)
        if batch.status is not BatchStatus.VOIDED
    ]
    if not batches:
        href = url_for("notes_verbales.prepare", edition_id=edition.id)
        return [Step(_("Prepare the notes verbales"), href, _("No State has been invited yet."))]
    last = batches[0]
    href = url_for("notes_verbales.batch", batch_id=last.id)
    note = _("Reference %(reference)s.", reference=last.reference)
    if last.status is BatchStatus.COMPILING:
        return [Step(_("Go on with the notes verbales"), href, note)]
    may_approve = is_allowed(ctx.actor, Permission.APPROVE_NOTE)
    if last.status is BatchStatus.PREPARED:
        is_mine = last.prepared_by == ctx.actor.person_id
        return (
            [Step(_("Approve the notes verbales"), href, note)]
            if may_approve and not is_mine
            else []
        )
    return _letter_steps(ctx, last)


def _letter_steps(ctx: RequestContext, batch: NotesPage) -> list[Step]:
    if not is_allowed(ctx.actor, Permission.PRINT_CODE_LETTERS):
        return []
    letters = notes_verbales.letters_overview(ctx, batch.id)
    href = url_for("notes_verbales.letters", batch_id=batch.id)
    if letters.waiting_print:
        note = _("The e-mails with the links leave once you confirm.")
        return [Step(_("Confirm the printed code letters"), href, note)]
    missing = sum(not row.has_circle and row.printed_at is None for row in letters.rows)
    if not missing:
        return []
    note = ngettext(
        "%(number)s State has no account and no code letter yet.",
        "%(number)s States have no account and no code letter yet.",
        missing,
    )
    return [Step(_("Print the code letters"), href, note)]


def _review_steps(ctx: RequestContext, edition: Edition) -> list[Step]:
    waiting = [
        each
        for each in review.list_reviews(ctx, edition.id)
        if each.tally is not None and each.tally.pending
    ]
    if not waiting:
        return []
    note = ngettext(
        "%(number)s State has answers to be reviewed.",
        "%(number)s States have answers to be reviewed.",
        len(waiting),
    )
    return [Step(_("Review answers"), url_for("review.states", edition_id=edition.id), note)]


def _proposing_steps(desk: publication.Desk) -> list[Step]:
    if not desk.ready:
        return []
    note = ngettext(
        "%(number)s approved answer can be published.",
        "%(number)s approved answers can be published.",
        desk.ready,
    )
    href = url_for("publication.desk", edition_id=desk.edition.id)
    return [Step(_("Propose a publication"), href, note)]


def _closing_steps(ctx: RequestContext, edition: Edition) -> list[Step]:
    if not is_past_deadline(edition, ctx.now) or editions.waiting_closing(ctx, edition.id):
        return []
    href = url_for("editions.confirm_closing", edition_id=edition.id)
    return [Step(_("Propose to close the edition"), href, _("The deadline has passed."))]
