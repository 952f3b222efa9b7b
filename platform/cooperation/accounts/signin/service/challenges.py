"""Questions to a passkey: 32 random bytes, one open question for each purpose, answered once.

A question belongs to a session or to a sign-in under way, and to one act: the challenge is a hash
over both, so that the answer to one is worth nothing for another (reliability 1.2).
"""

from hashlib import sha256

import sqlalchemy as sa

from cooperation.accounts.models import PasskeyChallengeRow
from cooperation.accounts.rules import CHALLENGE_LIFE, Act, Purpose
from cooperation.accounts.signin.service.door import Door
from cooperation.core.db import Session, is_sqlite
from cooperation.core.ids import new_id
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.passkeys import challenge_of, new_nonce

_LOCK = 0x43484C47

_LABELS = {
    Purpose.SIGN_IN: "signin/1",
    Purpose.STEP_UP: "stepup/1",
    Purpose.REGISTER: "register/1",
}


def ask(
    session: Session, door: Door, owner: str, purpose: Purpose, act: Act | None = None
) -> bytes:
    """Keep a new question in place of an older one; return its challenge."""
    _wait_for_turn(session)
    _forget(session, door, owner, purpose)
    row = PasskeyChallengeRow(
        id=new_id(),
        owner=owner,
        purpose=purpose,
        act_hash=_hash_of(act),
        nonce=new_nonce(),
        ends_at=door.now + CHALLENGE_LIFE,
    )
    session.add(row)
    session.flush()
    return _challenge(owner, purpose, act, row.nonce)


def take(door: Door, owner: str, purpose: Purpose, act: Act | None = None) -> bytes | None:
    """Use up the open question, in a transaction of its own; return its challenge.

    None when there is none, when it was asked more than five minutes ago, or for another act.
    """
    with door.database.writing() as session:
        _wait_for_turn(session)
        row = session.scalar(
            sa.select(PasskeyChallengeRow).where(
                PasskeyChallengeRow.owner == owner, PasskeyChallengeRow.purpose == purpose
            )
        )
        if row is None:
            return None
        nonce, is_of_act = row.nonce, row.act_hash == _hash_of(act)
        is_alive = row.ends_at > door.now
        if _forget(session, door, owner, purpose) != 1 or not (is_alive and is_of_act):
            return None
    return _challenge(owner, purpose, act, nonce)


def _wait_for_turn(session: Session) -> None:
    """Let one transaction at a time replace questions: two pages may ask at once."""
    if not is_sqlite(session.get_bind()):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _forget(session: Session, door: Door, owner: str, purpose: Purpose) -> int:
    """Delete this question and all that nobody may answer any more; return how many were this."""
    session.execute(
        sa.delete(PasskeyChallengeRow).where(
            PasskeyChallengeRow.ends_at <= door.now, PasskeyChallengeRow.owner != owner
        )
    )
    gone = session.execute(
        sa.delete(PasskeyChallengeRow)
        .where(PasskeyChallengeRow.owner == owner, PasskeyChallengeRow.purpose == purpose)
        .returning(PasskeyChallengeRow.id)
    )
    return len(gone.all())


def _hash_of(act: Act | None) -> bytes:
    fields = (act.permission, act.target) if act else ()
    return sha256(length_prefixed(*fields)).digest()


def _challenge(owner: str, purpose: Purpose, act: Act | None, nonce: bytes) -> bytes:
    fields = (act.permission, act.target) if act else ()
    return challenge_of(_LABELS[purpose], owner, *fields, nonce)
