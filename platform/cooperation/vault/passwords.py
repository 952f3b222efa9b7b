"""Passwords: the hash, the rule for an own choice, the passphrase that the platform makes.

Argon2id (RFC 9106) with 64 MiB, three passes, one lane; an unknown name costs the same hash. An own
choice needs 15 to 128 characters and zxcvbn 4; the platform's passphrase is six words of 7,776, 77
bits (design: vault.md, Sign-in and sessions; reliability 1.1).

Six listed words are hashed as the platform writes them, in small letters with one space between
them, however they are typed: all 77 bits are in the words. Any other password counts as typed.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from argon2.low_level import Type, hash_secret_raw
from zxcvbn import zxcvbn

from cooperation.core.characters import clean_token, nfc
from cooperation.core.text import Text, _
from cooperation.vault.errors import PasswordRefused

SHORTEST = 15
LONGEST = 128
SALT_BYTES = 16
STRETCHED_BYTES = 32
CONTEXT_WORDS = ("assembly", "romestatute", "cooperation", "icc-cpi", "stateparty")
_NEEDED_SCORE = 4
_ESTIMATED_CHARACTERS = 24
"""What zxcvbn gets at once: its work grows steeply, and 24 signs cost 0.2 s at the worst."""
_ESTIMATED_PARTS = 2
"""How many such parts are looked at: one that is hard to guess is enough, the rest only helps."""
_WORDS_IN_PASSPHRASE = 6
_SHORTEST_CONTEXT_WORD = 4
_LONGEST_TYPED = 512  # a passphrase of the platform, with all the spaces that may be in it

_EASY = _("This password is too easy to guess. Add words that do not belong together.")


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


def spellings(password: str) -> tuple[str, ...]:
    """Return what a typed password may have been hashed as: first what a new one is hashed as.

    The second one is an older own choice of six listed words with capitals or other spaces.
    """
    typed = nfc(password)
    if len(typed) > _LONGEST_TYPED:
        return (typed,)
    plain = " ".join(clean_token(password).lower().split())
    return tuple(dict.fromkeys((plain, typed))) if is_platform_passphrase(plain) else (typed,)


def normalised(password: str) -> str:
    """Return the password as a new one is hashed, so that keyboards of all systems agree."""
    return spellings(password)[0]


def stretch(spelling: str, salt: bytes, profile: Profile) -> bytes:
    """Return 32 bytes from a password in one of its spellings; about 260 ms with `STRONG`."""
    return hash_secret_raw(
        nfc(spelling).encode(),
        salt,
        time_cost=profile.passes,
        memory_cost=profile.memory_kib,
        parallelism=profile.lanes,
        hash_len=STRETCHED_BYTES,
        type=Type.ID,
    )


def stretch_for_nobody(password: str, profile: Profile) -> None:
    """Spend what `stretch` costs, for a name that is unknown or locked (ASVS V6.3.8)."""
    for spelling in spellings(password):
        stretch(spelling, bytes(SALT_BYTES), profile)


@cache
def passphrase_words() -> tuple[str, ...]:
    """Return the 7,776 words of the EFF's large list."""
    source = resources.files("xkcdpass") / "static" / "eff-long"
    return tuple(source.read_text(encoding="utf-8").split())


def new_passphrase() -> str:
    """Return six different random words with spaces between them; stored nowhere."""
    return " ".join(secrets.SystemRandom().sample(passphrase_words(), _WORDS_IN_PASSPHRASE))


def is_platform_passphrase(password: str) -> bool:
    """Tell whether the password has the form of the platform's passphrase, six listed words."""
    words = password.split(" ", _WORDS_IN_PASSPHRASE)
    is_full = len(set(words)) == _WORDS_IN_PASSPHRASE == len(words)
    return is_full and _listed_words().issuperset(words)


@cache
def _listed_words() -> frozenset[str]:
    return frozenset(passphrase_words())


def check_password(password: str, *, context: Sequence[str] = (), field: str = "password") -> None:
    """Raise `PasswordRefused` unless the password meets the rule; costs up to 0.2 s.

    `context` are words that an attacker would try first: the person's name and e-mail, her State.
    `field` is the id of the form's field, for the error summary.
    """
    check_shape(password, context=context, field=field)
    chosen = normalised(password)
    tried_first = [] if is_platform_passphrase(chosen) else [*CONTEXT_WORDS, *context]
    if not _is_hard_to_guess(chosen, tried_first):
        raise PasswordRefused(errors=((field, _EASY),))


def check_shape(password: str, *, context: Sequence[str] = (), field: str = "password") -> None:
    """Raise `PasswordRefused` for what is seen without work: its length, a word of the context."""
    chosen = normalised(password)
    reason: Text | None = None
    if len(chosen) < SHORTEST:
        reason = _("Use at least %(number)s characters.", number=SHORTEST)
    elif len(chosen) > LONGEST:
        reason = _("Use at most %(number)s characters.", number=LONGEST)
    elif not is_platform_passphrase(chosen) and _holds_any(chosen, (*CONTEXT_WORDS, *context)):
        reason = _("Do not use your name, your State or a word of this platform.")
    if reason is not None:
        raise PasswordRefused(errors=((field, reason),))


def _is_hard_to_guess(password: str, tried_first: list[str]) -> bool:
    starts = range(0, _ESTIMATED_PARTS * _ESTIMATED_CHARACTERS, _ESTIMATED_CHARACTERS)
    parts = (password[start : start + _ESTIMATED_CHARACTERS] for start in starts)
    return any(
        zxcvbn(part, user_inputs=tried_first)["score"] >= _NEEDED_SCORE for part in parts if part
    )


def _holds_any(password: str, context: Sequence[str]) -> bool:
    plain = _without_separators(password)
    words = [_without_separators(word) for word in context]
    return any(len(word) >= _SHORTEST_CONTEXT_WORD and word in plain for word in words)


def _without_separators(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
