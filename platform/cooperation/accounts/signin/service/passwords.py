"""A new password: the old one is asked for, the person gets new keys, her other sessions end.

Both hashes are made before anything is written; what is written is one transaction, so that killed
at any step either the old password works or the new one (vault.md, Sign-in and sessions).
"""

from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.accounts.models import PendingSignInRow, PersonRow, SessionRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.people.service.notices import tell_password_changed
from cooperation.accounts.people.service.wrapped import PEOPLE, unwrap_text
from cooperation.accounts.rules import AttemptKind, Scope, normal_email
from cooperation.accounts.signin.service.attempts import Attempt, begin_attempt, forget_attempt
from cooperation.accounts.signin.service.devices import allowance_by_email
from cooperation.accounts.signin.service.door import Door, cookie_text
from cooperation.accounts.signin.service.refusals import record_refusal
from cooperation.accounts.signin.service.sessions import find_session
from cooperation.accounts.signin.service.sign_in import SignInOver, active_person
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Invalid, Unavailable
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.vault.errors import CannotOpen
from cooperation.vault.gate import hashing_place
from cooperation.vault.member import BlobKey, OpenedMember, make_blob_key
from cooperation.vault.passwords import check_password, check_shape, normalised
from cooperation.vault.sessions import new_secret

_WRONG = _("This is not your present password. Nothing was changed.")
_SAME = _("This is the password you have. Choose another one.")


class PasswordWrong(Invalid):
    """The present password was not right."""

    sentence = _WRONG

    def __init__(self) -> None:
        super().__init__(errors=(("old", _WRONG),))


@dataclass(frozen=True)
class _Owner:
    row_id: str
    person_id: str
    name: str
    email: str

    @property
    def words(self) -> tuple[str, ...]:
        """What an attacker would try first."""
        return (*self.name.split(), *self.email.split("@"))


def change_password(door: Door, *, cookie: str, old: str, new: str) -> str:
    """Give the signed-in person a new password; return the session's new cookie.

    Raises `SignInOver`, `Invalid` with the field in error, `PasswordWrong`, `TooManyAttempts`,
    `Unavailable`.
    """
    owner = _owner(door, cookie)
    check_shape(new, context=owner.words)
    if normalised(new) == normalised(old):
        raise Invalid(errors=(("password", _SAME),))
    attempt = _begin_attempt(door, owner.email)
    opened = _open_by_old(door, owner, old, attempt)
    blob_key = _hashed(door, owner, new, attempt)
    secret = new_secret()
    with door.database.writing() as session:
        active_person(session, owner.person_id)
        row = session.get(SessionRow, owner.row_id)
        if row is None:
            raise SignInOver
        forget_attempt(session, attempt)
        fresh = circles.change_member_keys(
            session,
            door.root,
            opened=opened,
            blob_key=blob_key,
            now=door.now,
            actor=actor_of(session, owner.person_id),
        )
        reach("password.renewed")
        _keep_only(session, door, row, secret=secret, opened=fresh)
        _tell(session, door, owner.person_id)
    return cookie_text(secret)


def _owner(door: Door, cookie: str) -> _Owner:
    with door.database.reading() as session:
        found = find_session(session, door.session_keys, cookie, door.now)
        if found is None:
            raise SignInOver
        row, person, _opened = found
        return _Owner(row.id, person.id, _text(door, person, "name"), _text(door, person, "email"))


def _text(door: Door, person: PersonRow, kind: str) -> str:
    sealed = person.sealed_name if kind == "name" else person.sealed_email
    return unwrap_text(door.root, sealed, table=PEOPLE, row=person.id, kind=kind)


def _begin_attempt(door: Door, email: str) -> Attempt:
    wanted = normal_email(email)
    return begin_attempt(
        door.database,
        door.root,
        kind=AttemptKind.SIGN_IN,
        subjects=allowance_by_email(door, wanted)
        or {Scope.ACCOUNT: wanted, Scope.ADDRESS: door.address, Scope.ALL: ""},
        now=door.now,
    )


def _open_by_old(door: Door, owner: _Owner, old: str, attempt: Attempt) -> OpenedMember:
    """Return the keys that the present password opens; a wrong one stays counted and is logged."""
    try:
        with hashing_place(door.folder), door.database.reading() as session:
            return circles.open_member(session, door.root, person_id=owner.person_id, password=old)
    except CannotOpen as failure:
        record_refusal(door, owner.person_id)
        raise PasswordWrong from failure
    except Unavailable:
        _take_back(door, attempt)
        raise


def _hashed(door: Door, owner: _Owner, password: str, attempt: Attempt) -> BlobKey:
    """Return the key of a new password; one that is too easy stays counted: judging it costs."""
    try:
        with hashing_place(door.folder):
            check_password(password, context=owner.words)
            return make_blob_key(password, door.profile)
    except Unavailable:
        _take_back(door, attempt)
        raise


def _take_back(door: Door, attempt: Attempt) -> None:
    with door.database.writing() as session:
        forget_attempt(session, attempt)


def _keep_only(
    session: Session, door: Door, row: SessionRow, *, secret: bytes, opened: OpenedMember
) -> None:
    """End all other sessions and sign-ins under way; this one goes on with the new keys."""
    person_id = row.person_id
    session.execute(
        sa.delete(SessionRow).where(SessionRow.person_id == person_id, SessionRow.id != row.id)
    )
    session.execute(sa.delete(PendingSignInRow).where(PendingSignInRow.person_id == person_id))
    row.id = door.session_keys.lookup_id(secret)
    row.sealed = door.session_keys.seal(secret, opened)
    row.seen_at = door.now
    session.flush()


def _tell(session: Session, door: Door, person_id: str) -> None:
    audit.record(
        session,
        actor=actor_of(session, person_id),
        action="password.changed",
        at=door.now,
        subject=person_id,
    )
    tell_password_changed(session, door.root, door.settings, person_id=person_id, now=door.now)
