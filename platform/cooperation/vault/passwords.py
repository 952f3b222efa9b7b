"""Passwords: the hash, the rule for an own choice, the passphrase that the platform makes.

Argon2id (RFC 9106) with 64 MiB, three passes, one lane; an unknown name costs the same hash. An own
choice needs 15 to 128 characters and zxcvbn 4; the platform's passphrase is six words of 7,776, 77
bits (design: vault.md, Sign-in and sessions; reliability 1.1).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from argon2.low_level import Type, hash_secret_raw
from zxcvbn import zxcvbn

from cooperation.core.characters import nfc
from cooperation.core.text import Text, _
from cooperation.vault.errors import PasswordRefused

SHORTEST = 15
LONGEST = 128
SALT_BYTES = 16
STRETCHED_BYTES = 32
CONTEXT_WORDS = ("assembly", "romestatute", "cooperation", "icc-cpi", "stateparty")
_NEEDED_SCORE = 4
_ESTIMATED_CHARACTERS = 72  # what zxcvbn accepts; the rest of a long password only helps
_WORDS_IN_PASSPHRASE = 6
_SHORTEST_CONTEXT_WORD = 4


@dataclass(frozen=True)
class Profile:
    """The cost of one hash: memory in KiB, passes, lanes."""

    memory_kib: int
    passes: int
    lanes: int


STRONG = Profile(memory_kib=64 * 1024, passes=3, lanes=1)
LIGHT = Profile(memory_kib=64, passes=1, lanes=1)
"""For test and demonstration instances only; production start-up refuses it."""


def profile_for(*, light: bool) -> Profile:
    """Return the profile of an instance whose setting `light_passwords` is `light`."""
    return LIGHT if light else STRONG


def normalised(password: str) -> str:
    """Return the password in NFC, as it is hashed, so that keyboards of all systems agree."""
    return nfc(password)


def stretch(password: str, salt: bytes, profile: Profile) -> bytes:
    """Return 32 bytes from a password; about 260 ms with `STRONG`."""
    return hash_secret_raw(
        normalised(password).encode(),
        salt,
        time_cost=profile.passes,
        memory_cost=profile.memory_kib,
        parallelism=profile.lanes,
        hash_len=STRETCHED_BYTES,
        type=Type.ID,
    )


def stretch_for_nobody(password: str, profile: Profile) -> None:
    """Spend what `stretch` costs, for a name that is unknown or locked (ASVS V6.3.8)."""
    stretch(password, bytes(SALT_BYTES), profile)


@cache
def passphrase_words() -> tuple[str, ...]:
    """Return the 7,776 words of the EFF's large list."""
    source = resources.files("xkcdpass") / "static" / "eff-long"
    return tuple(source.read_text(encoding="utf-8").split())


def new_passphrase() -> str:
    """Return six random words with spaces between them; shown once, stored nowhere."""
    return " ".join(secrets.choice(passphrase_words()) for _place in range(_WORDS_IN_PASSPHRASE))


def is_platform_passphrase(password: str) -> bool:
    """Tell whether the password has the form of the platform's passphrase, six listed words."""
    words = password.split(" ")
    listed = set(passphrase_words())
    return len(set(words)) == _WORDS_IN_PASSPHRASE == len(words) and listed.issuperset(words)


def check_password(password: str, *, context: Sequence[str] = (), field: str = "password") -> None:
    """Raise `PasswordRefused` unless the password meets the rule.

    `context` are words that an attacker would try first: the person's name and e-mail, her State.
    `field` is the id of the form's field, for the error summary.
    """
    reason = _reason_against(normalised(password), (*CONTEXT_WORDS, *context))
    if reason is not None:
        raise PasswordRefused(errors=((field, reason),))


def _reason_against(password: str, context: Sequence[str]) -> Text | None:
    if len(password) < SHORTEST:
        return _("Use at least %(number)s characters.", number=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most %(number)s characters.", number=LONGEST)
    is_ours = is_platform_passphrase(password)
    if not is_ours and _holds_any(password, context):
        return _("Do not use your name, your State or a word of this platform.")
    tried_first = [] if is_ours else list(context)
    estimate = zxcvbn(password[:_ESTIMATED_CHARACTERS], user_inputs=tried_first)
    if estimate["score"] < _NEEDED_SCORE:
        return _("This password is too easy to guess. Add words that do not belong together.")
    return None


def _holds_any(password: str, context: Sequence[str]) -> bool:
    plain = _without_separators(password)
    words = [_without_separators(word) for word in context]
    return any(len(word) >= _SHORTEST_CONTEXT_WORD and word in plain for word in words)


def _without_separators(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
