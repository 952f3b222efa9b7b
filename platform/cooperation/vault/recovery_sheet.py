"""The recovery sheet's seed: 27 random letters (135 bits) and a check letter, printed once.

The sheet is a member without account: its HPKE key is derived from the letters alone, no part of
which is stored (design: vault.md, Sign-in and sessions).
"""

from cooperation.core.text import _
from cooperation.vault.derivation import derive
from cooperation.vault.keys import PRIVATE_BYTES, PrivateKey
from cooperation.vault.letters import in_groups, new_letters, read_letters

SHEET_LETTERS = 28
_GROUP = 4


def new_sheet_code() -> str:
    """Make the letters of a new sheet, in groups of four; shown once, stored nowhere."""
    return in_groups(new_letters(SHEET_LETTERS), _GROUP)


def read_sheet_code(typed: str) -> str:
    """Return the 28 letters of what somebody typed; raises `CodeRefused`."""
    return read_letters(
        typed,
        SHEET_LETTERS,
        not_complete=_("A recovery sheet has 28 letters and figures."),
        one_wrong=_("One letter is wrong. Compare it with the sheet."),
    )


def sheet_key(code: str, *, instance: str, circle: str, sheet: str) -> PrivateKey:
    """Return the sheet's private key, the same from the same letters; raises `CodeRefused`."""
    letters = read_sheet_code(code).encode()
    raw = derive(letters, "cp/recovery/1", instance, circle, sheet, length=PRIVATE_BYTES)
    return PrivateKey(raw)
