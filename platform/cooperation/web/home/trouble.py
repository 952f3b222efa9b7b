"""What went wrong and waits for somebody to look: mails that did not leave, alarms over reading."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.text import _, ngettext
from cooperation.outbox import service as outbox
from cooperation.web.home.parts import Link, Notice
from cooperation.web.server import server

_WAITING = (Permission.WRITE_ANSWER, Permission.SUBMIT_RESPONSE, Permission.REVIEW_ANSWER)
"""Work that has to wait while there is little space: who does it is told before she begins."""


def trouble_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return the notices for those who may look after it; for all others none."""
    return (*_space(ctx), *_alarms(ctx), *_mails(ctx))


def _space(ctx: RequestContext) -> tuple[Notice, ...]:
    may_see_to_it = is_allowed(ctx.actor, Permission.READ_SETUP)
    is_kept_waiting = any(is_allowed(ctx.actor, each) for each in _WAITING)
    if not (may_see_to_it or is_kept_waiting) or not server().space.low():
        return ()
    if not may_see_to_it:
        title = _("Nothing can be saved for the moment")
        text = _(
            "Little space is left on the server; the Secretariat sees it too. Read on, and save "
            "and submit later."
        )
        return (Notice("warn", title, text),)
    text = _(
        "Nothing is written that can wait: no answers, no files, no publication. Reading, signing "
        "in and export go on. Whoever runs the server has to make space."
    )
    return (Notice("warn", _("Little space is left on the server"), text),)


def _alarms(ctx: RequestContext) -> tuple[Notice, ...]:
    if not is_allowed(ctx.actor, Permission.READ_PEOPLE):
        return ()
    number = len(accounts.reading_alarms(ctx))
    if not number:
        return ()
    title = ngettext(
        "%(number)s account read faster than anybody reads",
        "%(number)s accounts read faster than anybody reads",
        number,
    )
    text = _("Within the last thirty days. Nothing was stopped. Ask the person.")
    return (Notice("warn", title, text, link=Link(_("People"), url_for("accounts.people"))),)


def _mails(ctx: RequestContext) -> tuple[Notice, ...]:
    if not is_allowed(ctx.actor, Permission.READ_MAILS):
        return ()
    number = outbox.number_flagged(ctx.session)
    if not number:
        return ()
    title = ngettext("%(number)s mail did not leave", "%(number)s mails did not leave", number)
    text = _("Failed, or perhaps not arrived: somebody waits in vain until a person looks.")
    return (Notice("warn", title, text, link=Link(_("See which"), url_for("outbox.mails"))),)
