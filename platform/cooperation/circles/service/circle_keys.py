"""Keys of circles: the public ones checked against the directory, the private ones opened."""

from collections.abc import Sequence
from typing import NamedTuple

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.models import MembershipRow
from cooperation.circles.queries import HeldKey
from cooperation.circles.rules import CircleMissingError, CircleVersion
from cooperation.circles.service.verified import directory_of
from cooperation.core.db import Session
from cooperation.vault.directory import Directory
from cooperation.vault.entries import CircleEntry
from cooperation.vault.errors import CannotOpen, DirectoryChanged
from cooperation.vault.grants import (
    LinkPlace,
    MembershipPlace,
    open_link,
    open_membership,
    require_key,
    seal_membership,
)
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
    """Tell whether a circle was founded, and has not been dissolved since."""
    entry = directory_of(session).circles.get(name)
    return entry is not None and not entry.is_dissolved


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


def current_circles(session: Session, names: Sequence[str]) -> list[PublicCircle]:
    """Return the keys of many circles that are sealed to now; raises as `public_circle`."""
    keys = queries.public_keys(session, names)
    found: list[PublicCircle] = []
    for name in names:
        entry = _entry(session, name)
        public_key = keys.get((name, entry.version))
        if public_key is None or key_hash(public_key) != entry.key_hash:
            raise DirectoryChanged
        found.append(PublicCircle(name, entry.version, entry.key_hash, public_key))
    return found


def fingerprint(session: Session, name: str) -> str:
    """Return the first 20 bytes of the key's hash, in groups of four letters, to read aloud."""
    letters = _entry(session, name).key_hash[:_FINGERPRINT_BYTES].hex()
    groups = range(0, len(letters), _FINGERPRINT_GROUP)
    return " ".join(letters[at : at + _FINGERPRINT_GROUP] for at in groups)


def circle_versions(ctx: RequestContext, names: tuple[str, ...]) -> list[CircleVersion]:
    """Return name, version and key hash of these circles, for the signed manifest."""
    entries = [_entry(ctx.session, name) for name in names]
    return [CircleVersion(entry.name, entry.version, entry.key_hash) for entry in entries]


def person_recipient(session: Session, person_id: str) -> Recipient:
    """Return a person's sealing key, as the directory vouches for it; raises `DirectoryChanged`."""
    entry = directory_of(session).persons.get(person_id)
    row = queries.member(session, person_id)
    if entry is None or row is None or key_hash(row.sealing_key) != entry.sealing_hash:
        raise DirectoryChanged
    return Recipient(person_id, entry.key_version, row.sealing_key)


def admit_member(
    session: Session, circle: PublicCircle, key: PrivateKey, *recipients: Recipient
) -> None:
    """Seal a circle's private key to members and keep it; the statements are the caller's."""
    instance = directory_of(session).instance
    for recipient in recipients:
        place = MembershipPlace(
            instance,
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


def reachable_circles(session: Session, person_id: str) -> tuple[str, ...]:
    """Return the circles whose keys a person may hold: those she is of, and those these are of."""
    directory = directory_of(session)
    inner = [each.name for each in directory.circles_with(person_id)]
    outer = [each.name for name in inner for each in directory.circles_with(name)]
    return tuple(dict.fromkeys((*inner, *outer)))


def held_key(session: Session, reader: Reader, circle: PublicCircle) -> PrivateKey:
    """Return a circle's private key, to be given to others: only if it is the directory's.

    Raises `CannotOpen` for a reader who does not hold it, and for a key put in its place.
    """
    return require_key(open_circle(session, reader, circle.name, circle.version), circle.key_hash)


def open_circle(session: Session, reader: Reader, name: str, version: int) -> PrivateKey:
    """Return a circle's private key; raises `CannotOpen` for a reader who does not hold it.

    An older version is opened from the newest that she holds, one link after the other.
    """
    remembered = _recalled(reader, name, version)
    if remembered is not None:
        return remembered
    row = _held(session, reader, name)
    if row is None or row.circle_version < version:
        raise CannotOpen
    if row.circle_version > version:
        return _follow_links(session, reader, row, version)
    holder: Reader | PrivateKey = reader
    if row.member != reader.person_id:
        holder = open_circle(session, reader, row.member, row.member_key_version)
    key = open_membership(row.sealed_key, holder, membership_place(directory_of(session), row))
    reader.remember(("circle", name, str(version)), key)
    return key


def _held(session: Session, reader: Reader, name: str) -> HeldKey | None:
    """Return the newest key of a circle sealed to the reader, or to a circle that she is of."""
    entry = directory_of(session).circles.get(name)
    members = (reader.person_id, *reachable_circles(session, reader.person_id))
    found = [
        queries.newest_membership(session, name, member)
        for member in members
        if entry is not None and member in entry.members
    ]
    return max(filter(None, found), key=lambda row: row.circle_version, default=None)


def _recalled(reader: Reader, name: str, version: int) -> PrivateKey | None:
    remembered = reader.recall(("circle", name, str(version)))
    return remembered if isinstance(remembered, PrivateKey) else None


def _follow_links(session: Session, reader: Reader, held: HeldKey, wanted: int) -> PrivateKey:
    """Open the versions below the one that is held, down to the wanted one; all are remembered."""
    name, directory = held.circle, directory_of(session)
    known = [
        version
        for version in range(wanted + 1, held.circle_version)
        if _recalled(reader, name, version) is not None
    ]
    start = min(known, default=held.circle_version)
    key = open_circle(session, reader, name, start)
    sealed = queries.links(session, name, wanted, start)
    for version in range(start, wanted, -1):
        link = sealed.get(version)
        if link is None:
            raise CannotOpen
        key = open_link(link, key, link_place(directory, name, version))
        reader.remember(("circle", name, str(version - 1)), key)
    return key


def link_place(directory: Directory, name: str, version: int) -> LinkPlace:
    """Return where the link from a version of a circle to the one before stands."""
    return LinkPlace(
        directory.instance,
        name,
        version,
        version_hash(directory, name, version),
        version - 1,
        version_hash(directory, name, version - 1),
    )


def version_hash(directory: Directory, name: str, version: int) -> bytes:
    """Return the hash of a version's key; raises `CannotOpen` for one no statement names."""
    entry = directory.circles.get(name)
    if entry is None or not 1 <= version <= entry.version:
        raise CannotOpen
    return entry.key_hashes[version - 1]


def membership_place(directory: Directory, row: HeldKey) -> MembershipPlace:
    """Return where a circle's key, sealed to a member, stands."""
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
    if entry is None or entry.is_dissolved:
        raise CircleMissingError
    return entry
