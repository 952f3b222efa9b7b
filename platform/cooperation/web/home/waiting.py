"""Acts of two persons on the home pages: what waits for this person, what she waits for."""

from flask import g, url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import WaitingAct
from cooperation.analysis import service as analysis
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.publication import service as publication
from cooperation.web.home.parts import Link, Notice
from cooperation.web.kit.formats import moment


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


def approved_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return the approved acts on keys that the administrator may carry out now."""
    return tuple(
        Notice(
            "warn",
            _("%(act)s: approved", act=str(act.kind.label)),
            _(
                "Carry it out on the server before %(time)s. After that the approval lapses.",
                time=moment(act.lapses_at),
            ),
            Link(_("See the act"), url_for("accounts.act", act_id=act.id)),
            lines=_commands(ctx, act),
        )
        for act in accounts.waiting_acts(ctx)
        if act.lapses_at is not None
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
    edition = editions.current(ctx.session)
    if edition is None or not edition.is_open:
        return tuple(found)
    if is_allowed(ctx.actor, Permission.PROPOSE_PUBLICATION):
        found += [
            Link(
                _("Publish batch %(number)s", number=batch.number),
                url_for("publication.batch", proposal_id=batch.id),
            )
            for batch in publication.open_desk(ctx, edition.id).open_batches
        ]
    if is_allowed(ctx.actor, Permission.PROPOSE_RETRACTION):
        found += [
            Link(
                _("Taking back %(code)s of %(state)s", code=each.question, state=each.state_code),
                url_for("publication.retraction", retraction_id=each.id),
            )
            for each in publication.open_retractions(ctx, edition.id)
        ]
    if edition.closing_proposed_by is not None and is_allowed(ctx.actor, Permission.CLOSE_EDITION):
        href = url_for("editions.confirm_closing", edition_id=edition.id)
        found.append(Link(_("Close the edition"), href))
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


def _commands(ctx: RequestContext, act: WaitingAct) -> tuple[str, ...]:
    command = accounts.command_of(ctx.root, act)
    return () if command is None else (command,)


def _line(act: WaitingAct) -> Text:
    if not act.who:
        return act.kind.label
    roles = ", ".join(str(role.label) for role in act.roles)
    return _("%(act)s: %(name)s, %(roles)s", act=str(act.kind.label), name=act.who, roles=roles)
