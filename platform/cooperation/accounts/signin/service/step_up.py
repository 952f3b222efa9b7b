"""Step-up: a fresh second factor for one act, good for five minutes (reliability 1.5).

A passkey answers a question about the act itself. A code of the authenticator is taken where the
instance takes codes, and everywhere from a person who is about to register her first passkey; it
refreshes the session, but the guard lets no act of a passkey pass with it.
"""

from dataclasses import dataclass

from cooperation.access.policy import Permission
from cooperation.accounts.models import SessionRow
from cooperation.accounts.people.service.actors import actor_of
from cooperation.accounts.rules import Act, Factor, Purpose, may_use_code
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
from cooperation.accounts.signin.service.second_factor import (
    CodeNotEnough,
    PasskeyNotAccepted,
    Ways,
)
from cooperation.accounts.signin.service.sessions import SignedIn, find_session, renew_session
from cooperation.accounts.signin.service.sign_in import (
    CodeWrong,
    SignInOver,
    active_person,
    begin_code_attempt,
)
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.vault.member import OpenedMember
from cooperation.vault.passkeys import assertion_options


@dataclass(frozen=True)
class Held:
    """A session found by its cookie, between transactions."""

    row_id: str
    handle: str
    person_id: str
    opened: OpenedMember
    factor: Factor

    @property
    def vouched(self) -> tuple[bytes, ...]:
        """The hashes of the person's passkeys."""
        return self.opened.keys.passkeys


def held_session(door: Door, cookie: str) -> Held:
    """Return the session of a cookie with the person's keys; raises `SignInOver`."""
    with door.database.reading() as session:
        found = find_session(session, door.session_keys, cookie, door.now)
        if found is None:
            raise SignInOver
        row, person, opened = found
        return Held(row.id, row.handle, person.id, opened, Factor(row.factor))


def row_of(session: Session, held: Held) -> SessionRow:
    """Return the session's row, locked; raises `SignInOver` where it was renewed or ended."""
    active_person(session, held.person_id)
    row = session.get(SessionRow, held.row_id, with_for_update=True)
    if row is None:
        raise SignInOver
    return row


def ways_of_step_up(door: Door, signed_in: SignedIn, act: Act) -> Ways:
    """Ask the person's passkeys about the act, and say whether a code is taken for it."""
    if signed_in.must_register:
        return Ways()
    vouched = signed_in.reader.passkeys
    person_id = signed_in.actor.person_id
    options = None
    with door.database.writing() as session:
        rows = known(believed(session, person_id, vouched))
        if rows and not _is_short(signed_in, act):
            challenge = ask(session, door, signed_in.session_id, Purpose.STEP_UP, act)
            party = relying_party(door.settings)
            options = assertion_options(party, challenge=challenge, known=rows)
    is_first = act.permission is Permission.CHANGE_FACTORS and not vouched
    takes_code = door.settings.totp_step_up or is_first
    return Ways(
        passkey_options=options,
        takes_code=takes_code and may_use_code(signed_in.actor.roles, len(vouched)),
    )


def _is_short(signed_in: SignedIn, act: Act) -> bool:
    """Tell whether even a passkey would not do: the role needs more of them first."""
    return signed_in.passkeys_missing > 0 and act.permission is not Permission.CHANGE_FACTORS


def step_up(door: Door, *, cookie: str, code: str) -> str:
    """Take a fresh code of the authenticator; return the session's new cookie, the old one ends.

    Raises `SignInOver`, `CodeWrong`, `CodeNotEnough`, `TooManyAttempts`.
    """
    held = held_session(door, cookie)
    attempt = begin_code_attempt(door, held.person_id)
    with door.database.writing() as session:
        row = row_of(session, held)
        person = active_person(session, held.person_id)
        roles = actor_of(session, held.person_id).roles
        if held.factor is Factor.RECOVERY or not may_use_code(roles, len(held.vouched)):
            raise CodeNotEnough
        seed, last = held.opened.keys.totp_seed, person.last_code_step
        step = accepted_step(seed, code, door.now, last_step=last)
        if step is not None:
            person.last_code_step = step
            forget_attempt(session, attempt)
            return _confirmed(session, door, row, held, Factor.CODE)
    record_refusal(door, held.person_id)
    raise CodeWrong


def step_up_with_passkey(door: Door, *, cookie: str, credential: str, act: Act) -> str:
    """Take a passkey's answer about this act; return the session's new cookie, the old one ends.

    Raises `SignInOver`, `PasskeyNotAccepted`, `TooManyAttempts`.
    """
    held = held_session(door, cookie)
    attempt = begin_code_attempt(door, held.person_id)
    challenge = take(door, held.handle, Purpose.STEP_UP, act)
    with door.database.writing() as session:
        row = row_of(session, held)
        answer = check_answer(
            session,
            door,
            person_id=held.person_id,
            vouched=held.vouched,
            credential=credential,
            challenge=challenge,
        )
        if answer is not None and held.factor is not Factor.RECOVERY:
            forget_attempt(session, attempt)
            return _confirmed(session, door, row, held, Factor.PASSKEY)
    raise PasskeyNotAccepted


def _confirmed(session: Session, door: Door, row: SessionRow, held: Held, factor: Factor) -> str:
    cookie = renew_session(door, row, held.opened, factor)
    actor = actor_of(session, held.person_id)
    audit.record(session, actor=actor, action="step_up.confirmed", at=door.now, subject=row.handle)
    return cookie
