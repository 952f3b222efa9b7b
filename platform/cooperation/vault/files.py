"""Files of answers, sealed in chunks of 64 KiB (design: vault.md, Record).

Header: `"CP" || format 1 || suite 5 || key id (32) || 16 random bytes`. The key is
`HKDF(content key, "file/1" || random bytes)`; each chunk's nonce is its number and a flag for the
last, so that chunks cannot be reordered, dropped or cut off (the STREAM construction).
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.vault.encoding import length_prefixed
from cooperation.vault.envelope import BundleContext, ContentKey
from cooperation.vault.errors import CannotOpen

FILE_HEADER = b"CP\x01\x05"
CHUNK_BYTES = 64 * 1024
_RANDOM_BYTES = 16
_KEY_ID_END = len(FILE_HEADER) + 32


class SealedFile(NamedTuple):
    """A sealed file: its header and its chunks in order."""

    header: bytes
    chunks: list[bytes]


def seal_file(key: ContentKey, context: BundleContext, content: bytes) -> SealedFile:
    """Seal a file under a bundle's key; an empty file has one empty chunk."""
    header = FILE_HEADER + key.key_id + os.urandom(_RANDOM_BYTES)
    cipher, bound = _cipher(key, header), _bound(header, context)
    pieces = [content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)] or [b""]
    last = len(pieces) - 1
    chunks = [
        cipher.encrypt(_nonce(number, is_last=number == last), piece, bound)
        for number, piece in enumerate(pieces)
    ]
    return SealedFile(header, chunks)


def open_file(
    key: ContentKey, context: BundleContext, header: bytes, chunks: Sequence[bytes]
) -> bytes:
    """Return the file's content; raises `CannotOpen`. The answer holds the content's hash."""
    if header[:_KEY_ID_END] != FILE_HEADER + key.key_id or not chunks:
        raise CannotOpen
    cipher, bound = _cipher(key, header), _bound(header, context)
    last = len(chunks) - 1
    try:
        return b"".join(
            cipher.decrypt(_nonce(number, is_last=number == last), chunk, bound)
            for number, chunk in enumerate(chunks)
        )
    except (InvalidTag, ValueError) as failure:
        raise CannotOpen from failure


def _cipher(key: ContentKey, header: bytes) -> AESGCM:
    if len(header) != _KEY_ID_END + _RANDOM_BYTES:
        raise CannotOpen
    return AESGCM(key.derived("file/1", header[_KEY_ID_END:]))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _bound(header: bytes, context: BundleContext) -> bytes:
    return header + length_prefixed(*context)
