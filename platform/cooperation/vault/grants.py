"""Keys sealed to keys: grants, memberships, links (design: vault.md, Whose key; Removal).

The HPKE `info` binds each sealed key to its place, so that a row moved elsewhere does not open.
"""

from typing import NamedTuple

from cooperation.vault.encoding import length_prefixed
from cooperation.vault.envelope import ContentKey
from cooperation.vault.errors import CannotOpen
from cooperation.vault.keys import PrivateKey, key_hash, seal_to
from cooperation.vault.reader import Reader


class GrantPlace(NamedTuple):
    """Where a grant stands: this bundle's key for this version of this circle."""

    instance: str
    bundle: str
    key_id: bytes
    circle: str
    version: int
    key_hash: bytes

    def info(self) -> bytes:
        """Return the HPKE info."""
        return length_prefixed("cp/grant/1", *self)


class MembershipPlace(NamedTuple):
    """Where a membership stands: this circle's key for this member, a person or a circle."""

    instance: str
    circle: str
    version: int
    key_hash: bytes
    member: str
    member_key_version: int

    def info(self) -> bytes:
        """Return the HPKE info."""
        return length_prefixed("cp/member/1", *self)


class LinkPlace(NamedTuple):
    """Where a link stands: a circle's former key, for who holds its next one."""

    instance: str
    circle: str
    version: int
    key_hash: bytes
    previous_version: int
    previous_hash: bytes

    def info(self) -> bytes:
        """Return the HPKE info."""
        return length_prefixed("cp/link/1", *self)


def seal_grant(key: ContentKey, public_key: bytes, place: GrantPlace) -> bytes:
    """Seal a content key to a circle; the caller wraps the result by the root key."""
    return seal_to(public_key, key.raw, place.info())


def open_grant(sealed: bytes, circle_key: PrivateKey, place: GrantPlace) -> ContentKey:
    """Return the content key; it must be the one that the bundle's signed header names."""
    key = ContentKey(circle_key.open(sealed, place.info()))
    if key.key_id != place.key_id:
        raise CannotOpen
    return key


def seal_membership(circle_key: PrivateKey, member_key: bytes, place: MembershipPlace) -> bytes:
    """Seal a circle's private key to a member's public key."""
    return seal_to(member_key, circle_key.raw, place.info())


def open_membership(
    sealed: bytes, holder: Reader | PrivateKey, place: MembershipPlace
) -> PrivateKey:
    """Return a circle's private key, for the reader herself or for a circle that she has opened."""
    if isinstance(holder, Reader):
        return PrivateKey(holder.open_sealed(sealed, place.info()))
    return PrivateKey(holder.open(sealed, place.info()))


def seal_link(previous: PrivateKey, public_key: bytes, place: LinkPlace) -> bytes:
    """Seal a circle's former private key to its next public key."""
    return seal_to(public_key, previous.raw, place.info())


def open_link(sealed: bytes, key: PrivateKey, place: LinkPlace) -> PrivateKey:
    """Return the former private key; it must be the one that the directory names."""
    return require_key(PrivateKey(key.open(sealed, place.info())), place.previous_hash)


def require_key(key: PrivateKey, expected: bytes) -> PrivateKey:
    """Return `key`, if its public half is the one with this hash; raises `CannotOpen`."""
    if key_hash(key.public_bytes()) != expected:
        raise CannotOpen
    return key
