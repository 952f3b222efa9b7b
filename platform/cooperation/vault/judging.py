"""What every rule of the directory says when a statement is not valid: `StatementRefused`."""

from typing import TypeVar

from cooperation.vault.errors import StatementRefused

Entry = TypeVar("Entry")


def require(fact: bool) -> None:
    """Let pass what is so."""
    if not fact:
        raise StatementRefused


def known(entry: Entry | None) -> Entry:
    """Return an entry that must be there."""
    if entry is None:
        raise StatementRefused
    return entry


def typed(statement: object, kind: type[Entry]) -> Entry:
    """Return a statement of this kind."""
    if not isinstance(statement, kind):
        raise StatementRefused
    return statement
