"""Sessions: found by cookie, opened with the boot key, listed, ended, renewed at step-up."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Actor
from cooperation.accounts import queries
from cooperation.accounts.models import EnrolmentRow, PendingSignInRow, PersonRow, SessionRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.people.service.browsers import note_browser
from cooperation.accounts.people.service.wrapped import PEOPLE, unwrap_text
from cooperation.accounts.rules import (
    TOUCH_EVERY,
    Factor,
    PersonStatus,
    is_alive,
    is_passkey_missing,
    passkeys_needed,
)
from cooperation.accounts.signin.service.devices import forget_devices
from cooperation.accounts.signin.service.door import Door, cookie_secret, cookie_text
from cooperation.accounts.signin.service.sign_in import SignInOver
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
    factor: Factor = Factor.CODE
    passkeys_missing: int = 0

    @property
    def must_register(self) -> bool:
        """Whether she came with a recovery code: nothing works before a new passkey."""
        return self.factor is Factor.RECOVERY


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
    session: Session,
    root: RootKeys,
    boot_key: bytes,
    cookie: str,
    now: datetime,
    *,
    takes_codes: bool = False,
) -> SignedIn | None:
    """Return who is signed in with this cookie, or None; reads only.

    None stands for a missing, ended or damaged session, one from before the boot or from another
    host, and for a disabled person. `takes_codes` is the setting `totp_step_up`.
    """
    found = find_session(session, SessionKeys(boot_key, root), cookie, now)
    if found is None:
        return None
    row, person, opened = found
    try:
        actor = actor_of(session, person.id, stepped_up_at=row.stepped_up_at)
    except NotAllowed:
        return None
    factor, passkeys = Factor(row.factor), len(opened.keys.passkeys)
    is_weak = is_passkey_missing(
        actor.roles, factor=factor, passkeys=passkeys, takes_codes=takes_codes
    )
    return SignedIn(
        actor=replace(actor, is_passkey_missing=is_weak),
        reader=circles.make_reader(opened, root),
        session_id=row.handle,
        person_name=unwrap_text(root, person.sealed_name, table=PEOPLE, row=person.id, kind="name"),
        is_touch_due=now - row.seen_at >= TOUCH_EVERY,
        factor=factor,
        passkeys_missing=0 if takes_codes else max(0, passkeys_needed(actor.roles) - passkeys),
    )


def reader_for_session(door: Door, *, cookie: str) -> SignedIn:
    """Return who is signed in, for builders and tests; raises `SignInOver`."""
    with door.database.reading() as session:
        found = open_session(
            session,
            door.root,
            door.boot_key,
            cookie,
            door.now,
            takes_codes=door.settings.totp_step_up,
        )
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
        if row.handle == session_id or _is_living(row, ctx.now)
    ]


def _is_living(row: SessionRow, now: datetime) -> bool:
    idle = timedelta(minutes=row.idle_minutes)
    return is_alive(now=now, seen_at=row.seen_at, ends_at=row.ends_at, idle=idle)


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
    note_browser(ctx.session, ctx.now)


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
    note_browser(ctx.session, ctx.now)


def delete_sessions(session: Session, person_id: str) -> None:
    """Remove all sessions and pending sign-ins of a person."""
    session.execute(sa.delete(SessionRow).where(SessionRow.person_id == person_id))
    session.execute(sa.delete(PendingSignInRow).where(PendingSignInRow.person_id == person_id))


def end_everybodys_sessions(session: Session) -> None:
    """Sign everybody out and end activations under way: their cookies go with the old root key."""
    for model in (SessionRow, PendingSignInRow, EnrolmentRow):
        session.execute(sa.delete(model))


def end_other_sessions(session: Session, row: SessionRow) -> None:
    """Remove the person's sessions and pending sign-ins, all but this one (reliability 1.3)."""
    session.execute(
        sa.delete(SessionRow).where(
            SessionRow.person_id == row.person_id, SessionRow.handle != row.handle
        )
    )
    session.execute(sa.delete(PendingSignInRow).where(PendingSignInRow.person_id == row.person_id))


def renew_session(door: Door, row: SessionRow, opened: OpenedMember, factor: Factor) -> str:
    """Give the session a new secret after a fresh factor; return the value of its new cookie."""
    secret = new_secret()
    row.id = door.session_keys.lookup_id(secret)
    row.sealed = door.session_keys.seal(secret, opened)
    row.factor = factor
    row.stepped_up_at = row.seen_at = door.now
    return cookie_text(secret)


def find_session(
    session: Session, keys: SessionKeys, cookie: str, now: datetime
) -> tuple[SessionRow, PersonRow, OpenedMember] | None:
    """Return a living session with whose it is and her keys, or None."""
    secret = cookie_secret(cookie)
    if secret is None:
        return None
    found = queries.session_with_person(session, keys.lookup_id(secret))
    if found is None:
        return None
    row, person = found
    if not _is_living(row, now):
        return None
    if person.status != PersonStatus.ACTIVE:
        return None
    try:
        return row, person, keys.open(row.sealed, secret, row.person_id)
    except CannotOpen:
        return None
