"""Codes of authenticators and recovery codes, as people type and paste them."""

import pytest

from cooperation.accounts.signin.service.codes import accepted_step, code_at, step_at
from cooperation.vault.passwords import LIGHT
from cooperation.vault.recovery_codes import new_codes, stretched_code
from tests.fixtures.people import NOW

SEED = bytes(range(20))
DIGITS = "0123456789"
SCRIPTS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９")
CODE = code_at(SEED, NOW)


@pytest.mark.parametrize(
    "typed",
    [
        *(CODE.translate(str.maketrans(DIGITS, script)) for script in SCRIPTS),
        *(f"{CODE[:3]} {CODE[3:]}", f"{CODE[:3]}\u202f{CODE[3:]}\n", f"\u200e{CODE}\u200f"),
        *(f"\u2068{CODE}\u2069", f"\ufeff{CODE}", f"\u202a{CODE}\u202c"),
    ],
)
def test_a_code_counts_in_every_script_and_with_what_is_pasted_around_it(typed):
    assert accepted_step(SEED, typed, NOW, last_step=0) == step_at(NOW)


@pytest.mark.parametrize("typed", ["", CODE[:5], f"{CODE}0", f"-{CODE}", f"{CODE[:5]}²"])
def test_another_code_does_not(typed):
    assert accepted_step(SEED, typed, NOW, last_step=0) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_recovery_code_counts_in_every_script(script):
    (code, *_others), salt = new_codes(), bytes(16)
    typed = f"\u2068{code.upper().translate(str.maketrans(DIGITS, script))}\u2069 "

    assert stretched_code(typed, salt, LIGHT) == stretched_code(code, salt, LIGHT)
