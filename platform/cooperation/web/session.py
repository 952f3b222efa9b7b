"""The signed-in person of a request, and the transaction it runs in.

`accounts` decides who is signed in; Flask-Login only hands the person to whoever asks for
`current_user`. One request is one transaction (design: architecture 2, rule 6): IMMEDIATE for what
may write, committed after success, rolled back after a failure. A page that is logged as read only
reads; `delivery` commits its entries. What a page's script saves takes the lock late (core.late).
"""

from flask import Flask, Request, g, request
from flask_login import LoginManager, UserMixin

from cooperation.access.context import RequestContext
from cooperation.access.rows import scope_of_actor
from cooperation.accounts import service as accounts
from cooperation.accounts.rules import bare_address
from cooperation.core.db import DatabaseFailedError, Session, commit, is_full
from cooperation.core.last import Kind
from cooperation.core.late import lock_late
from cooperation.core.requests import is_autosave
from cooperation.core.row_scope import enter
from cooperation.web.declaration import Declaration
from cooperation.web.server import Server, server


class CurrentPerson(UserMixin):  # type: ignore[misc] # flask_login is untyped
    """The person that Flask-Login knows; her rights come from the directory, not from here."""

    def __init__(self, person_id: str, name: str) -> None:
        self.id = person_id
        self.name = name


def _load_person(incoming: Request) -> CurrentPerson | None:
    del incoming
    signed_in = g.get("signed_in")
    if signed_in is None:
        return None
    return CurrentPerson(signed_in.actor.person_id, signed_in.person_name)


def install_sign_in(app: Flask) -> None:
    """Let Flask-Login load the person from our session; it keeps nothing of its own."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(_load_person)


def make_door(held: Server) -> accounts.Door:
    """Return what the pages of sign-in stand on in this request."""
    return accounts.Door(
        database=held.database,
        root=held.root,
        settings=held.settings,
        boot_key=held.boot_key,
        now=held.clock.now(),
        address=bare_address(request.remote_addr or ""),
        device=accounts.device_of_request(
            request.cookies.get(accounts.device_cookie(held.settings))
        ),
    )


def find_signed_in(session: Session, cookie: str | None) -> accounts.SignedIn | None:
    """Return who is signed in by this cookie, or nobody."""
    if not cookie:
        return None
    door: accounts.Door = g.door
    return accounts.open_session(
        session,
        door.root,
        door.boot_key,
        cookie,
        door.now,
        takes_codes=door.settings.totp_step_up,
    )


def open_transaction(declaration: Declaration, *, unsafe: bool, lock_first: bool = False) -> None:
    """Find the signed-in person and open the request's session as its view needs it.

    A session's time of last use is written in a transaction of its own, before the request's. The
    transaction begins at the door; the person found there takes it over (row-level security).
    """
    held = server()
    g.door = make_door(held)
    writing = not declaration.own_transactions and unsafe
    is_late = writing and not lock_first and declaration.locks_late and is_autosave(request.headers)
    kind = Kind.WRITING_LAST if writing else Kind.READING if declaration.logs_reading else None
    g.session = held.database.open(writing=False, kind=None if writing and not is_late else kind)
    if is_late:
        lock_late(g.session)
    cookie = request.cookies.get(accounts.session_cookie(held.settings))
    g.signed_in = find_signed_in(g.session, cookie)
    is_touch_due = g.signed_in is not None and g.signed_in.is_touch_due
    if is_touch_due or (writing and not is_late):
        close_transaction()
        if is_touch_due:
            _touch(g.signed_in.session_id)
        g.session = held.database.open(writing=writing, kind=kind)
    g.is_writing = writing
    if g.signed_in is not None:
        enter(g.session, scope_of_actor(g.signed_in.actor))
        g.context = RequestContext(
            session=g.session,
            actor=g.signed_in.actor,
            now=g.door.now,
            root=held.root,
            settings=held.settings,
            opened=g.signed_in.reader,
        )


def _touch(session_id: str) -> None:
    """Note that the session was used; where the disk is full, reading goes on without the note."""
    try:
        accounts.touch_session(server().database, session_id, g.door.now)
    except DatabaseFailedError as failure:
        if not is_full(failure):
            raise


def forget_person() -> None:
    """Close the reader's keys; from now on nobody is signed in within this request."""
    signed_in: accounts.SignedIn | None = g.pop("signed_in", None)
    if signed_in is not None:
        signed_in.reader.close()
    g.signed_in = None
    g.pop("shell", None)


def close_transaction() -> None:
    """Roll back and close the request's session, if it is still open."""
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.rollback()
        session.close()


def commit_transaction() -> None:
    """Commit what the view wrote; from then on the answer may be given."""
    session: Session | None = g.pop("session", None)
    if session is None:
        return
    try:
        commit(session)
    finally:
        session.rollback()
        session.close()
