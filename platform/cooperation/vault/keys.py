"""Key pairs: HPKE for sealing to somebody, Ed25519 for signing (design: vault.md, Words).

Suite: HPKE (RFC 9180) with MLKEM768-X25519 (KEM 0x647a), HKDF-SHA256, AES-256-GCM, base mode. A
sealed value is `"CP" || format 1 || suite 2 || encapsulated key || ciphertext`; what binds it to
its place is the HPKE `info`, which the callers build from trusted columns.
"""

import os
from hashlib import sha256
from typing import NoReturn

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from cooperation.vault.encoding import length_prefixed
from cooperation.vault.errors import CannotOpen

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
HPKE_HEADER = b"CP\x01\x02"
PRIVATE_BYTES = 96
PUBLIC_BYTES = 1216
SIGNING_BYTES = 32
_MLKEM_SEED = 64
_MLKEM_PUBLIC = 1184


def key_hash(public_key: bytes) -> bytes:
    """Return the 32 bytes by which statements and contexts name a public sealing key."""
    return sha256(length_prefixed("cp/key/1", public_key)).digest()


class PrivateKey:
    """The private half of an HPKE pair; 96 raw bytes, loaded when first used."""

    __slots__ = ("_loaded", "_raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PRIVATE_BYTES:
            raise CannotOpen
        self._raw = raw
        self._loaded: MLKEM768X25519PrivateKey | None = None

    @classmethod
    def generate(cls) -> "PrivateKey":
        """Make a new pair."""
        return cls(os.urandom(PRIVATE_BYTES))

    @property
    def raw(self) -> bytes:
        """The ML-KEM seed (64 bytes) and the X25519 key (32 bytes)."""
        return self._raw

    def public_bytes(self) -> bytes:
        """Return the public half: 1,184 bytes of ML-KEM and 32 of X25519."""
        lattice = MLKEM768PrivateKey.from_seed_bytes(self._raw[:_MLKEM_SEED])
        curve = X25519PrivateKey.from_private_bytes(self._raw[_MLKEM_SEED:])
        return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this pair with this `info`; raises `CannotOpen`."""
        if sealed[: len(HPKE_HEADER)] != HPKE_HEADER:
            raise CannotOpen
        if self._loaded is None:
            self._loaded = MLKEM768X25519PrivateKey(
                MLKEM768PrivateKey.from_seed_bytes(self._raw[:_MLKEM_SEED]),
                X25519PrivateKey.from_private_bytes(self._raw[_MLKEM_SEED:]),
            )
        try:
            return SUITE.decrypt(sealed[len(HPKE_HEADER) :], self._loaded, info)
        except (InvalidTag, ValueError) as failure:
            raise CannotOpen from failure

    def __repr__(self) -> str:
        return "<private key>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not pickled")


def seal_to(public_key: bytes, content: bytes, info: bytes) -> bytes:
    """Seal `content` to a public key; 1,172 bytes for 32. `info` must be rebuilt to open.

    The caller has taken the public key from the verified directory, never from its row alone.
    """
    if len(public_key) != PUBLIC_BYTES:
        raise CannotOpen
    try:
        loaded = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public_key[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public_key[_MLKEM_PUBLIC:]),
        )
    except ValueError as failure:
        raise CannotOpen from failure
    return HPKE_HEADER + SUITE.encrypt(content, loaded, info)


class SigningKey:
    """The private half of an Ed25519 pair (RFC 8032); 32 raw bytes, loaded when first used."""

    __slots__ = ("_loaded", "_raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != SIGNING_BYTES:
            raise CannotOpen
        self._raw = raw
        self._loaded: Ed25519PrivateKey | None = None

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new pair."""
        return cls(os.urandom(SIGNING_BYTES))

    @property
    def raw(self) -> bytes:
        """The 32 private bytes."""
        return self._raw

    def public_bytes(self) -> bytes:
        """Return the 32 public bytes."""
        return self._key().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`, which begins with its kind and instance."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        if self._loaded is None:
            self._loaded = Ed25519PrivateKey.from_private_bytes(self._raw)
        return self._loaded

    def __repr__(self) -> str:
        return "<signing key>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signing key is not pickled")


_SMALL_ORDER = frozenset(
    int(digits, 16)
    for digits in (
        *("0", "1", "7f" + "ff" * 30 + "ec", "7f" + "ff" * 30 + "ed", "7f" + "ff" * 30 + "ee"),
        "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
    )
)


def is_feeble(public_key: bytes) -> bool:
    """Tell whether anybody can make the signatures of this Ed25519 key (docs/receipt.md, 1)."""
    return int.from_bytes(public_key, "little") % (1 << 255) in _SMALL_ORDER


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether `signature` is the holder's of `public_key` under `message`."""
    if is_feeble(public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
