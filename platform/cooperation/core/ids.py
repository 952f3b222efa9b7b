"""Random identifiers: sequential ids never leave the server (design: reliability 1.7, rule 6)."""

from uuid import UUID, uuid4


def new_id() -> str:
    """Return a random version 4 UUID as 36 lower-case characters."""
    return str(uuid4())


def is_id(value: str) -> bool:
    """Tell whether `value` is a UUID in the form that `new_id` gives."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
