"""Sessions: found by cookie, opened with the boot key, listed, ended, renewed at step-up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Actor
from cooperation.accounts import queries
from cooperation.accounts.models import PendingSignInRow, PersonRow, SessionRow
from cooperation.accounts.rules import TOUCH_EVERY, PersonStatus, is_alive
from cooperation.accounts.service.actors import actor_of
from cooperation.accounts.service.attempts import forget_attempt
from cooperation.accounts.service.codes import accepted_step
from cooperation.accounts.service.devices import forget_devices
from cooperation.accounts.service.door import Door, cookie_secret, cookie_text
from cooperation.accounts.service.sign_in import (
    CodeWrong,
    SignInOver,
    active_person,
    begin_code_attempt,
    record_refusal,
)
from cooperation.accounts.service.wrapped import PEOPLE, unwrap_text
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Database, Session
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.vault.errors import CannotOpen
from cooperation.vault.member import OpenedMember
from cooperation.vault.reader import Reader
from cooperation.vault.root import RootKeys
from cooperation.vault.sessions import SessionKeys, new_secret


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person for one request; `reader` is closed at its end."""

    actor: Actor
    reader: Reader
    session_id: str
    person_name: str
    is_touch_due: bool


@dataclass(frozen=True)
class OwnSession:
    """One of the person's sessions, as her list shows it."""

    handle: str
    browser: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    is_this: bool


def open_session(
    session: Session, root: RootKeys, boot_key: bytes, cookie: str, now: datetime
) -> SignedIn | None:
    """Return who is signed in with this cookie, or None; reads only.

    None stands for a missing, ended or damaged session, one from before the boot or from another
    host, and for a disabled person.
    """
    found = _find_session(session, SessionKeys(boot_key, root), cookie, now)
    if found is None:
        return None
    row, person, opened = found
    try:
        actor = actor_of(session, person.id, stepped_up_at=row.stepped_up_at)
    except NotAllowed:
        return None
    return SignedIn(
        actor=actor,
        reader=circles.make_reader(opened, root),
        session_id=row.handle,
        person_name=unwrap_text(root, person.sealed_name, table=PEOPLE, row=person.id, kind="name"),
        is_touch_due=now - row.seen_at >= TOUCH_EVERY,
    )


def reader_for_session(door: Door, *, cookie: str) -> SignedIn:
    """Return who is signed in, for builders and tests; raises `SignInOver`."""
    with door.database.reading() as session:
        found = open_session(session, door.root, door.boot_key, cookie, door.now)
    if found is None:
        raise SignInOver
    return found


def touch_session(database: Database, session_id: str, now: datetime) -> None:
    """Note that the session was used, in a transaction of its own."""
    with database.writing() as session:
        session.execute(
            sa.update(SessionRow)
            .where(SessionRow.handle == session_id, SessionRow.seen_at < now)
            .values(seen_at=now)
        )


def step_up(door: Door, *, cookie: str, code: str) -> str:
    """Take a fresh second factor; return the session's new cookie, the old one ends.

    Raises `SignInOver`, `CodeWrong`, `TooManyAttempts`.
    """
    with door.database.reading() as session:
        found = _find_session(session, door.session_keys, cookie, door.now)
        if found is None:
            raise SignInOver
        row_id, person_id, opened = found[0].id, found[1].id, found[2]
    attempt = begin_code_attempt(door, person_id)
    secret = new_secret()
    with door.database.writing() as session:
        person = active_person(session, person_id)
        seed = opened.keys.totp_seed
        step = accepted_step(seed, code, door.now, last_step=person.last_code_step)
        row = session.get(SessionRow, row_id)
        if row is None:
            raise SignInOver
        if step is not None:
            person.last_code_step = step
            forget_attempt(session, attempt)
            row.id = door.session_keys.lookup_id(secret)
            row.sealed = door.session_keys.seal(secret, opened)
            row.stepped_up_at = row.seen_at = door.now
            actor = actor_of(session, person_id)
            audit.record(
                session, actor=actor, action="step_up.confirmed", at=door.now, subject=row.handle
            )
            return cookie_text(secret)
    record_refusal(door, person_id)
    raise CodeWrong


def sessions_of(ctx: RequestContext, session_id: str) -> list[OwnSession]:
    """Return the person's own sessions, newest first; `session_id` is the present one's."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    return [
        OwnSession(
            handle=row.handle,
            browser=row.browser,
            started_at=row.started_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            is_this=row.handle == session_id,
        )
        for row in queries.sessions_of(ctx.session, ctx.actor.person_id, ctx.now)
    ]


def end_session(ctx: RequestContext, handle: str) -> None:
    """End one of the person's own sessions; raises `NotFound` for anybody else's."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    ended = ctx.session.execute(
        sa.delete(SessionRow)
        .where(SessionRow.handle == handle, SessionRow.person_id == ctx.actor.person_id)
        .returning(SessionRow.handle)
    ).all()
    if not ended:
        raise NotFound
    audit.record(ctx.session, actor=ctx.actor, action="session.ended", at=ctx.now, subject=handle)


def end_all_sessions(ctx: RequestContext) -> None:
    """Sign out everywhere, this session included."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    delete_sessions(ctx.session, ctx.actor.person_id)
    forget_devices(ctx.session, ctx.actor.person_id)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="sessions.ended",
        at=ctx.now,
        subject=ctx.actor.person_id,
    )


def delete_sessions(session: Session, person_id: str) -> None:
    """Remove all sessions and pending sign-ins of a person."""
    session.execute(sa.delete(SessionRow).where(SessionRow.person_id == person_id))
    session.execute(sa.delete(PendingSignInRow).where(PendingSignInRow.person_id == person_id))


def _find_session(
    session: Session, keys: SessionKeys, cookie: str, now: datetime
) -> tuple[SessionRow, PersonRow, OpenedMember] | None:
    secret = cookie_secret(cookie)
    if secret is None:
        return None
    found = queries.session_with_person(session, keys.lookup_id(secret))
    if found is None:
        return None
    row, person = found
    idle = timedelta(minutes=row.idle_minutes)
    if not is_alive(now=now, seen_at=row.seen_at, ends_at=row.ends_at, idle=idle):
        return None
    if person.status != PersonStatus.ACTIVE:
        return None
    try:
        return row, person, keys.open(row.sealed, secret, row.person_id)
    except CannotOpen:
        return None
