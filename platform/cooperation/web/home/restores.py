"""After a restore: what each institution has to know and to do (docs/decisions, 7)."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.audit import service as audit
from cooperation.core.text import _, ngettext
from cooperation.responses.signing.service.withholding import withheld_questions
from cooperation.safekeeping import service as safekeeping
from cooperation.web.home.parts import Link, Notice, Step
from cooperation.web.kit.editions import edition_name
from cooperation.web.kit.formats import moment


def restore_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return what a restore asks of this person; nothing where there was none."""
    if not audit.was_restored(ctx.session):
        return ()
    return (*_unconfirmed(ctx), *_withheld(ctx), *_lost(ctx))


def confirming_step(ctx: RequestContext) -> Step | None:
    """Return a head's first step while a restore waits for her; everything else is held."""
    if not is_allowed(ctx.actor, Permission.CONFIRM_RESTORE):
        return None
    if not safekeeping.is_restore_to_confirm(ctx):
        return None
    note = _(
        "The platform was restored from a backup. Nothing is published or issued before a head "
        "has seen what is lost and confirmed it."
    )
    return Step(_("See what is lost, and confirm"), url_for("safekeeping.restored"), note)


def _unconfirmed(ctx: RequestContext) -> tuple[Notice, ...]:
    """Tell all others than heads, for whom it is the first step."""
    may_read = is_allowed(ctx.actor, Permission.READ_RESTORE)
    if not may_read or is_allowed(ctx.actor, Permission.CONFIRM_RESTORE):
        return ()
    if not safekeeping.is_restore_to_confirm(ctx):
        return ()
    text = _("Nothing is published or issued before a head of the Secretariat has confirmed it.")
    link = Link(_("See what is lost"), url_for("safekeeping.restored"))
    return (Notice("warn", _("The platform was restored from a backup"), text, link=link),)


def _withheld(ctx: RequestContext) -> tuple[Notice, ...]:
    if ctx.actor.institution is not Institution.STATE:
        return ()
    questions = withheld_questions(ctx)
    if not questions:
        return ()
    title = _("These answers were narrowed before the restore: seal them again")
    text = _(
        "The backup was older than your decision. Nobody but your State reads them now. Sealed "
        "again, the Court reads them, and nobody else can any more."
    )
    act = None
    if is_allowed(ctx.actor, Permission.NARROW_ANSWER):
        act = Link(_("Seal them again"), url_for("safekeeping.seal_again"))
    return (Notice("warn", title, text, act=act, lines=(", ".join(questions),)),)


def _lost(ctx: RequestContext) -> tuple[Notice, ...]:
    if ctx.actor.institution not in {Institution.STATE, Institution.SECRETARIAT}:
        return ()
    lost = safekeeping.lost_submissions(ctx)
    if not lost:
        return ()
    if ctx.actor.institution is Institution.STATE:
        return tuple(
            Notice(
                "warn",
                _("Your submission of %(time)s is not here", time=moment(each.submitted_at)),
                _(
                    "The platform was restored from a backup of %(backup)s. Your submission is "
                    "not in it: your receipt proves it; submit again.",
                    backup=moment(each.taken_at),
                ),
                link=Link(
                    _("To the response %(year)s", year=edition_name(each.edition)),
                    url_for("responses.overview", edition_id=each.edition),
                ),
            )
            for each in lost
        )
    title = ngettext(
        "%(number)s State has to submit again",
        "%(number)s States have to submit again",
        len({each.state_code for each in lost}),
    )
    text = _(
        "The platform was restored from a backup of %(backup)s; their submissions are not in it. "
        "Their home pages say so, and their receipts prove them.",
        backup=moment(lost[0].taken_at),
    )
    lines = tuple(f"{each.state_code} {edition_name(each.edition)}" for each in lost)
    link = Link(_("What else is lost"), url_for("safekeeping.restored"))
    return (Notice("warn", title, text, link=link, lines=lines),)
