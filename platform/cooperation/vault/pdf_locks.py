"""Locked PDFs that ask for no password: what their readers open by themselves (ISO 32000-2, 7.6).

Many official gazettes are published so: everybody may read them, and a reader is asked not to let
them be changed. The ciphers are pyHanko's; only the dictionary that says how a file is locked is
handed to it, never the file.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.crypt.api import CryptFilter, SecurityHandlerVersion
from pyhanko.pdf_utils.misc import PdfError

_BLOCK = 16
_MOST_DEPTH = 4
_FAILURES = (
    PdfError,
    UnsupportedAlgorithm,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a library raises for a dictionary that is not as the standard says."""


@dataclass(frozen=True)
class UnlockedPdf:
    """Opens streams and texts of one file by the numbers of their objects."""

    _streams: CryptFilter
    _strings: CryptFilter

    def stream(self, number: int, generation: int, packed: bytes) -> bytes | None:
        """Return a stream's bytes, or None where they do not open."""
        return _opened(self._streams, number, generation, packed)

    def string(self, number: int, generation: int, text: bytes) -> bytes | None:
        """Return a text's bytes, or None where they do not open."""
        return _opened(self._strings, number, generation, text)


def unlock_pdf(lock: Mapping[str, object], file_id: bytes) -> UnlockedPdf | None:
    """Return what opens a file by the empty password; None where it asks for another one.

    `lock` is the file's dictionary of encryption: names with their slash, strings as bytes.
    """
    if lock.get("/Filter") != "/Standard":
        return None
    try:
        handler = StandardSecurityHandler.instantiate_from_pdf_object(_dictionary(lock, 0))
        if handler.version > SecurityHandlerVersion.AES256:
            return None
        if handler.authenticate(b"", file_id).status is AuthStatus.FAILED:
            return None
        return UnlockedPdf(handler.get_stream_filter(), handler.get_string_filter())
    except _FAILURES:
        return None


def _opened(lock: CryptFilter, number: int, generation: int, content: bytes) -> bytes | None:
    is_in_blocks = lock.method in {"/AESV2", "/AESV3"}
    whole = content[: len(content) // _BLOCK * _BLOCK] if is_in_blocks else content
    try:
        return bytes(lock.decrypt(lock.derive_object_key(number, generation), whole))
    except _FAILURES:
        return None


def _dictionary(values: Mapping[str, object], depth: int) -> generic.DictionaryObject:
    if depth > _MOST_DEPTH:
        raise ValueError(depth)
    return generic.DictionaryObject(  # type: ignore[no-untyped-call] # pyHanko carries few types
        {generic.NameObject(name): _object(value, depth) for name, value in values.items()}
    )


def _object(value: object, depth: int) -> generic.PdfObject:
    if isinstance(value, bool):
        return generic.BooleanObject(value)  # type: ignore[no-untyped-call]
    if isinstance(value, int):
        return generic.NumberObject(value)  # type: ignore[no-untyped-call]
    if isinstance(value, bytes):
        return generic.ByteStringObject(value)
    if isinstance(value, str):
        return generic.NameObject(value)
    if isinstance(value, Mapping):
        return _dictionary(value, depth + 1)
    return generic.NullObject()
