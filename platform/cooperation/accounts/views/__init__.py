"""Pages of accounts: at the door, the own account, people, set-up."""

from cooperation.accounts.views import account, activation, door, people, person, set_up
from cooperation.accounts.views.blueprint import blueprint

__all__ = ["account", "activation", "blueprint", "door", "people", "person", "set_up"]
