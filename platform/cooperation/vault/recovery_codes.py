"""Recovery codes: eight times 64 random bits for a person whose passkey is lost, each used once.

A code is stretched as a password is, with one salt for a set; what is stored is a hash of that
under a key of the member, so whoever holds the database can neither check a code nor add one
(design: reliability 1.2).
"""

import os
import secrets

from cooperation.core.characters import clean_code
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.passwords import SALT_BYTES, Profile, stretch

CODES_IN_SET = 8
PURPOSE = "recovery-code/1"
_CODE_BYTES = 8
_GROUP = 4


def new_codes() -> tuple[str, ...]:
    """Return a set of codes, as they are shown once: four groups of four signs."""
    return tuple(_grouped(secrets.token_hex(_CODE_BYTES)) for _place in range(CODES_IN_SET))


def new_salt() -> bytes:
    """Return the salt of a new set."""
    return os.urandom(SALT_BYTES)


def stretched_code(typed: str, salt: bytes, profile: Profile) -> bytes:
    """Return what the member's key hashes: salt and stretched code; about 260 ms."""
    signs = "".join(sign for sign in clean_code(typed).lower() if sign.isalnum())
    return length_prefixed(salt, stretch(signs, salt, profile))


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))
