"""What the vault says when it refuses, never which check failed (design: vault.md, Record)."""

from cooperation.core.errors import Broken, Invalid, Unavailable
from cooperation.core.text import _


class CannotOpen(Broken):
    """A sealed value does not open: wrong key, wrong context or changed bytes."""

    sentence = _("This cannot be opened with your keys, or it was changed.")


class DirectoryChanged(Broken):
    """The log or the directory is not the one this person last saw; nothing is sealed."""

    sentence = _("The record of keys is not the one you last saw. Nothing was saved or shared.")


class StatementRefused(Broken):
    """A signed statement is malformed, badly signed, or not allowed at its place in the log."""

    sentence = _("A signed statement was refused.")


class KeyringRefused(Broken):
    """The root key is missing, readable by others, malformed, or not the one of this database."""

    sentence = _("The root key cannot be used.")


class KeysAway(Unavailable):
    """The place that the root key comes from does not give it just now; nothing stands in for it.

    Whoever takes the keyring away stops the platform, and it goes on when the keyring is back.
    """

    sentence = _(
        "The server's key is not at hand. Nothing was shown, and nothing was saved. It goes on by "
        "itself as soon as the key is back."
    )


class PasswordRefused(Invalid):
    """A chosen password does not meet the rule; `errors` holds the sentence for the field."""

    sentence = _("Choose another password.")


class CodeRefused(Invalid):
    """A typed invitation code or link is not well formed."""

    sentence = _("This code is not complete or has a wrong letter.")


class NoteRefusedError(Invalid):
    """A signed note, a checkpoint or a note's key is malformed, or its signature is not valid."""

    sentence = _("This is not a note with a valid signature.")


class SignerRefusedError(Broken):
    """The signer of the log does not sign; the sentence says what it found."""

    sentence = _("The signer of the log refused.")


class SealRefusedError(Broken):
    """The seal of documents cannot be used; the sentence says what is wrong with it."""

    sentence = _("The seal of the documents cannot be used.")
