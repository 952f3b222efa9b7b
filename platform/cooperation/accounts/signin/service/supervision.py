"""Sessions: ending all one's own but this one, and those of a person whom one may disable."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.accounts import queries
from cooperation.accounts.models import SessionRow
from cooperation.accounts.people.service.browsers import note_browser
from cooperation.accounts.people.service.people import find_person
from cooperation.accounts.rules import is_alive
from cooperation.accounts.signin.service.sessions import delete_sessions
from cooperation.audit import service as audit


@dataclass(frozen=True)
class OpenSession:
    """A session of somebody else, as her supervisor sees it: no way to use it."""

    browser: str
    started_at: datetime
    seen_at: datetime


def sessions_of_person(ctx: RequestContext, person_id: str) -> list[OpenSession]:
    """Return the living sessions of a person whom the actor may disable; raises `NotFound`."""
    find_person(ctx, person_id)
    return [
        OpenSession(row.browser, row.started_at, row.seen_at)
        for row in queries.sessions_of(ctx.session, person_id, ctx.now)
        if is_alive(
            now=ctx.now,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            idle=timedelta(minutes=row.idle_minutes),
        )
    ]


def end_sessions_of(ctx: RequestContext, person_id: str) -> None:
    """Sign a person out everywhere; she can sign in again. Raises `NotFound`, `StepUpNeeded`."""
    require(ctx.actor, Permission.DISABLE_PERSON)
    require_step_up(ctx.actor, Permission.DISABLE_PERSON, ctx.now)
    person = find_person(ctx, person_id)
    delete_sessions(ctx.session, person.id)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="sessions.ended",
        at=ctx.now,
        subject=person.id,
        states=(person.state_code,) if person.state_code else (),
    )
    note_browser(ctx.session, ctx.now)


def end_sessions_but(ctx: RequestContext, session_id: str) -> int:
    """End all the actor's own sessions but this one; return how many."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    ended = ctx.session.execute(
        sa.delete(SessionRow)
        .where(SessionRow.person_id == ctx.actor.person_id, SessionRow.handle != session_id)
        .returning(SessionRow.handle)
    ).all()
    if ended:
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="sessions.ended_but_one",
            at=ctx.now,
            subject=ctx.actor.person_id,
        )
        note_browser(ctx.session, ctx.now)
    return len(ended)
