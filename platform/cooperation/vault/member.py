"""A member's private keys and the blob that holds them (design: vault.md, Words).

Blob: `root_wrap("CP" || format 1 || suite 4 || parameters || nonce || sealed)`, where sealed is
`AES-GCM(HKDF(Argon2id(password)), keys)`. Opening the blob is the password check; there is no
second hash. The TOTP seed, the anchor (genesis, size and root of the last log that the person saw)
and the hashes of her passkeys live in it too: a passkey that her blob does not vouch for is none.
"""

import hmac
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.vault.derivation import derive
from cooperation.vault.encoding import length_prefixed, split_fields
from cooperation.vault.errors import CannotOpen
from cooperation.vault.keys import PrivateKey, SigningKey
from cooperation.vault.passwords import SALT_BYTES, Profile, normalised, spellings, stretch
from cooperation.vault.root import RootKeys

BLOB_HEADER = b"CP\x01\x04"
TOTP_BYTES = 20
PASSKEY_HASH_BYTES = 32
_PASSKEY_FIELD_BYTES = len(length_prefixed(bytes(PASSKEY_HASH_BYTES)))
_NONCE_BYTES = 12
_FORMAT = "cp/member-keys/2"
_OLD_FORMAT = "cp/member-keys/1"
"""Without passkeys; such blobs still open, and are sealed anew in the present format."""
_TABLE = "members"
_KIND = "blob"


@dataclass(frozen=True)
class Anchor:
    """The log as a person last saw it: hash of genesis, number of entries, root over them."""

    genesis: bytes
    log_size: int
    log_root: bytes

    def to_bytes(self) -> bytes:
        """Return the anchor as length-prefixed fields."""
        return length_prefixed(self.genesis, self.log_size, self.log_root)

    @classmethod
    def from_bytes(cls, encoded: bytes) -> "Anchor":
        """Read what `to_bytes` wrote."""
        genesis, size, root = split_fields(encoded, 3)
        return cls(genesis, int(size), root)


@dataclass(frozen=True, repr=False)
class MemberKeys:
    """Everything private of one person. `hash_key` makes idempotency hashes that only she can."""

    person_id: str
    sealing: PrivateKey
    signing: SigningKey
    totp_seed: bytes
    hash_key: bytes
    anchor: Anchor
    passkeys: tuple[bytes, ...] = ()

    def with_anchor(self, anchor: Anchor) -> "MemberKeys":
        """Return the same keys with a newer anchor."""
        return replace(self, anchor=anchor)

    def with_passkeys(self, passkeys: tuple[bytes, ...]) -> "MemberKeys":
        """Return the same keys vouching for these passkeys alone, by their hashes."""
        return replace(self, passkeys=passkeys)

    def keyed_hash(self, purpose: str, content: bytes) -> bytes:
        """Return a hash that only this person can make."""
        return hmac.digest(self.hash_key, length_prefixed(purpose, content), "sha256")

    def to_bytes(self) -> bytes:
        """Return the keys in the form that is sealed."""
        return length_prefixed(
            _FORMAT,
            self.person_id,
            self.sealing.raw,
            self.signing.raw,
            self.totp_seed,
            self.hash_key,
            self.anchor.to_bytes(),
            length_prefixed(*self.passkeys),
        )

    @classmethod
    def from_bytes(cls, encoded: bytes) -> "MemberKeys":
        """Read what `to_bytes` wrote, in this format or the one before."""
        fields, passkeys = _split_keys(encoded)
        person, sealing, signing, seed, hash_key, anchor = fields
        return cls(
            person_id=person.decode(),
            sealing=PrivateKey(sealing),
            signing=SigningKey(signing),
            totp_seed=seed,
            hash_key=hash_key,
            anchor=Anchor.from_bytes(anchor),
            passkeys=passkeys,
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("member keys are not pickled")


@dataclass(frozen=True, repr=False)
class BlobKey:
    """What a password becomes: the blob's cipher key, with the salt and profile it came from."""

    key: bytes
    salt: bytes
    profile: Profile

    def parameters(self) -> bytes:
        """Return salt and profile as they stand in the clear before the cipher text."""
        profile = self.profile
        cost = (profile.memory_kib, profile.passes, profile.lanes)
        return self.salt + b"".join(number.to_bytes(4, "big") for number in cost)

    def to_bytes(self) -> bytes:
        """Return the key with its parameters, for a session's sealed row."""
        return self.key + self.parameters()

    @classmethod
    def from_bytes(cls, encoded: bytes) -> "BlobKey":
        """Read what `to_bytes` wrote."""
        salt, profile = _parsed_parameters(encoded[32:])
        return cls(encoded[:32], salt, profile)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a blob key is not pickled")


@dataclass(frozen=True, repr=False)
class OpenedMember:
    """An opened blob: the keys, and what is needed to seal the blob again without the password."""

    keys: MemberKeys
    blob_key: BlobKey

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opened member is not pickled")


def create_keys(person_id: str, anchor: Anchor) -> MemberKeys:
    """Make a new person's keys and her TOTP seed."""
    return MemberKeys(
        person_id=person_id,
        sealing=PrivateKey.generate(),
        signing=SigningKey.generate(),
        totp_seed=os.urandom(TOTP_BYTES),
        hash_key=os.urandom(32),
        anchor=anchor,
    )


def renewed_keys(keys: MemberKeys) -> MemberKeys:
    """Return new pairs for the same person.

    Her second factors stay, and with them the hash key that her recovery codes rest on.
    """
    return replace(keys, sealing=PrivateKey.generate(), signing=SigningKey.generate())


def make_blob_key(password: str, profile: Profile) -> BlobKey:
    """Hash a new password with a new salt."""
    salt = os.urandom(SALT_BYTES)
    return BlobKey(_cipher_key(normalised(password), salt, profile), salt, profile)


def seal_member(opened: OpenedMember, root: RootKeys) -> bytes:
    """Return the blob for the column `members.sealed_keys`; costs no password hash."""
    keys, blob_key = opened.keys, opened.blob_key
    header = BLOB_HEADER + blob_key.parameters()
    nonce = os.urandom(_NONCE_BYTES)
    context = _context(header, root, keys.person_id)
    inner = header + nonce + AESGCM(blob_key.key).encrypt(nonce, keys.to_bytes(), context)
    return root.wrap(inner, table=_TABLE, row=keys.person_id, kind=_KIND)


def open_member(blob: bytes, password: str, *, person_id: str, root: RootKeys) -> OpenedMember:
    """Return the person's keys; raises `CannotOpen` for a wrong password or changed bytes."""
    header, sealed = _unwrapped(blob, person_id, root)
    salt, profile = _parsed_parameters(header[len(BLOB_HEADER) :])
    context = _context(header, root, person_id)
    for spelling in spellings(password):
        with suppress(CannotOpen):
            blob_key = BlobKey(_cipher_key(spelling, salt, profile), salt, profile)
            return _opened(sealed, blob_key, context)
    raise CannotOpen


def open_member_again(
    blob: bytes, blob_key: BlobKey, *, person_id: str, root: RootKeys
) -> OpenedMember:
    """Return the person's keys with a password hashed before; `CannotOpen` where it changed."""
    header, sealed = _unwrapped(blob, person_id, root)
    if header != BLOB_HEADER + blob_key.parameters():
        raise CannotOpen
    return _opened(sealed, blob_key, _context(header, root, person_id))


def _unwrapped(blob: bytes, person_id: str, root: RootKeys) -> tuple[bytes, bytes]:
    """Return a blob's header, and the nonce with what is sealed."""
    inner = root.unwrap(blob, table=_TABLE, row=person_id, kind=_KIND)
    end = len(BLOB_HEADER) + _PARAMETER_BYTES
    if not inner.startswith(BLOB_HEADER):
        raise CannotOpen
    return inner[:end], inner[end:]


def _opened(sealed: bytes, blob_key: BlobKey, context: bytes) -> OpenedMember:
    nonce, cipher = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        plain = AESGCM(blob_key.key).decrypt(nonce, cipher, context)
    except (InvalidTag, ValueError) as failure:
        raise CannotOpen from failure
    return OpenedMember(MemberKeys.from_bytes(plain), blob_key)


def _split_keys(encoded: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the six fields that both formats share, and the hashes of passkeys."""
    if encoded.startswith(length_prefixed(_OLD_FORMAT)):
        return split_fields(encoded, 7)[1:], ()
    fields = split_fields(encoded, 8)
    listed, size = fields[7], _PASSKEY_FIELD_BYTES
    if fields[0] != _FORMAT.encode() or len(listed) % size:
        raise CannotOpen
    hashes = split_fields(listed, len(listed) // size)
    if any(len(found) != PASSKEY_HASH_BYTES for found in hashes):
        raise CannotOpen
    return fields[1:7], hashes


_PARAMETER_BYTES = SALT_BYTES + 12


def _parsed_parameters(encoded: bytes) -> tuple[bytes, Profile]:
    if len(encoded) != _PARAMETER_BYTES:
        raise CannotOpen
    cost = encoded[SALT_BYTES:]
    memory, passes, lanes = (int.from_bytes(cost[at : at + 4], "big") for at in (0, 4, 8))
    return encoded[:SALT_BYTES], Profile(memory, passes, lanes)


def _cipher_key(spelling: str, salt: bytes, profile: Profile) -> bytes:
    return derive(stretch(spelling, salt, profile), "cp/blob/1")


def _context(header: bytes, root: RootKeys, person_id: str) -> bytes:
    return length_prefixed("cp/blob/1", header, root.instance, person_id)
