"""Acts of two persons on the home pages: what waits for this person, what she waits for."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import ROLE_NAMES, WaitingAct
from cooperation.analysis import service as analysis
from cooperation.core.text import Text, _
from cooperation.web.home.parts import Link, Notice


def waiting_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return what waits for a second person: for the actor first, then what she proposed."""
    acts = accounts.open_acts(ctx)
    mine = [act for act in acts if act.may_be_decided_by(ctx.actor)]
    proposed = [act for act in acts if act.proposed_by == ctx.actor.person_id]
    found = []
    link = Link(_("See what waits"), url_for("accounts.waiting"))
    if mine:
        text = _("A colleague has done the first half. Nothing happens until you have decided.")
        title = _("Waiting for a second person: for you")
        found.append(Notice("warn", title, text, link, lines=tuple(map(_line, mine))))
    if proposed:
        text = _("You did the first half. Another person decides; tell somebody who may.")
        title = _("Waiting for a second person")
        found.append(Notice("info", title, text, link, lines=tuple(map(_line, proposed))))
    return tuple(found)


def table_notices(ctx: RequestContext, edition_id: str) -> tuple[Notice, ...]:
    """Return the tables that wait for the actor, another Court reader than who proposed them."""
    return tuple(
        Notice(
            "warn",
            _("Waiting for a second person: for you"),
            _("A table of Court-only answers to %(code)s is proposed for release.", code=code),
            Link(_("See the table"), url_for("analysis.table", table_id=table_id)),
        )
        for table_id, code, proposer in analysis.open_tables(ctx, edition_id)
        if proposer != ctx.actor.person_id
    )


def _line(act: WaitingAct) -> Text:
    if not act.who:
        return act.kind.label
    roles = ", ".join(str(ROLE_NAMES[role]) for role in act.roles)
    return _("%(act)s: %(name)s, %(roles)s", act=str(act.kind.label), name=act.who, roles=roles)
