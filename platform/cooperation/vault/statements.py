"""Signed statements: who says which key is whose (design: vault.md, Whose key).

What is signed begins with the statement's kind and the instance, then the signer, the root of the
log as it was before the statement, and the body as canonical JSON. So a statement counts at one
place of one log only. Those of the first form, `cp/statement/1`, were signed without the root. The
signed bytes stand in a table, their hash in the log (docs/decisions, 8).
"""

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, NamedTuple

from cooperation.vault.encoding import Json, canonical_json, length_prefixed, split_fields
from cooperation.vault.errors import CannotOpen, StatementRefused
from cooperation.vault.keys import SigningKey, is_signed


class InviteAction(StrEnum):
    """What an invitation lets its holder do: join a circle, found one, or neither."""

    JOIN = "join"
    FOUND = "found"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Genesis:
    """The first head's keys, made at activation on the server's console; signed by themselves."""

    KIND: ClassVar[str] = "genesis"
    person: str
    sealing_hash: bytes
    signing_key: bytes
    at: str


@dataclass(frozen=True)
class Invite:
    """An invitation's keys, and what its one holder may become; signed by the inviting member."""

    KIND: ClassVar[str] = "invite"
    invitation: str
    action: str
    circle: str
    role: str
    sealing_hash: bytes
    signing_key: bytes
    at: str
    ends_at: str


@dataclass(frozen=True)
class Person:
    """A new member's public keys; signed by the invitation's key."""

    KIND: ClassVar[str] = "person"
    person: str
    invitation: str
    sealing_hash: bytes
    signing_key: bytes
    at: str


@dataclass(frozen=True)
class Circle:
    """A version of a circle's key; `previous` is the hash of the version before, or empty."""

    KIND: ClassVar[str] = "circle"
    circle: str
    version: int
    key_hash: bytes
    previous: bytes
    at: str


@dataclass(frozen=True)
class Admit:
    """A member of a circle: a person's id or the name of another circle."""

    KIND: ClassVar[str] = "admit"
    circle: str
    version: int
    member: str
    member_key_hash: bytes
    at: str


@dataclass(frozen=True)
class Remove:
    """The end of a membership."""

    KIND: ClassVar[str] = "remove"
    circle: str
    member: str
    at: str


@dataclass(frozen=True)
class Role:
    """All roles that a person holds from now on."""

    KIND: ClassVar[str] = "role"
    person: str
    roles: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Founded:
    """The end of the founding: roles of Secretariat, Court and server now need a second person."""

    KIND: ClassVar[str] = "founded"
    at: str


@dataclass(frozen=True)
class Second:
    """Another person's consent to a waiting `invite` or `role`, named by its exact hash."""

    KIND: ClassVar[str] = "second"
    subject: bytes
    at: str


@dataclass(frozen=True)
class Renew:
    """A person's new keys; signed by the key that they replace."""

    KIND: ClassVar[str] = "renew"
    person: str
    sealing_hash: bytes
    signing_key: bytes
    at: str


@dataclass(frozen=True)
class Sheet:
    """A circle's recovery sheet, a member without account; signed by an inviting member."""

    KIND: ClassVar[str] = "sheet"
    sheet: str
    circle: str
    sealing_hash: bytes
    at: str


@dataclass(frozen=True)
class Dissolve:
    """The proposed end of a circle as it is: its version, its key, its members."""

    KIND: ClassVar[str] = "dissolve"
    circle: str
    version: int
    key_hash: bytes
    members: tuple[str, ...]
    at: str
    ends_at: str


@dataclass(frozen=True)
class Dissolved:
    """A second person's signature under exactly that proposal, by its hash."""

    KIND: ClassVar[str] = "dissolved"
    circle: str
    proposal: bytes
    at: str


Statement = (
    Genesis
    | Invite
    | Person
    | Circle
    | Admit
    | Remove
    | Role
    | Founded
    | Second
    | Renew
    | Sheet
    | Dissolve
    | Dissolved
)
KINDS: dict[str, type[Statement]] = {
    kind.KIND: kind
    for kind in (
        Genesis,
        Invite,
        Person,
        Circle,
        Admit,
        Remove,
        Role,
        Founded,
        Second,
        Renew,
        Sheet,
        Dissolve,
        Dissolved,
    )
}


FIRST_FORM, BOUND_FORM = b"cp/statement/1", b"cp/statement/2"
_FIELDS = {FIRST_FORM: 4, BOUND_FORM: 5}
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class Signer(NamedTuple):
    """Who signs: a person or an invitation, with the key."""

    signer_id: str
    key: SigningKey


@dataclass(frozen=True)
class SignedStatement:
    """A statement with its signer and signature; `encoded` is what the table keeps.

    `after` is the root of the log before it; `None` in the first form.
    """

    statement: Statement
    signer: str
    after: bytes | None
    message: bytes
    signature: bytes

    @property
    def encoded(self) -> bytes:
        """The bytes that are stored."""
        form = FIRST_FORM if self.after is None else BOUND_FORM
        return length_prefixed(form, self.message, self.signature)

    @property
    def hash(self) -> bytes:
        """The 32 bytes that the log keeps."""
        return sha256(self.encoded).digest()

    def is_signed_by(self, public_key: bytes) -> bool:
        """Tell whether the holder of this Ed25519 key signed it."""
        return is_signed(public_key, self.signature, self.message)


def moment(instant: datetime) -> str:
    """Return an instant as statements write it; in this form later texts sort after earlier."""
    return instant.astimezone(UTC).strftime(_MOMENT)


def instant_of(text: str) -> datetime:
    """Return the instant that `moment` wrote so; raises `StatementRefused` for any other text."""
    try:
        instant = datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError as failure:
        raise StatementRefused from failure
    if moment(instant) != text:
        raise StatementRefused
    return instant


def sign_statement(
    statement: Statement, signer: Signer, *, instance: str, after: bytes | None
) -> SignedStatement:
    """Sign a statement for its place in the log: `after` is the log's root before it.

    Without a root it is of the first form, which nobody signs any more.
    """
    bound = () if after is None else (after,)
    body = canonical_json(_body(statement))
    message = length_prefixed(statement.KIND, instance, signer.signer_id, *bound, body)
    return SignedStatement(statement, signer.signer_id, after, message, signer.key.sign(message))


def parse_statement(encoded: bytes, *, instance: str) -> SignedStatement:
    """Read stored bytes; raises `StatementRefused` for anything but a canonical statement.

    Whose signature it is, the directory checks.
    """
    try:
        form, message, signature = split_fields(encoded, 3)
        kind, found_instance, signer, *bound, body = split_fields(message, _FIELDS[form])
        statement = _from_body(KINDS[kind.decode()], json.loads(body))
        after = bound[0] if bound else None
        signed = SignedStatement(statement, signer.decode(), after, message, signature)
        is_canonical = canonical_json(_body(statement)) == body and signed.encoded == encoded
    except (CannotOpen, KeyError, ValueError, TypeError, AttributeError) as failure:
        raise StatementRefused from failure
    if found_instance.decode() != instance or not is_canonical:
        raise StatementRefused
    return signed


def message_bytes(instance: str, message: bytes) -> bytes:
    """Return what is signed for a slice's message, never mistaken for a directory statement."""
    return length_prefixed("message", instance, message)


def verify_signature(public_key: bytes, signature: bytes, message: bytes, *, instance: str) -> None:
    """Raise `StatementRefused` unless `signature` is `Reader.sign(message)` of the key's holder.

    `public_key` is the person's Ed25519 key from the verified directory.
    """
    if not is_signed(public_key, signature, message_bytes(instance, message)):
        raise StatementRefused


def _body(statement: Statement) -> dict[str, Json]:
    body: dict[str, Json] = {}
    for field in fields(statement):
        value: bytes | str | int | tuple[str, ...] = getattr(statement, field.name)
        body[field.name] = value.hex() if isinstance(value, bytes) else value
    return body


def _from_body(kind: type[Statement], body: dict[str, object]) -> Statement:
    if set(body) != {field.name for field in fields(kind)}:
        raise StatementRefused
    readers = {bytes: _read_bytes, int: _read_int, str: _read_str, tuple[str, ...]: _read_texts}
    values = {field.name: readers[field.type](body[field.name]) for field in fields(kind)}  # type: ignore[index] # the types above are all there are
    return kind(**values)  # type: ignore[arg-type] # each value was read by its field's type


def _read_bytes(value: object) -> bytes:
    return bytes.fromhex(_read_str(value))


def _read_int(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise StatementRefused
    return value


def _read_str(value: object) -> str:
    if not isinstance(value, str):
        raise StatementRefused
    return value


def _read_texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise StatementRefused
    return tuple(_read_str(item) for item in value)
