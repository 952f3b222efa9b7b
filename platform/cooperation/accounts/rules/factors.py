"""Second factors: who needs how many passkeys, and where a code of an authenticator still does.

Source: design/reliability.md 1.2. Secretariat, Court and administrator hold two passkeys; a
signatory, a focal point and a co-facilitator one and a set of recovery codes; contributors and
auditors may keep their authenticator, with which they read and draft but do no act of a step-up.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from cooperation.access.rules import ROLES, Role

LABEL_CHARACTERS = 60
CHALLENGE_LIFE = timedelta(minutes=5)
RECOVERY_LIFE = timedelta(minutes=30)
"""How long a session begun with a recovery code lives, unless a passkey is registered in it."""


class Factor(StrEnum):
    """What a session was proven with, beside the password."""

    PASSKEY = "passkey"
    CODE = "totp"
    RECOVERY = "recovery"


class Purpose(StrEnum):
    """What a question to a passkey is asked for; part of the challenge."""

    SIGN_IN = "sign-in"
    STEP_UP = "step-up"
    REGISTER = "register"


def passkeys_needed(roles: Iterable[Role]) -> int:
    """Return how many passkeys a person in these roles must have."""
    return max((ROLES[role].passkeys for role in roles), default=0)


def keeps_recovery_codes(roles: Iterable[Role]) -> bool:
    """Tell whether she has recovery codes: where one passkey is enough, they stand for a second."""
    return passkeys_needed(roles) == 1


def may_use_code(roles: Iterable[Role], passkeys: int) -> bool:
    """Tell whether the authenticator still signs her in: not once she has her passkeys."""
    needed = passkeys_needed(roles)
    return needed == 0 or passkeys < needed


def is_passkey_missing(
    roles: Iterable[Role], *, factor: Factor, passkeys: int, takes_codes: bool
) -> bool:
    """Tell whether a session's factor is too weak for a step-up.

    `takes_codes` is the setting `totp_step_up` of demonstrations and tests.
    """
    if factor is Factor.RECOVERY:
        return True
    if takes_codes:
        return False
    return factor is not Factor.PASSKEY or passkeys < passkeys_needed(roles)
