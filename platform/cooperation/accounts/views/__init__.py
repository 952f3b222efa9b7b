"""Pages of accounts: at the door, the own account, people, institutions, set-up."""

from cooperation.accounts.views import (
    account,
    activation,
    door,
    institutions,
    passkeys,
    password,
    people,
    person,
    recovery_sheets,
    second_factor,
    set_up,
    step_up,
    supervision,
    waiting,
)
from cooperation.accounts.views.blueprint import blueprint

__all__ = [
    "account",
    "activation",
    "blueprint",
    "door",
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
    "waiting",
]
