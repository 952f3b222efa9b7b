"""The second step of a sign-in: a passkey, a code of the authenticator, or a recovery code.

A person who has her passkeys and a role that needs them is asked for one of them, or for a recovery
code; her authenticator opens nothing any more. Every way counts the same tries.
"""

from dataclasses import dataclass

from cooperation.access.rules import Role
from cooperation.accounts import queries
from cooperation.accounts.models import RecoveryCodeRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.people.service.notices import tell_factor_changed
from cooperation.accounts.rules import (
    Factor,
    FactorChange,
    Purpose,
    keeps_recovery_codes,
    may_use_code,
)
from cooperation.accounts.signin.service.attempts import forget_attempt
from cooperation.accounts.signin.service.challenges import ask, take
from cooperation.accounts.signin.service.codes import accepted_step
from cooperation.accounts.signin.service.door import Door
from cooperation.accounts.signin.service.passkeys import (
    believed,
    check_answer,
    known,
    relying_party,
)
from cooperation.accounts.signin.service.refusals import record_refusal
from cooperation.accounts.signin.service.sign_in import (
    CodeWrong,
    PendingSignIn,
    active_person,
    begin_code_attempt,
    complete_sign_in,
    find_pending,
)
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.errors import Invalid, NotAllowed
from cooperation.core.text import _
from cooperation.vault.gate import hashing_place
from cooperation.vault.passkeys import assertion_options
from cooperation.vault.passwords import Profile
from cooperation.vault.recovery_codes import PURPOSE, stretched_code

_WRONG_RECOVERY = _("This recovery code is not right, or it was used before.")


class PasskeyNotAccepted(Invalid):
    """The passkey's answer was refused; nobody is told why."""

    sentence = _("The passkey was not accepted. Try again, or use another one.")


class RecoveryCodeWrong(Invalid):
    """The recovery code is unknown, or was used."""

    sentence = _WRONG_RECOVERY

    def __init__(self) -> None:
        super().__init__(errors=(("recovery_code", _WRONG_RECOVERY),))


class CodeNotEnough(NotAllowed):
    """A code of the authenticator, from a person who has her passkeys."""

    sentence = _("Your account asks for a passkey. A code of the authenticator is not enough.")


@dataclass(frozen=True)
class Ways:
    """How a second factor can be given here: the passkey's question, and what else is taken."""

    passkey_options: str | None = None
    takes_code: bool = False
    takes_recovery_code: bool = False


def ways_of_sign_in(door: Door, *, pending: str) -> Ways:
    """Ask the person's passkeys, and say what else she may use; raises `SignInOver`."""
    found = find_pending(door, pending)
    vouched = found.member.passkeys
    with door.database.writing() as session:
        roles = actor_of(session, found.person_id).roles
        rows = known(believed(session, found.person_id, vouched))
        options = None
        if rows:
            challenge = ask(session, door, found.row_id, Purpose.SIGN_IN)
            party = relying_party(door.settings)
            options = assertion_options(party, challenge=challenge, known=rows)
        has_codes = bool(queries.recovery_codes_of(session, found.person_id))
    return Ways(
        passkey_options=options,
        takes_code=may_use_code(roles, len(vouched)),
        takes_recovery_code=bool(vouched) and keeps_recovery_codes(roles) and has_codes,
    )


def finish_sign_in(door: Door, *, pending: str, code: str, browser: str) -> str:
    """Check a code of the authenticator; return the value of the new session's cookie.

    Raises `SignInOver`, `CodeWrong`, `CodeNotEnough`, `TooManyAttempts`.
    """
    found = find_pending(door, pending)
    attempt = begin_code_attempt(door, found.person_id)
    with door.database.writing() as session:
        _refuse_code(_roles_of(session, found), found)
        person = active_person(session, found.person_id)
        seed, last = found.member.totp_seed, person.last_code_step
        step = accepted_step(seed, code, door.now, last_step=last)
        if step is not None:
            person.last_code_step = step
            forget_attempt(session, attempt)
            return complete_sign_in(session, door, found, browser, Factor.CODE)
    record_refusal(door, found.person_id)
    raise CodeWrong


def finish_with_passkey(door: Door, *, pending: str, credential: str, browser: str) -> str:
    """Check a passkey's answer; return the value of the new session's cookie.

    Raises `SignInOver`, `PasskeyNotAccepted`, `TooManyAttempts`.
    """
    found = find_pending(door, pending)
    attempt = begin_code_attempt(door, found.person_id)
    challenge = take(door, found.row_id, Purpose.SIGN_IN)
    with door.database.writing() as session:
        active_person(session, found.person_id)
        answer = check_answer(
            session,
            door,
            person_id=found.person_id,
            vouched=found.member.passkeys,
            credential=credential,
            challenge=challenge,
        )
        if answer is not None:
            forget_attempt(session, attempt)
            return complete_sign_in(session, door, found, browser, Factor.PASSKEY)
    raise PasskeyNotAccepted


def finish_with_recovery_code(door: Door, *, pending: str, code: str, browser: str) -> str:
    """Use up a recovery code; return the cookie of a session that can only register a passkey.

    Raises `SignInOver`, `RecoveryCodeWrong`, `TooManyAttempts`, `Unavailable`.
    """
    found = find_pending(door, pending)
    attempt = begin_code_attempt(door, found.person_id)
    hashes = _recovery_hashes(door, found, code)
    with door.database.writing() as session:
        active_person(session, found.person_id)
        row = _unused_code(session, found.person_id, hashes)
        if row is not None and keeps_recovery_codes(_roles_of(session, found)):
            session.delete(row)
            forget_attempt(session, attempt)
            cookie = complete_sign_in(session, door, found, browser, Factor.RECOVERY)
            _tell_recovery(session, door, found.person_id)
            return cookie
    record_refusal(door, found.person_id)
    raise RecoveryCodeWrong


def _roles_of(session: Session, found: PendingSignIn) -> frozenset[Role]:
    return actor_of(session, found.person_id).roles


def _refuse_code(roles: frozenset[Role], found: PendingSignIn) -> None:
    if not may_use_code(roles, len(found.member.passkeys)):
        raise CodeNotEnough


def _recovery_hashes(door: Door, found: PendingSignIn, code: str) -> frozenset[bytes]:
    """Hash the typed code as each stored set was; there is one set but after a race."""
    with door.database.reading() as session:
        rows = queries.recovery_codes_of(session, found.person_id)
        sets = {(row.salt, Profile(row.memory_kib, row.passes, row.lanes)) for row in rows}
    hashes = set()
    for salt, profile in sets:
        with hashing_place(door.folder):
            stretched = stretched_code(code, salt, profile)
        hashes.add(found.member.keyed_hash(PURPOSE, stretched))
    return frozenset(hashes)


def _unused_code(
    session: Session, person_id: str, hashes: frozenset[bytes]
) -> RecoveryCodeRow | None:
    rows = queries.recovery_codes_of(session, person_id)
    return next((row for row in rows if row.keyed_hash in hashes), None)


def _tell_recovery(session: Session, door: Door, person_id: str) -> None:
    actor = actor_of(session, person_id)
    audit.record(session, actor=actor, action="recovery_code.used", at=door.now, subject=person_id)
    tell_factor_changed(
        session,
        door.root,
        door.settings,
        person_id=person_id,
        change=FactorChange.RECOVERY_CODE_USED,
        now=door.now,
    )
