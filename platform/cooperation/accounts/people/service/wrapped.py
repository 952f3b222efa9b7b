"""What people say of each other, wrapped by the root key: names, addresses, organs of the Court."""

from cooperation.vault.root import RootKeys

PEOPLE = "people"
INVITATIONS = "person_invitations"
ENROLMENTS = "enrolments"
PASSKEYS = "passkeys"


def wrap_text(root: RootKeys, text: str, *, table: str, row: str, kind: str) -> bytes:
    """Return `text` wrapped for one column of one row."""
    return root.wrap(text.encode(), table=table, row=row, kind=kind)


def unwrap_text(root: RootKeys, sealed: bytes, *, table: str, row: str, kind: str) -> str:
    """Return what `wrap_text` wrapped; raises `CannotOpen`."""
    return root.unwrap(sealed, table=table, row=row, kind=kind).decode()


def unwrap_organ(root: RootKeys, sealed: bytes | None, *, table: str, row: str) -> str | None:
    """Return the organ or unit that was wrapped for one row, nothing where there is none."""
    return unwrap_text(root, sealed, table=table, row=row, kind="organ") if sealed else None


def email_lookup(root: RootKeys, email: str) -> bytes:
    """Return the bytes under which a normalised e-mail address is found."""
    return root.lookup("people/email", email)


def email_lookups(root: RootKeys, email: str) -> tuple[bytes, ...]:
    """Return all bytes under which an address may stand: during a rotation of the root, two."""
    return root.lookups("people/email", email)
