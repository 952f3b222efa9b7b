"""Pages of accounts: at the door, the own account, people, institutions, set-up."""

from cooperation.accounts.blueprint import blueprint
from cooperation.accounts.joining.views import (
    activation,
    first_halves,
    institutions,
    people,
    person,
    recovery_sheets,
    set_up,
)
from cooperation.accounts.signin.views import (
    account,
    door,
    passkeys,
    password,
    second_factor,
    step_up,
    supervision,
)

__all__ = [
    "account",
    "activation",
    "blueprint",
    "door",
    "first_halves",
    "institutions",
    "passkeys",
    "password",
    "people",
    "person",
    "recovery_sheets",
    "second_factor",
    "set_up",
    "step_up",
    "supervision",
]
