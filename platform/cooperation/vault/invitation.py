"""Invitations of two halves (design: vault.md, Invitations).

The e-mail carries a token of 256 bits, the letter a code of 20 letters: 19 random ones (95 bits)
and a check letter. Together they make the invitation's keys; either alone makes nothing.
"""

import base64
import binascii
import os
from typing import NamedTuple, NoReturn

from cooperation.core.text import _
from cooperation.vault.derivation import derive
from cooperation.vault.encoding import length_prefixed, split_fields
from cooperation.vault.errors import CannotOpen, CodeRefused
from cooperation.vault.keys import PRIVATE_BYTES, PrivateKey, SigningKey, seal_to
from cooperation.vault.letters import in_groups, new_letters, read_letters
from cooperation.vault.member import Anchor
from cooperation.vault.statements import Signer

CODE_LETTERS = 20
TOKEN_BYTES = 32
_GROUP = 5


class Halves(NamedTuple):
    """What a newcomer needs, from two ways: the link's token and the printed code."""

    token: str
    code: str


class InvitationKeys:
    """The keys of an invitation; opens its package and signs the newcomer's statements."""

    __slots__ = ("invitation_id", "sealing", "signing")

    def __init__(self, invitation_id: str, raw: bytes) -> None:
        self.invitation_id = invitation_id
        self.sealing = PrivateKey(raw[:PRIVATE_BYTES])
        self.signing = SigningKey(raw[PRIVATE_BYTES:])

    @property
    def raw(self) -> bytes:
        """The 128 bytes that both halves make."""
        return self.sealing.raw + self.signing.raw

    def as_signer(self) -> Signer:
        """Return who signs the directory's statements with this invitation."""
        return Signer(self.invitation_id, self.signing)

    def __repr__(self) -> str:
        return "<invitation keys>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("invitation keys are not pickled")


class Package(NamedTuple):
    """What the inviter gives the newcomer: her anchor, and one circle's key (or none)."""

    anchor: Anchor
    circle: str
    version: int
    key: bytes


def new_halves() -> Halves:
    """Make a token and a code; neither is ever stored together with the other."""
    token = base64.urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode().rstrip("=")
    return Halves(token, grouped(new_letters(CODE_LETTERS)))


def grouped(code: str) -> str:
    """Return the code in groups of five, as it is printed."""
    return in_groups(code, _GROUP)


def read_code(typed: str) -> str:
    """Return the 20 letters of what somebody typed; raises `CodeRefused`."""
    return read_letters(
        typed,
        CODE_LETTERS,
        not_complete=_("A code has 20 letters and figures."),
        one_wrong=_("One letter of the code is wrong. Compare it with the letter."),
    )


def derive_keys(halves: Halves, invitation_id: str) -> InvitationKeys:
    """Return the invitation's keys, the same from the same halves; raises `CodeRefused`."""
    token, code = _token_bytes(halves.token), read_code(halves.code).encode()
    label = "cp/invitation/1"
    return InvitationKeys(
        invitation_id, derive(token + code, label, invitation_id, length=PRIVATE_BYTES + 32)
    )


def seal_package(package: Package, public_key: bytes, *, instance: str, invitation: str) -> bytes:
    """Seal what the newcomer must have to her invitation's public key."""
    content = length_prefixed(
        package.anchor.to_bytes(), package.circle, package.version, package.key
    )
    return seal_to(public_key, content, _info(instance, invitation))


def open_package(sealed: bytes, keys: InvitationKeys, *, instance: str) -> Package:
    """Return the package; raises `CannotOpen` for wrong halves."""
    content = keys.sealing.open(sealed, _info(instance, keys.invitation_id))
    anchor, circle, version, key = split_fields(content, 4)
    if not version.isdigit():
        raise CannotOpen
    return Package(Anchor.from_bytes(anchor), circle.decode(), int(version), key)


def _info(instance: str, invitation: str) -> bytes:
    return length_prefixed("cp/package/1", instance, invitation)


def _token_bytes(token: str) -> bytes:
    try:
        decoded = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as failure:
        raise CodeRefused(_("This link is not complete.")) from failure
    if len(decoded) != TOKEN_BYTES:
        raise CodeRefused(_("This link is not complete."))
    return decoded
