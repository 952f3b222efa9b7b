"""Keys of circles: the public ones checked against the directory, the private ones opened."""

from typing import NamedTuple

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.models import MembershipRow
from cooperation.circles.queries import HeldKey
from cooperation.circles.rules import ASSEMBLY, CircleMissingError, CircleVersion
from cooperation.circles.service.verified import directory_of
from cooperation.core.db import Session
from cooperation.vault.directory import Directory
from cooperation.vault.entries import CircleEntry
from cooperation.vault.errors import CannotOpen, DirectoryChanged
from cooperation.vault.grants import MembershipPlace, open_membership, seal_membership
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.reader import Reader

_FINGERPRINT_BYTES = 20
_FINGERPRINT_GROUP = 4


class PublicCircle(NamedTuple):
    """A circle's public key, as the directory vouches for it."""

    name: str
    version: int
    key_hash: bytes
    public_key: bytes


class Recipient(NamedTuple):
    """Somebody to whom a circle's key is sealed: a person's id or a circle's name, and the key."""

    member: str
    key_version: int
    public_key: bytes


def circle_exists(session: Session, name: str) -> bool:
    """Tell whether a circle was founded."""
    return name in directory_of(session).circles


def public_circle(session: Session, name: str) -> PublicCircle:
    """Return the key that is sealed to now.

    Raises `CircleMissingError`; `DirectoryChanged` when the row holds another key than the
    statement says.
    """
    entry = _entry(session, name)
    row = queries.circle_version(session, name, entry.version)
    if row is None or key_hash(row.public_key) != entry.key_hash:
        raise DirectoryChanged
    return PublicCircle(name, entry.version, entry.key_hash, row.public_key)


def fingerprint(session: Session, name: str) -> str:
    """Return the first 20 bytes of the key's hash, in groups of four letters, to read aloud."""
    letters = _entry(session, name).key_hash[:_FINGERPRINT_BYTES].hex()
    groups = range(0, len(letters), _FINGERPRINT_GROUP)
    return " ".join(letters[at : at + _FINGERPRINT_GROUP] for at in groups)


def circle_versions(ctx: RequestContext, names: tuple[str, ...]) -> list[CircleVersion]:
    """Return name, version and key hash of these circles, for the signed manifest."""
    entries = [_entry(ctx.session, name) for name in names]
    return [CircleVersion(entry.name, entry.version, entry.key_hash) for entry in entries]


def admit_member(
    session: Session, circle: PublicCircle, key: PrivateKey, recipient: Recipient
) -> None:
    """Seal a circle's private key to a member and keep it; the statement is the caller's."""
    place = MembershipPlace(
        directory_of(session).instance,
        circle.name,
        circle.version,
        circle.key_hash,
        recipient.member,
        recipient.key_version,
    )
    session.add(
        MembershipRow(
            circle=circle.name,
            circle_version=circle.version,
            member=recipient.member,
            member_key_version=recipient.key_version,
            sealed_key=seal_membership(key, recipient.public_key, place),
        )
    )
    session.flush()


def reachable_circles(session: Session, reader: Reader) -> tuple[str, ...]:
    """Return the circles whose keys this reader may hold: her own, and `assembly` through it."""
    directory = directory_of(session)
    person = directory.persons.get(reader.person_id)
    if person is None or not person.circle:
        return ()
    assembly = directory.circles.get(ASSEMBLY)
    is_inside = assembly is not None and person.circle in assembly.members
    return (person.circle, ASSEMBLY) if is_inside else (person.circle,)


def open_circle(session: Session, reader: Reader, name: str, version: int) -> PrivateKey:
    """Return a circle's private key; raises `CannotOpen` for a reader who does not hold it."""
    remembered = reader.recall(("circle", name, str(version)))
    if isinstance(remembered, PrivateKey):
        return remembered
    directory = directory_of(session)
    person = directory.persons.get(reader.person_id)
    if person is None:
        raise CannotOpen
    member = person.circle if name == ASSEMBLY else reader.person_id
    row = queries.membership(session, name, version, member)
    if row is None:
        raise CannotOpen
    holder: Reader | PrivateKey = reader
    if name == ASSEMBLY:
        holder = open_circle(session, reader, person.circle, row.member_key_version)
    key = open_membership(row.sealed_key, holder, _place(directory, row))
    reader.remember(("circle", name, str(version)), key)
    return key


def version_hash(directory: Directory, name: str, version: int) -> bytes:
    """Return the hash of a version's key; raises `CannotOpen` for one no statement names."""
    entry = directory.circles.get(name)
    if entry is None or not 1 <= version <= entry.version:
        raise CannotOpen
    return entry.key_hashes[version - 1]


def _place(directory: Directory, row: HeldKey) -> MembershipPlace:
    return MembershipPlace(
        directory.instance,
        row.circle,
        row.circle_version,
        version_hash(directory, row.circle, row.circle_version),
        row.member,
        row.member_key_version,
    )


def _entry(session: Session, name: str) -> CircleEntry:
    entry = directory_of(session).circles.get(name)
    if entry is None:
        raise CircleMissingError
    return entry
