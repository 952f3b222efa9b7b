"""The commitment of an answer: it hides and it binds (design: vault.md, Record; reliability 2).

The salt is sealed with the answer's record and carried along when the record is sealed again, so
that every reader can check that what she reads is what the State signed.
"""

import hmac
import os
from hashlib import sha256

SALT_BYTES = 32


def new_salt() -> bytes:
    """Return 32 random bytes."""
    return os.urandom(SALT_BYTES)


def commit(canonical: bytes, salt: bytes) -> bytes:
    """Return SHA-256(0x00 || salt || canonical answer)."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return sha256(b"\x00" + salt + canonical).digest()


def is_commitment_of(commitment: bytes, canonical: bytes, salt: bytes) -> bool:
    """Tell whether `commitment` is the one of this answer with this salt."""
    return hmac.compare_digest(commitment, commit(canonical, salt))
