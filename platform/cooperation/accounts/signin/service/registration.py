"""Registering and removing passkeys, and making recovery codes: the factors of an account.

Every change ends the person's other sessions, is logged and told to her by mail. The first passkey
is registered with a fresh code of the authenticator, every further one with a passkey that she has,
or in a session that a recovery code began.
"""

from datetime import timedelta

import sqlalchemy as sa

from cooperation.access.guard import is_recent, require_step_up
from cooperation.access.policy import STEP_UP, Permission
from cooperation.accounts import queries
from cooperation.accounts.models import PasskeyRow, RecoveryCodeRow, SessionRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.people.service.notices import tell_factor_changed
from cooperation.accounts.people.service.wrapped import PASSKEYS, PEOPLE, unwrap_text, wrap_text
from cooperation.accounts.rules import (
    Factor,
    FactorChange,
    Purpose,
    absolute_life,
    is_strict,
    keeps_recovery_codes,
    may_use_code,
)
from cooperation.accounts.signin.service.challenges import ask, take
from cooperation.accounts.signin.service.door import Door
from cooperation.accounts.signin.service.passkeys import believed, known, relying_party
from cooperation.accounts.signin.service.second_factor import PasskeyNotAccepted
from cooperation.accounts.signin.service.sessions import SignedIn, end_other_sessions, renew_session
from cooperation.accounts.signin.service.step_up import Held, held_session, row_of
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, NotFound, StepUpNeeded
from cooperation.core.ids import new_id
from cooperation.core.text import _
from cooperation.vault.gate import hashing_place
from cooperation.vault.passkeys import (
    NewPasskey,
    PasskeyRefused,
    passkey_hash,
    registration_options,
    verify_registration,
)
from cooperation.vault.recovery_codes import PURPOSE, new_codes, new_salt, stretched_code


class NoRecoveryCodes(Conflict):
    """Recovery codes for a role that has two passkeys instead, or before the first passkey."""

    sentence = _("Recovery codes go with one passkey. Register a passkey first.")


def begin_registration(door: Door, signed_in: SignedIn) -> str:
    """Return the options with which the browser makes a passkey; raises `StepUpNeeded`."""
    _require_fresh(door, signed_in)
    person_id = signed_in.actor.person_id
    with door.database.writing() as session:
        challenge = ask(session, door, signed_in.session_id, Purpose.REGISTER)
        rows = known(believed(session, person_id, signed_in.reader.passkeys))
        email = _email(session, door, person_id)
    return registration_options(
        relying_party(door.settings),
        challenge=challenge,
        user=person_id.encode(),
        user_name=email,
        known=rows,
    )


def _email(session: Session, door: Door, person_id: str) -> str:
    row = queries.person(session, person_id)
    return unwrap_text(door.root, row.sealed_email, table=PEOPLE, row=person_id, kind="email")


def _require_fresh(door: Door, signed_in: SignedIn) -> None:
    """Raise `StepUpNeeded` unless she has just shown the strongest factor that she has."""
    if signed_in.must_register:
        return
    stepped_up_at = signed_in.actor.stepped_up_at
    window: timedelta = STEP_UP[Permission.CHANGE_FACTORS]
    passkeys = len(signed_in.reader.passkeys)
    takes_code = door.settings.totp_step_up and may_use_code(signed_in.actor.roles, passkeys)
    is_strong = not passkeys or signed_in.factor is Factor.PASSKEY or takes_code
    is_fresh = stepped_up_at is not None and is_recent(stepped_up_at, door.now, window)
    if not (is_fresh and is_strong):
        raise StepUpNeeded


def add_passkey(door: Door, *, cookie: str, label: str, credential: str) -> str:
    """Keep the passkey that the browser has made; return the session's new cookie.

    The session has shown the passkey, so it counts as begun with it. Raises `SignInOver`,
    `PasskeyNotAccepted`.
    """
    held = held_session(door, cookie)
    made = _registered(door, held, credential)
    with door.database.writing() as session:
        row = row_of(session, held)
        if made is None or queries.is_passkey_known(session, made.credential_id):
            _record(session, door, held, "passkey.refused", held.person_id)
        else:
            passkey_id = _add_row(session, door, held, made, label)
            vouched = (*held.vouched, passkey_hash(made.credential_id, made.public_key))
            cookie = _renewed(session, door, held, row, vouched, Factor.PASSKEY)
            _tell(session, door, held, "passkey.added", passkey_id, FactorChange.PASSKEY_ADDED)
            return cookie
    raise PasskeyNotAccepted


def _registered(door: Door, held: Held, credential: str) -> NewPasskey | None:
    challenge = take(door, held.handle, Purpose.REGISTER)
    if challenge is None:
        return None
    party = relying_party(door.settings)
    try:
        return verify_registration(credential, party=party, challenge=challenge)
    except PasskeyRefused:
        return None


def _add_row(session: Session, door: Door, held: Held, made: NewPasskey, label: str) -> str:
    row_id = new_id()
    session.add(
        PasskeyRow(
            id=row_id,
            person_id=held.person_id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            sealed_label=wrap_text(door.root, label, table=PASSKEYS, row=row_id, kind="label"),
            transports=" ".join(made.transports)[:60],
            is_backed_up=made.is_backed_up,
            added_at=door.now,
        )
    )
    session.flush()
    return row_id


def remove_passkey(door: Door, signed_in: SignedIn, *, cookie: str, passkey_id: str) -> str:
    """Remove one of her passkeys; return the session's new cookie.

    Raises `SignInOver`, `NotFound`, `StepUpNeeded`.
    """
    require_step_up(signed_in.actor, Permission.CHANGE_FACTORS, door.now)
    held = held_session(door, cookie)
    with door.database.writing() as session:
        row = row_of(session, held)
        mine = believed(session, held.person_id, held.vouched)
        gone = next((each for each in mine if each.id == passkey_id), None)
        if gone is None:
            raise NotFound
        hash_ = passkey_hash(gone.credential_id, gone.public_key)
        vouched = tuple(each for each in held.vouched if each != hash_)
        session.delete(gone)
        factor = held.factor if vouched else Factor.CODE
        cookie = _renewed(session, door, held, row, vouched, factor)
        _tell(session, door, held, "passkey.removed", passkey_id, FactorChange.PASSKEY_REMOVED)
    return cookie


def make_recovery_codes(door: Door, signed_in: SignedIn, *, cookie: str) -> tuple[str, ...]:
    """Make a new set of recovery codes, shown once; the old set is void.

    Raises `SignInOver`, `StepUpNeeded`, `NoRecoveryCodes`, `Unavailable`.
    """
    require_step_up(signed_in.actor, Permission.CHANGE_FACTORS, door.now)
    held = held_session(door, cookie)
    if not held.vouched or not keeps_recovery_codes(signed_in.actor.roles):
        raise NoRecoveryCodes
    codes, salt = new_codes(), new_salt()
    hashes = [_hash_of(door, held, code, salt) for code in codes]
    with door.database.writing() as session:
        row = row_of(session, held)
        session.execute(
            sa.delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == held.person_id)
        )
        session.add_all(_code_row(door, held, salt, each) for each in hashes)
        end_other_sessions(session, row)
        _tell(
            session,
            door,
            held,
            "recovery_codes.made",
            held.person_id,
            FactorChange.RECOVERY_CODES_MADE,
        )
    return codes


def _hash_of(door: Door, held: Held, code: str, salt: bytes) -> bytes:
    with hashing_place(door.folder):
        stretched = stretched_code(code, salt, door.profile)
    return held.opened.keys.keyed_hash(PURPOSE, stretched)


def _code_row(door: Door, held: Held, salt: bytes, keyed_hash: bytes) -> RecoveryCodeRow:
    return RecoveryCodeRow(
        id=new_id(),
        person_id=held.person_id,
        salt=salt,
        memory_kib=door.profile.memory_kib,
        passes=door.profile.passes,
        lanes=door.profile.lanes,
        keyed_hash=keyed_hash,
        made_at=door.now,
    )


def _renewed(
    session: Session,
    door: Door,
    held: Held,
    row: SessionRow,
    vouched: tuple[bytes, ...],
    factor: Factor,
) -> str:
    """Let the blob vouch for these passkeys, end the other sessions, renew this one."""
    opened = circles.vouch_for_passkeys(session, door.root, held.opened, vouched)
    end_other_sessions(session, row)
    if held.factor is Factor.RECOVERY:
        actor = actor_of(session, held.person_id)
        strict = is_strict(actor.institution, actor.roles)
        row.ends_at = row.started_at + absolute_life(strict=strict)
    return renew_session(door, row, opened, factor)


def _tell(
    session: Session, door: Door, held: Held, action: str, subject: str, change: FactorChange
) -> None:
    _record(session, door, held, action, subject)
    tell_factor_changed(
        session, door.root, door.settings, person_id=held.person_id, change=change, now=door.now
    )


def _record(session: Session, door: Door, held: Held, action: str, subject: str) -> None:
    actor = actor_of(session, held.person_id)
    audit.record(session, actor=actor, action=action, at=door.now, subject=subject)
