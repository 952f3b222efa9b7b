"""Encryption of backups to off-line recipients with age (age-encryption.org), by pyrage.

The package is an extra: `make age` installs it. Nothing else in the platform needs it.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO

from cooperation.core.errors import Broken, Invalid
from cooperation.core.text import _

try:
    import pyrage
except ImportError:  # the extra is not installed
    pyrage = None

MARK = b"age-encryption.org/v1\n"
"""The first bytes of everything that age has encrypted."""


class AgeMissingError(Broken):
    """The extra is not installed."""

    sentence = _("Backups are encrypted with the package pyrage, which is not installed: make age.")


class RecipientRefusedError(Invalid):
    """A recipient or an identity is not written as age writes it."""

    sentence = _("This is not a recipient (age1...) or an identity (AGE-SECRET-KEY-1...) of age.")


class NotForUsError(Broken):
    """The file was encrypted to others, or was changed."""

    sentence = _(
        "This file does not open with the identity given: it was encrypted to another, or its "
        "bytes were changed."
    )


def new_identity() -> tuple[str, str]:
    """Return a new identity, which is secret, and the recipient that encrypts to it."""
    identity = _age().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def encrypt(reader: BinaryIO, writer: BinaryIO, recipients: Sequence[str]) -> None:
    """Encrypt a stream to all recipients (`age1...`); raises `RecipientRefusedError`."""
    _age().encrypt_io(reader, writer, [_recipient(text) for text in recipients])


def check_recipients(recipients: Sequence[str]) -> None:
    """Raise `RecipientRefusedError` for a text that is no recipient."""
    for text in recipients:
        _recipient(text)


def decrypt(reader: BinaryIO, writer: BinaryIO, identity: str) -> None:
    """Decrypt a stream; `identity` is the text of an identity file. Raises `NotForUsError`."""
    age = _age()
    lines = [line.strip() for line in identity.splitlines()]
    try:
        keys = [age.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except age.IdentityError as failure:
        raise RecipientRefusedError from failure
    try:
        age.decrypt_io(reader, writer, keys)
    except age.DecryptError as failure:
        raise NotForUsError from failure
    except OSError as failure:
        if failure.errno is not None:
            raise  # the disk's own; age's failures within the stream have no number
        raise NotForUsError from failure


def _recipient(text: str) -> object:
    age = _age()
    try:
        return age.x25519.Recipient.from_str(text.strip())
    except age.RecipientError as failure:
        raise RecipientRefusedError from failure


def _age() -> Any:
    """Return the package, which says nothing of its types."""
    if pyrage is None:
        raise AgeMissingError
    return pyrage
