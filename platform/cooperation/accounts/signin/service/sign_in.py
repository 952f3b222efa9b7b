"""Sign-in: password, pending row, second factor, session (vault.md, Sign-in and sessions).

An unknown, disabled or locked name costs the same hash as a known one and gets the same sentence.
Hashing holds one of two places over all workers and runs outside every writing transaction.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.accounts import queries
from cooperation.accounts.models import EnrolmentRow, PendingSignInRow, PersonRow, SessionRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.people.service.browsers import note_browser
from cooperation.accounts.people.service.notices import tell_let_in, tell_new_device
from cooperation.accounts.people.service.unused import (
    AccountBlocked,
    is_blocked,
    is_person_blocked,
    is_unused,
)
from cooperation.accounts.people.service.wrapped import email_lookups
from cooperation.accounts.rules import (
    CLOCK_STEP,
    PENDING_LIFE,
    RECOVERY_LIFE,
    AttemptKind,
    Factor,
    PersonStatus,
    Scope,
    absolute_life,
    idle_life,
    is_strict,
    normal_email,
)
from cooperation.accounts.signin.service.attempts import (
    Attempt,
    TooManyAttempts,
    begin_attempt,
    forget_attempt,
)
from cooperation.accounts.signin.service.devices import (
    allowance_by_email,
    allowance_of_person,
    is_known_device,
    remember_device,
)
from cooperation.accounts.signin.service.door import Door, cookie_secret, cookie_text
from cooperation.accounts.signin.service.refusals import record_refusal
from cooperation.accounts.signin.service.unfinished import (
    forget_finished,
    origin_of,
    settle_unfinished,
)
from cooperation.accounts.signin.service.watching import heads_and_administrators
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, Unavailable
from cooperation.core.ids import new_id
from cooperation.core.text import _, reader_language
from cooperation.vault.errors import CannotOpen
from cooperation.vault.gate import hashing_place
from cooperation.vault.member import OpenedMember
from cooperation.vault.passwords import stretch_for_nobody
from cooperation.vault.sessions import PendingMember, new_secret

_WRONG = _(
    "E-mail address and password do not fit together. Check both. After many attempts wait five "
    "minutes."
)
_CHECK = _("Check the address and the password.")
_WRONG_CODE = _("This code is not right, or it was used before. Wait for the next one.")


class SignInRefused(Invalid):
    """Name or password wrong, account unknown, disabled or locked: nobody is told which."""

    sentence = _WRONG

    def __init__(self) -> None:
        super().__init__(errors=(("email", _CHECK),))


class CodeWrong(Invalid):
    """The six digits are wrong, too old, or were used before."""

    sentence = _WRONG_CODE

    def __init__(self) -> None:
        super().__init__(errors=(("code", _WRONG_CODE),))


class SignInOver(Conflict):
    """The pending sign-in or the session does not exist any more."""

    sentence = _("Your sign-in took too long or has ended. Sign in again.")


@dataclass(frozen=True)
class PendingSignIn:
    """A sign-in whose password was right, with what checks its second factor."""

    row_id: str
    person_id: str
    member: PendingMember


def begin_sign_in(door: Door, *, email: str, password: str) -> str:
    """Check the password; return the value of the pending cookie, good for five minutes.

    Raises `SignInRefused`, `TooManyAttempts` (for an address of the network), `AccountBlocked`
    (after the right password), `Unavailable`.
    """
    wanted = normal_email(email)
    attempt = _begin_password_attempt(door, wanted)
    if attempt is None:
        with hashing_place(door.folder):
            stretch_for_nobody(password, door.profile)
        raise SignInRefused
    try:
        person_id, opened = _open_by_password(door, wanted, password)
    except Unavailable:
        with door.database.writing() as session:
            forget_attempt(session, attempt)
        raise
    if opened is None:
        record_refusal(door, person_id)
        raise SignInRefused
    try:
        cookie = _keep_pending(door, attempt, opened)
    except CannotOpen as failure:
        record_refusal(door, person_id)
        raise SignInRefused from failure
    if cookie is None:
        raise AccountBlocked
    return cookie


def complete_sign_in(
    session: Session, door: Door, found: PendingSignIn, browser: str, factor: Factor
) -> str:
    """Turn a sign-in whose second factor was right into a session; return its cookie's value.

    Raises `SignInOver` where another request was first, and where the account is blocked since.
    """
    person = active_person(session, found.person_id)
    _let_in(session, door, person)
    person.last_sign_in_at = door.now
    person.language = reader_language()
    ended = session.execute(
        sa.delete(PendingSignInRow)
        .where(PendingSignInRow.id == found.row_id)
        .returning(PendingSignInRow.id)
    )
    if not ended.all():
        raise SignInOver
    forget_finished(session, door, found.person_id)
    secret = new_secret()
    opened = circles.renew_anchor(session, door.root, found.member.proven())
    _start_session(session, door, secret=secret, opened=opened, browser=browser, factor=factor)
    return cookie_text(secret)


def _let_in(session: Session, door: Door, person: PersonRow) -> None:
    """Let an unused account in where nobody is left to confirm it, and say so to the heads."""
    if is_blocked(session, person, door.now):
        raise SignInOver
    if not is_unused(person, door.now):
        return
    audit.record(
        session,
        actor=actor_of(session, person.id),
        action="person.let_in",
        at=door.now,
        subject=person.id,
        states=(person.state_code,) if person.state_code else (),
    )
    for told in {person.id, *heads_and_administrators(session)}:
        tell_let_in(session, door.root, door.settings, person_id=told, now=door.now)


def begin_code_attempt(door: Door, person_id: str) -> Attempt:
    """Count one try of a second factor; raises `TooManyAttempts`."""
    return begin_attempt(
        door.database,
        door.root,
        kind=AttemptKind.SECOND_FACTOR,
        subjects=allowance_of_person(door, person_id)
        or {Scope.ACCOUNT: person_id, Scope.ADDRESS: door.address},
        now=door.now,
    )


def active_person(session: Session, person_id: str) -> PersonRow:
    """Return the row of an active person, locked for this transaction; raises `SignInOver`."""
    person = session.get(PersonRow, person_id, with_for_update=True)
    if person is None or person.status != PersonStatus.ACTIVE:
        raise SignInOver
    return person


def _begin_password_attempt(door: Door, email: str) -> Attempt | None:
    try:
        return begin_attempt(
            door.database,
            door.root,
            kind=AttemptKind.SIGN_IN,
            subjects=allowance_by_email(door, email)
            or {Scope.ACCOUNT: email, Scope.ADDRESS: door.address, Scope.ALL: ""},
            now=door.now,
        )
    except TooManyAttempts as refusal:
        if refusal.scope not in {Scope.ACCOUNT, Scope.DEVICE}:
            raise
        return None


def _open_by_password(
    door: Door, email: str, password: str
) -> tuple[str | None, OpenedMember | None]:
    with hashing_place(door.folder), door.database.reading() as session:
        person = queries.person_by_lookup(session, email_lookups(door.root, email))
        if person is None:
            stretch_for_nobody(password, door.profile)
            return None, None
        try:
            opened = circles.open_member(session, door.root, person_id=person.id, password=password)
        except CannotOpen:
            return person.id, None
        return person.id, opened


def _keep_pending(door: Door, attempt: Attempt, opened: OpenedMember) -> str | None:
    """Keep the sign-in until its second factor; None where the account is blocked.

    What was opened before this transaction may have changed since: a password, a passkey. The keys
    of now are kept, or `CannotOpen` is raised; whoever changes them later ends what is kept here.
    """
    secret = new_secret()
    with door.database.writing() as session:
        session.get(PersonRow, opened.keys.person_id, with_for_update=True)
        _delete_ended(session, door)
        forget_attempt(session, attempt)
        opened = circles.open_member_again(session, door.root, opened)
        if is_person_blocked(session, opened.keys.person_id, door.now):
            return None
        session.add(
            PendingSignInRow(
                id=door.session_keys.lookup_id(secret),
                person_id=opened.keys.person_id,
                sealed=door.session_keys.seal_pending(secret, opened),
                origin=origin_of(door),
                ends_at=door.now + PENDING_LIFE,
            )
        )
    return cookie_text(secret)


def find_pending(door: Door, cookie: str) -> PendingSignIn:
    """Return the sign-in that a pending cookie stands for; raises `SignInOver`."""
    secret = cookie_secret(cookie)
    if secret is None:
        raise SignInOver
    with door.database.reading() as session:
        row = session.get(PendingSignInRow, door.session_keys.lookup_id(secret))
        if row is None or not door.now < row.ends_at <= door.now + PENDING_LIFE + CLOCK_STEP:
            raise SignInOver
        try:
            member = door.session_keys.open_pending(row.sealed, secret, row.person_id)
        except CannotOpen as failure:
            raise SignInOver from failure
        return PendingSignIn(row.id, row.person_id, member)


def _start_session(
    session: Session,
    door: Door,
    *,
    secret: bytes,
    opened: OpenedMember,
    browser: str,
    factor: Factor,
) -> None:
    actor = actor_of(session, opened.keys.person_id)
    strict = is_strict(actor.institution, actor.roles)
    handle = new_id()
    life = RECOVERY_LIFE if factor is Factor.RECOVERY else absolute_life(strict=strict)
    session.add(
        SessionRow(
            id=door.session_keys.lookup_id(secret),
            handle=handle,
            person_id=actor.person_id,
            sealed=door.session_keys.seal(secret, opened),
            browser=browser,
            started_at=door.now,
            seen_at=door.now,
            stepped_up_at=door.now,
            ends_at=door.now + life,
            idle_minutes=int(idle_life(strict=strict).total_seconds()) // 60,
            factor=factor,
        )
    )
    _meet_device(session, door, actor.person_id, browser)
    audit.record(session, actor=actor, action="session.started", at=door.now, subject=handle)
    note_browser(session, door.now)


def _meet_device(session: Session, door: Door, person_id: str, browser: str) -> None:
    """Tell the person of a sign-in by a browser that was not used before, and know it from now."""
    if door.device and not is_known_device(session, door, person_id):
        tell_new_device(
            session, door.root, door.settings, person_id=person_id, browser=browser, now=door.now
        )
    remember_device(session, door, person_id, browser)


def _delete_ended(session: Session, door: Door) -> None:
    settle_unfinished(session, door.root, door.settings, door.now)
    for table in (SessionRow, EnrolmentRow):
        session.execute(sa.delete(table).where(table.ends_at <= door.now))
