"""Content keys and records (design: vault.md, Record).

A record is AES-256-GCM under `HKDF(content key, "record/1")`, with the context as associated data:

    0 2 magic "CP"  2 1 format 0x01  3 1 suite 0x01
    4 32 key id = SHA-256("key id" || HKDF(content key, "commitment"))
    36 12 nonce     48 n ciphertext  48+n 16 tag

The key id commits to the key, so nothing opens under two. The context is rebuilt from trusted
columns. Opening 9,875 records must take about 75 ms, so one cipher object and the encoded parts of
contexts are kept for each content key.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from struct import Struct
from typing import NamedTuple, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.vault.derivation import derive
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.errors import CannotOpen

RECORD_HEADER = b"CP\x01\x01"
CONTENT_KEY_BYTES = 32
_NONCE_BYTES = 12
_HEADER_END = len(RECORD_HEADER) + 32
_NONCE_END = _HEADER_END + _NONCE_BYTES
_LENGTH_BYTES = 4
_MOST_NAMES = 4096
_LADDER = (256, 512, 1024, 2048, 4096)
_SHORTEST = {size: before - _LENGTH_BYTES + 1 for before, size in pairwise(_LADDER)} | {
    _LADDER[0]: 0
}
"""The shortest content that is padded to each step."""
_length_at = Struct(">I").unpack_from

BulkItem = tuple[str, int, str, bytes]
"""Object code, version, State (or empty), sealed record; kind and field are those of all."""


class BundleContext(NamedTuple):
    """What all records of a bundle share."""

    instance: str
    bundle: str
    purpose: str
    edition: str


class RecordContext(NamedTuple):
    """What names one record in its bundle; `state` is empty where none is concerned."""

    state: str
    kind: str
    code: str
    version: int
    field: str


class ContentKey:
    """The 32-byte key of a bundle."""

    __slots__ = ("_raw", "key_id")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != CONTENT_KEY_BYTES:
            raise CannotOpen
        self._raw = raw
        self.key_id = sha256(b"key id" + derive(raw, "commitment")).digest()

    @classmethod
    def generate(cls) -> "ContentKey":
        """Make a new content key."""
        return cls(os.urandom(CONTENT_KEY_BYTES))

    @property
    def raw(self) -> bytes:
        """The key itself, to be sealed to a circle."""
        return self._raw

    def derived(self, label: str, *context: bytes) -> bytes:
        """Return the key for one use of this bundle."""
        return derive(self._raw, label, *context)

    def __repr__(self) -> str:
        return "<content key>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a content key is not pickled")


class RecordCipher:
    """Seals and opens the records of one bundle."""

    __slots__ = ("_cipher", "_header", "_prefixes", "_shared")

    def __init__(self, key: ContentKey, context: BundleContext) -> None:
        self._cipher = AESGCM(key.derived("record/1"))
        self._header = RECORD_HEADER + key.key_id
        self._shared = self._header + length_prefixed(*context)
        self._prefixes: dict[str, bytes] = {}

    def seal(self, content: bytes, context: RecordContext) -> bytes:
        """Return `content` padded and sealed for this place."""
        nonce = os.urandom(_NONCE_BYTES)
        bound = self._bound(context)
        sealed = self._cipher.encrypt(nonce, padded(content), bound)
        return self._header + nonce + sealed

    def open(self, sealed: bytes, context: RecordContext) -> bytes:
        """Return the content; raises `CannotOpen` for any other key, place or byte."""
        state, kind, code, version, field = context
        return self.open_many(((code, version, state, sealed),), kind=kind, field=field)[0]

    def open_many(self, items: Iterable[BulkItem], *, kind: str, field: str) -> list[bytes]:
        """Return contents of one kind and field, in order; one that does not open stops all."""
        header, decrypt = self._header, self._cipher.decrypt
        prefixes, suffixes = self._prefixes, _names_of(kind, field)
        opened: list[bytes] = []
        try:
            for code, version, state, sealed in items:
                if sealed[:_HEADER_END] != header:
                    raise CannotOpen
                try:
                    bound = prefixes[state] + suffixes[code, version]
                except KeyError:
                    bound = self._bound(RecordContext(state, kind, code, version, field))
                plain = decrypt(sealed[_HEADER_END:_NONCE_END], sealed[_NONCE_END:], bound)
                opened.append(unpadded(plain))
        except (InvalidTag, ValueError) as failure:
            raise CannotOpen from failure
        return opened

    def _bound(self, context: RecordContext) -> bytes:
        """Return the associated data of a record; both parts are kept for the next one."""
        state, kind, code, version, field = context
        prefix = self._prefixes.get(state)
        if prefix is None:
            prefix = self._prefixes[state] = self._shared + length_prefixed(state)
        suffixes = _names_of(kind, field)
        suffix = suffixes.get((code, version))
        if suffix is None:
            suffix = suffixes[code, version] = length_prefixed(kind, code, version, field)
        return prefix + suffix


_names: dict[tuple[str, str], dict[tuple[str, int], bytes]] = {}
"""What names a record in any bundle, encoded; the Court opens two bundles for each State."""


def _names_of(kind: str, field: str) -> dict[tuple[str, int], bytes]:
    found = _names.setdefault((kind, field), {})
    if len(found) > _MOST_NAMES:
        found.clear()
    return found


def key_id_of(sealed: bytes) -> bytes:
    """Return which content key a sealed record says it needs; its header is bound, not secret."""
    return sealed[len(RECORD_HEADER) : _HEADER_END]


def padded_size(length: int) -> int:
    """Return the size to which a content of `length` bytes is padded, its length field included."""
    needed = length + _LENGTH_BYTES
    for step in _LADDER:
        if needed <= step:
            return step
    return -(-needed // _LADDER[-1]) * _LADDER[-1]


def padded(content: bytes) -> bytes:
    """Return length, content and zeros up to the next step."""
    prefix = len(content).to_bytes(_LENGTH_BYTES, "big")
    return (prefix + content).ljust(padded_size(len(content)), b"\x00")


def unpadded(content: bytes) -> bytes:
    """Return what `padded` took; raises `CannotOpen` for anything that it does not make."""
    size = len(content)
    shortest = _SHORTEST.get(size)
    if shortest is None:
        if size < _LADDER[0] or size % _LADDER[-1]:
            raise CannotOpen
        shortest = size - _LADDER[-1] - _LENGTH_BYTES + 1
    end = _length_at(content)[0] + _LENGTH_BYTES
    if not shortest + _LENGTH_BYTES <= end <= size:
        raise CannotOpen
    return content[_LENGTH_BYTES:end]
