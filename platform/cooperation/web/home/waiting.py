"""Acts of two persons on the home pages: what waits for this person, what she waits for."""

from flask import g, url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.text import _
from cooperation.two_persons import service as two_persons
from cooperation.web.acts import ACTS
from cooperation.web.home.parts import Link, Notice
from cooperation.web.kit.formats import moment


def waiting_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return what waits for a second person: for the actor first, then what she proposed."""
    acts = two_persons.open_acts(ctx, ACTS, are_judged=False)
    mine = tuple(each.line for each in acts if each.may_decide)
    proposed = tuple(each.line for each in acts if each.is_own)
    found = []
    link = Link(_("See what waits"), url_for("two_persons.waiting"))
    if mine:
        text = _(
            "A colleague has done the first half. Look at it: nothing happens until you decide."
        )
        title = _("Waiting for a second person: for you")
        found.append(Notice("warn", title, text, link, lines=mine))
    if proposed:
        text = _("You did the first half. Look where it stands, and tell somebody who may decide.")
        title = _("Waiting for a second person")
        found.append(Notice("info", title, text, link, lines=proposed))
    return tuple(found)


def approved_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return the approved acts on keys that the administrator may carry out now."""
    return tuple(
        Notice(
            "warn",
            _("%(act)s: approved", act=str(each.line)),
            _(
                "Carry it out on the server before %(time)s. After that the approval lapses.",
                time=moment(each.act.lapses_at),
            ),
            Link(_("See the act"), url_for("two_persons.act", act_id=each.act.id)),
            lines=tuple(filter(None, (each.declared.page(ctx, each.act).command,))),
        )
        for each in two_persons.decided_acts(ctx, ACTS)
        if each.act.lapses_at is not None
    )


def further_acts() -> tuple[Link, ...]:
    """Return what waits for a second person on pages of its own, for the page of two persons."""
    ctx: RequestContext = g.context
    found: list[Link] = []
    if is_allowed(ctx.actor, Permission.READ_ACCESS_REVIEWS):
        found += [
            Link(
                _("%(name)s: access waits for a second person", name=name),
                url_for("accounts.institution", body=body),
            )
            for body, name in accounts.waiting_bodies(ctx)
        ]
    return tuple(found)
