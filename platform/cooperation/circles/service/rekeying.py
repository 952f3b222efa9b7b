"""A person's new keys: her password changes, and with it all that it opened (vault.md, Sign-in)."""

from datetime import datetime

from cooperation.access.rules import Actor
from cooperation.circles import queries
from cooperation.circles.service.circle_keys import (
    Recipient,
    admit_member,
    circle_exists,
    membership_place,
    public_circle,
)
from cooperation.circles.service.members import states_of
from cooperation.circles.service.verified import (
    LogNote,
    anchor_now,
    append_statement,
    check_anchor,
    directory_of,
    take_turn,
)
from cooperation.core.db import Session, note_destruction
from cooperation.core.failpoints import reach
from cooperation.vault.errors import CannotOpen
from cooperation.vault.grants import open_membership, require_key
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.member import (
    BlobKey,
    MemberKeys,
    OpenedMember,
    renewed_keys,
    seal_member,
)
from cooperation.vault.root import RootKeys
from cooperation.vault.statements import Renew, Signer, moment


def change_member_keys(
    session: Session,
    root: RootKeys,
    *,
    opened: OpenedMember,
    blob_key: BlobKey,
    now: datetime,
    actor: Actor,
) -> OpenedMember:
    """Give a person new keys under a new password; the old blob opens nothing from now on.

    `blob_key` is the new password's, hashed before the transaction. Signed by her old key. Her
    sessions hold the old keys: the caller ends them and opens one with what is returned. Raises
    `DirectoryChanged`, `CannotOpen`, `StatementRefused`.
    """
    check_anchor(session, opened.keys.anchor)
    take_turn(session)
    person_id = opened.keys.person_id
    row = queries.member(session, person_id)
    if row is None or row.disabled_at is not None:
        raise CannotOpen
    held = _held_circle(session, opened.keys)
    keys = renewed_keys(opened.keys)
    public_key = keys.sealing.public_bytes()
    statement = Renew(person_id, key_hash(public_key), keys.signing.public_bytes(), moment(now))
    signer = Signer(person_id, opened.keys.signing)
    note = LogNote(actor, "keys.renewed", now, person_id, states_of(actor, ""))
    append_statement(session, statement, signer, note)
    reach("password.signed")
    row.sealing_key = public_key
    row.key_version = directory_of(session).person(person_id).key_version
    if held is not None:
        _seal_again(session, held, Recipient(person_id, row.key_version, public_key))
    reach("password.sealed")
    fresh = OpenedMember(keys.with_anchor(anchor_now(session)), blob_key)
    row.sealed_keys = seal_member(fresh, root)
    session.flush()
    note_destruction(session)
    return fresh


def _held_circle(session: Session, keys: MemberKeys) -> tuple[str, PrivateKey] | None:
    """Return the key of the person's circle, opened with her old one and checked."""
    directory = directory_of(session)
    circle = directory.person(keys.person_id).circle
    if not circle or not circle_exists(session, circle):
        return None
    public = public_circle(session, circle)
    row = queries.newest_membership(session, circle, keys.person_id)
    if row is None or row.circle_version != public.version:
        raise CannotOpen
    key = open_membership(row.sealed_key, keys.sealing, membership_place(directory, row))
    return circle, require_key(key, public.key_hash)


def _seal_again(session: Session, held: tuple[str, PrivateKey], person: Recipient) -> None:
    circle, key = held
    queries.delete_memberships(session, circle, members=(person.member,))
    admit_member(session, public_circle(session, circle), key, person)
