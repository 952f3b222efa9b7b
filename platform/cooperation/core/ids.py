"""Random identifiers: sequential ids never leave the server (design: reliability 1.7, rule 6)."""

from secrets import choice
from uuid import UUID, uuid4

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_SIGNS = f"{_LETTERS}23456789"


def new_id() -> str:
    """Return a random version 4 UUID as 36 lower-case characters."""
    return str(uuid4())


def new_short_id() -> str:
    """Return a letter and three letters or digits, at random: one of half a million."""
    return choice(_LETTERS) + "".join(choice(_SIGNS) for _place in range(3))


def is_id(value: str) -> bool:
    """Tell whether `value` is a UUID in the form that `new_id` gives."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
