"""The alarm over an account that opens others' answers faster than anybody reads (reliability 3).

An alarm, no block: reading goes on, and people look. What weighs how much stands in audit.rules.
"""

from datetime import datetime, timedelta

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, Role
from cooperation.accounts import queries
from cooperation.accounts.people.service.notices import tell_many_read, tell_of_alarm
from cooperation.audit import service as audit
from cooperation.audit.rules import ALARM_PAUSE, ALARM_WINDOW, is_alarming
from cooperation.circles import service as circles
from cooperation.core.db import Session

_ALARM = "reading.alarm"
_SHOWN_FOR = timedelta(days=30)
_TOLD = frozenset({Role.HEAD, Role.ADMINISTRATOR})


def watch_reading(ctx: RequestContext) -> None:
    """Look at what the actor opened within ten minutes; raise the alarm, once an hour at most.

    To be called after each reading was logged, in its transaction.
    """
    person_id = ctx.actor.person_id
    if not is_alarming(audit.openings_by(ctx.session, person_id, ctx.now - ALARM_WINDOW)):
        return
    if person_id in audit.last_of(ctx.session, action=_ALARM, since=ctx.now - ALARM_PAUSE):
        return
    audit.record(ctx.session, actor=None, action=_ALARM, at=ctx.now, subject=person_id)
    tell_many_read(ctx.session, ctx.root, ctx.settings, person_id=person_id, now=ctx.now)
    for told in heads_and_administrators(ctx.session):
        tell_of_alarm(ctx.session, ctx.root, ctx.settings, person_id=told, now=ctx.now)


def reading_alarms(ctx: RequestContext) -> dict[str, datetime]:
    """Return the last alarm of the last thirty days over each account, for an administrator."""
    require(ctx.actor, Permission.READ_PEOPLE)
    return audit.last_of(ctx.session, action=_ALARM, since=ctx.now - _SHOWN_FOR)


def alarms_since(session: Session, since: datetime) -> int:
    """Return over how many accounts there was an alarm since then; for `doctor`."""
    return len(audit.last_of(session, action=_ALARM, since=since))


def heads_and_administrators(session: Session) -> list[str]:
    """Return the ids of those who are told of every alarm."""
    rows = [
        *queries.people(session, institution=Institution.SECRETARIAT, only_active=True),
        *queries.people(session, institution=Institution.NONE, only_active=True),
    ]
    return [row.id for row in rows if circles.roles_of(session, row.id) & _TOLD]
