"""Members: opening and renewing the blob, roles and circle as the directory says."""

from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.rules import Actor, Role
from cooperation.circles import queries
from cooperation.circles.rules import state_of_circle
from cooperation.circles.service.verified import (
    LogNote,
    anchor_now,
    append_statement,
    check_anchor,
    directory_of,
)
from cooperation.core.db import Session
from cooperation.core.errors import NotFound
from cooperation.vault import member as vault_member
from cooperation.vault import statements
from cooperation.vault.errors import CannotOpen, DirectoryChanged
from cooperation.vault.member import OpenedMember
from cooperation.vault.reader import Reader
from cooperation.vault.root import RootKeys


def open_member(session: Session, root: RootKeys, *, person_id: str, password: str) -> OpenedMember:
    """Return the person's keys; raises `CannotOpen` for a wrong password and a disabled person."""
    row = queries.member(session, person_id)
    if row is None or row.disabled_at is not None:
        raise CannotOpen
    return vault_member.open_member(row.sealed_keys, password, person_id=person_id, root=root)


def open_member_again(session: Session, root: RootKeys, opened: OpenedMember) -> OpenedMember:
    """Return the keys as the blob holds them now; `CannotOpen` where the password has changed."""
    person_id = opened.keys.person_id
    row = queries.member(session, person_id)
    if row is None or row.disabled_at is not None:
        raise CannotOpen
    return vault_member.open_member_again(
        row.sealed_keys, opened.blob_key, person_id=person_id, root=root
    )


def renew_anchor(session: Session, root: RootKeys, opened: OpenedMember) -> OpenedMember:
    """Let the person's blob remember the log of now, if it goes on from the one she last saw.

    Otherwise nothing changes: she may read, and every sealing act raises `DirectoryChanged`.
    """
    row = queries.member(session, opened.keys.person_id)
    if row is None:
        raise CannotOpen
    try:
        check_anchor(session, opened.keys.anchor)
    except DirectoryChanged:
        return opened
    renewed = OpenedMember(opened.keys.with_anchor(anchor_now(session)), opened.blob_key)
    row.sealed_keys = vault_member.seal_member(renewed, root)
    session.flush()
    return renewed


def vouch_for_passkeys(
    session: Session, root: RootKeys, opened: OpenedMember, passkeys: tuple[bytes, ...]
) -> OpenedMember:
    """Let the person's blob vouch for these passkeys, and no others, from now on."""
    row = queries.member(session, opened.keys.person_id)
    if row is None or row.disabled_at is not None:
        raise CannotOpen
    vouching = OpenedMember(opened.keys.with_passkeys(passkeys), opened.blob_key)
    row.sealed_keys = vault_member.seal_member(vouching, root)
    session.flush()
    return vouching


def disable_member(session: Session, person_id: str, *, now: datetime) -> None:
    """Let the person's password open nothing from now on; raises `NotFound`."""
    row = queries.member(session, person_id)
    if row is None:
        raise NotFound
    row.disabled_at = row.disabled_at or now
    session.flush()


def make_reader(opened: OpenedMember, root: RootKeys) -> Reader:
    """Return the reader of a session; use it in a `with` block."""
    return Reader(opened.keys, instance=root.instance)


def roles_of(session: Session, person_id: str) -> frozenset[Role]:
    """Return the person's roles by the verified directory; none for a removed or disabled one."""
    if not queries.is_enabled(session, person_id):
        return frozenset()
    return frozenset(Role(role) for role in directory_of(session).roles_of(person_id))


def circle_of(session: Session, person_id: str) -> str:
    """Return the person's circle, empty for administrators and auditors; raises `NotFound`."""
    person = directory_of(session).persons.get(person_id)
    if person is None:
        raise NotFound
    return person.circle


def circle_at(session: Session, person_id: str, place: int) -> str:
    """Return the circle to which a person belonged at an entry of the log; raises `NotFound`."""
    circle = circle_of(session, person_id)
    entry = directory_of(session).circles.get(circle)
    if entry is None or not entry.had(person_id, place):
        raise NotFound
    return circle


def members_of(session: Session, circle: str) -> frozenset[str]:
    """Return who belongs to a circle now: persons' ids, or circles' names for `assembly`."""
    entry = directory_of(session).circles.get(circle)
    return entry.present if entry else frozenset()


def members_awaiting_keys(session: Session, circle: str) -> frozenset[str]:
    """Return who is disabled and not removed: until then the circle's key is also hers."""
    present = members_of(session, circle)
    enabled = {
        row.person_id for row in queries.members(session, present) if row.disabled_at is None
    }
    return present - enabled


def signing_key_of(session: Session, person_id: str, *, at: int | None = None) -> bytes:
    """Return the person's Ed25519 key from the verified directory; raises `NotFound`.

    `at` is the number of the entry of the log under which she signed; without it, her key of now.
    """
    person = directory_of(session).persons.get(person_id)
    if person is None:
        raise NotFound
    return person.signing_key if at is None else person.signing_key_at(at)


def set_roles(ctx: RequestContext, *, person_id: str, roles: frozenset[Role]) -> bytes:
    """State all roles that a person of the actor's circle holds from now on; return its hash.

    After the founding a role of Secretariat, Court or server waits for `sign_second`. Raises
    `StatementRefused` where the directory's rules do not allow it.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    statement = statements.Role(
        person=person_id,
        roles=tuple(sorted(role.value for role in roles)),
        at=statements.moment(ctx.now),
    )
    circle = circle_of(ctx.session, person_id)
    is_waiting = directory_of(ctx.session).needs_second(circle)
    note = LogNote(
        actor=ctx.actor,
        action="role.proposed" if is_waiting else "role.granted",
        at=ctx.now,
        subject=person_id,
        states=states_of(ctx.actor, circle),
    )
    return append_statement(ctx.session, statement, ctx.reader.as_signer(), note).hash


def states_of(actor: Actor | None, circle: str) -> tuple[str, ...]:
    """Return the State that an entry of the log concerns, as a scope."""
    code = state_of_circle(circle)
    if code is None and actor is not None:
        code = actor.state_code
    return (code,) if code else ()
