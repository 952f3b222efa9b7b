"""The plain bytes inside published records: answer, salt of its commitment, year of last change.

The salt lies inside, so that every reader can check that this is what the State signed.
"""

from cooperation.core.errors import Broken
from cooperation.core.text import _
from cooperation.responses.rules import OpenedAnswer
from cooperation.vault.commitment import is_commitment_of
from cooperation.vault.encoding import length_prefixed, split_fields

_FIELDS = 3


class NotWhatWasSignedError(Broken):
    """An opened answer does not match the commitment that its State signed."""

    sentence = _("An answer is not the one that the State signed. Nothing was shown or changed.")


def published_bytes(opened: OpenedAnswer) -> bytes:
    """Return what is sealed for a published answer."""
    return length_prefixed(opened.canonical, opened.salt, opened.changed_in)


def opened_answer(content: bytes, commitment: bytes) -> OpenedAnswer:
    """Return the published answer behind opened bytes, checked against its commitment.

    Raises `CannotOpen`, `NotWhatWasSignedError`.
    """
    canonical, salt, changed_in = split_fields(content, _FIELDS)
    return checked(OpenedAnswer(canonical, salt, changed_in.decode()), commitment)


def checked(opened: OpenedAnswer, commitment: bytes) -> OpenedAnswer:
    """Return the answer when it is the one signed; raises `NotWhatWasSignedError`."""
    if not is_commitment_of(commitment, opened.canonical, opened.salt):
        raise NotWhatWasSignedError
    return opened
