"""Secrets of letters, to be printed and typed: random signs and one that finds a mistake.

The alphabet is Crockford's: 32 signs without I, L, O and U. The check letter is a weighted sum over
the field of 32 elements, so in up to 31 letters it finds every single wrong one and every swap of
two.
"""

import secrets
from collections.abc import Sequence

from cooperation.core.characters import clean_code
from cooperation.core.text import Text
from cooperation.vault.errors import CodeRefused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HYPHENS = dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2212"))
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over two elements


def new_letters(count: int) -> str:
    """Return `count` letters, the last of which checks the others."""
    values = [secrets.randbelow(len(ALPHABET)) for _place in range(count - 1)]
    values.append(_check_letter(values))
    return "".join(ALPHABET[value] for value in values)


def in_groups(letters: str, size: int) -> str:
    """Return the letters in groups, as they are printed."""
    return "-".join(letters[at : at + size] for at in range(0, len(letters), size))


def read_letters(typed: str, count: int, *, not_complete: Text, one_wrong: Text) -> str:
    """Return the `count` letters of what somebody typed; raises `CodeRefused` with a sentence.

    Small letters, spaces, hyphens, what nobody sees and the script of digits do not matter; I and L
    are read as 1, O as 0.
    """
    signs = clean_code(typed).upper().translate(_HYPHENS)
    letters = signs.translate(str.maketrans("ILO", "110"))
    values = [ALPHABET.find(letter) for letter in letters]
    if len(letters) != count or min(values) < 0:
        raise CodeRefused(not_complete)
    if _check_letter(values[:-1]) != values[-1]:
        raise CodeRefused(one_wrong)
    return letters


def _check_letter(values: Sequence[int]) -> int:
    total = 0
    for value in values:
        total = _doubled(total ^ value)
    return total


def _doubled(value: int) -> int:
    shifted = value << 1
    return shifted ^ _POLYNOMIAL if shifted & 0b100000 else shifted
