"""Which second factor a role must have, and where a code of an authenticator still does."""

import pytest

from cooperation.access.policy import PASSKEY_ACTS, STEP_UP, Permission
from cooperation.access.rules import Role
from cooperation.accounts.rules import (
    Act,
    Factor,
    is_passkey_missing,
    keeps_recovery_codes,
    may_use_code,
    passkeys_needed,
)

NEEDED = {
    Role.HEAD: 2,
    Role.OFFICER: 2,
    Role.COURT_READER: 2,
    Role.ADMINISTRATOR: 2,
    Role.FOCAL_POINT: 1,
    Role.SIGNATORY: 1,
    Role.CO_FACILITATOR: 1,
    Role.CONTRIBUTOR: 0,
    Role.AUDITOR: 0,
}


def test_every_role_says_how_many_passkeys_it_needs() -> None:
    assert {role: passkeys_needed({role}) for role in Role} == NEEDED


def test_person_with_several_roles_needs_what_the_strongest_needs() -> None:
    assert passkeys_needed({Role.CONTRIBUTOR, Role.SIGNATORY}) == 1


def test_recovery_codes_stand_for_the_second_passkey_only() -> None:
    assert {role for role in Role if keeps_recovery_codes({role})} == {
        Role.FOCAL_POINT,
        Role.SIGNATORY,
        Role.CO_FACILITATOR,
    }


@pytest.mark.parametrize(
    ("role", "passkeys", "allowed"),
    [
        (Role.CONTRIBUTOR, 0, True),
        (Role.CONTRIBUTOR, 2, True),
        (Role.SIGNATORY, 0, True),
        (Role.SIGNATORY, 1, False),
        (Role.OFFICER, 1, True),
        (Role.OFFICER, 2, False),
    ],
)
def test_code_signs_in_until_the_passkeys_are_there(
    role: Role, passkeys: int, allowed: bool
) -> None:
    assert may_use_code({role}, passkeys) is allowed


@pytest.mark.parametrize(
    ("factor", "passkeys", "takes_codes", "missing"),
    [
        (Factor.CODE, 0, False, True),
        (Factor.CODE, 2, False, True),
        (Factor.CODE, 0, True, False),
        (Factor.PASSKEY, 1, False, True),
        (Factor.PASSKEY, 2, False, False),
        (Factor.RECOVERY, 2, True, True),
    ],
)
def test_factor_of_a_session_of_an_officer(
    factor: Factor, passkeys: int, takes_codes: bool, missing: bool
) -> None:
    found = is_passkey_missing(
        {Role.OFFICER}, factor=factor, passkeys=passkeys, takes_codes=takes_codes
    )

    assert found is missing


def test_every_act_of_a_step_up_needs_a_passkey() -> None:
    assert frozenset(STEP_UP) == PASSKEY_ACTS


def test_every_act_has_a_name_in_rules_acts() -> None:
    names = {permission: str(Act(permission, "/").name) for permission in STEP_UP}
    unnamed = str(Act(Permission.USE_ACCOUNT, "/").name)

    assert not [permission for permission, name in names.items() if name == unnamed]
