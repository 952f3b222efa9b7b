"""The history of an account, from the log: for its person, and for whoever may disable it.

The log knows no browsers; their kind is kept beside it, by request (`browsers`).
"""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.accounts.people.service.browsers import browsers_of
from cooperation.accounts.people.service.people import find_person
from cooperation.accounts.rules import ACCOUNT_EVENTS, REFUSALS, UPON_ANOTHER, Person
from cooperation.audit import service as audit
from cooperation.audit.rules import ACTIONS, SYSTEM, Entry, actor_label
from cooperation.core.db import Session
from cooperation.core.text import Text, _

_PAGE = 50


@dataclass(frozen=True)
class AccountEvent:
    """One event; `who` did it, `concerns_other` where the account acted upon somebody else's."""

    number: int
    at: datetime
    action: Text
    who: Text
    browser: str
    is_warning: bool
    concerns_other: bool


@dataclass(frozen=True)
class AccountHistory:
    """One page, newest first; `older` is the number under which the next begins."""

    events: tuple[AccountEvent, ...]
    older: int | None


def own_history(ctx: RequestContext, *, before: int | None = None) -> AccountHistory:
    """Return the events of the actor's own account."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    return _history(ctx.session, ctx.actor.person_id, before)


def history_of(
    ctx: RequestContext, person_id: str, *, before: int | None = None
) -> tuple[Person, AccountHistory]:
    """Return the events of an account that the actor may disable; raises `NotFound`."""
    person = find_person(ctx, person_id)
    return person, _history(ctx.session, person_id, before)


def _history(session: Session, person_id: str, before: int | None) -> AccountHistory:
    entries = audit.events_of_person(
        session, person_id, actions=ACCOUNT_EVENTS, before=before, limit=_PAGE + 1
    )
    shown = entries[:_PAGE]
    browsers = browsers_of(session, [entry.request_id for entry in shown])
    events = tuple(_event(entry, person_id, browsers) for entry in shown)
    return AccountHistory(events, shown[-1].seq if len(entries) > _PAGE else None)


def _event(entry: Entry, person_id: str, browsers: dict[str, str]) -> AccountEvent:
    is_own = entry.actor == person_id
    return AccountEvent(
        number=entry.seq,
        at=entry.at,
        action=_action(entry),
        who=_who(entry, is_own=is_own),
        browser=browsers.get(entry.request_id, "") if is_own or entry.action in REFUSALS else "",
        is_warning=entry.action in REFUSALS or entry.action == "reading.alarm",
        concerns_other=is_own and entry.action in UPON_ANOTHER and entry.subject != person_id,
    )


def _action(entry: Entry) -> Text:
    """Return what happened; of many refusals how many there were."""
    if entry.action == "session.refused" and entry.version is not None:
        return _("Sign-in refused, %(number)s times within a day", number=entry.version)
    return ACTIONS.get(entry.action, _("An act of an earlier version"))


def _who(entry: Entry, *, is_own: bool) -> Text:
    if is_own:
        return _("This account")
    if entry.action in REFUSALS:
        return _("Not known: nobody was signed in")
    if entry.actor == SYSTEM:
        return _("The platform itself")
    return actor_label(entry.role, entry.institution)
