"""The root keys: the outer wrap of everything stored, and keyed look-up (design: vault.md, Words).

A wrapped value is `"CP" || format 1 || suite 3 || root version (2) || nonce (12) || ciphertext ||
tag`, AES-256-GCM, bound to table, row, root version and kind. Old versions stay able to open until
rotation has re-wrapped everything.
"""

import hmac
import os
from collections.abc import Mapping
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.vault.derivation import derive
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.errors import CannotOpen, KeyringRefused

ROOT_HEADER = b"CP\x01\x03"
ROOT_BYTES = 32
_VERSION_BYTES = 2
_NONCE_BYTES = 12
_PREFIX = len(ROOT_HEADER) + _VERSION_BYTES + _NONCE_BYTES


class RootKeys:
    """The server's own keys, by version; never in the database or a backup."""

    __slots__ = ("_ciphers", "_keys", "_lookup_key", "current", "instance")

    def __init__(self, keys: Mapping[int, bytes], *, instance: str) -> None:
        if not keys or any(len(key) != ROOT_BYTES for key in keys.values()):
            raise KeyringRefused
        self.instance = instance
        self.current = max(keys)
        self._keys = dict(keys)
        self._ciphers = {
            version: AESGCM(derive(key, "cp/root/1", instance)) for version, key in keys.items()
        }
        self._lookup_key = derive(keys[self.current], "cp/lookup/1", instance)

    def wrap(self, plaintext: bytes, *, table: str, row: str, kind: str) -> bytes:
        """Wrap `plaintext` with the current version for one column of one row."""
        nonce = os.urandom(_NONCE_BYTES)
        context = self._context(table, row, kind, self.current)
        version = self.current.to_bytes(_VERSION_BYTES, "big")
        sealed = self._ciphers[self.current].encrypt(nonce, plaintext, context)
        return ROOT_HEADER + version + nonce + sealed

    def unwrap(self, sealed: bytes, *, table: str, row: str, kind: str) -> bytes:
        """Return what was wrapped for this column of this row; raises `CannotOpen`."""
        version = int.from_bytes(
            sealed[len(ROOT_HEADER) : len(ROOT_HEADER) + _VERSION_BYTES], "big"
        )
        cipher = self._ciphers.get(version)
        if not sealed.startswith(ROOT_HEADER) or len(sealed) < _PREFIX or cipher is None:
            raise CannotOpen
        nonce = sealed[_PREFIX - _NONCE_BYTES : _PREFIX]
        try:
            return cipher.decrypt(nonce, sealed[_PREFIX:], self._context(table, row, kind, version))
        except InvalidTag as failure:
            raise CannotOpen from failure

    def lookup(self, purpose: str, value: str) -> bytes:
        """Return the 32 bytes under which `value` is found (HMAC); the caller normalises it."""
        message = length_prefixed(purpose, value)
        return hmac.digest(self._lookup_key, message, "sha256")

    def derive_with(self, material: bytes, label: str, *context: bytes | str | int) -> bytes:
        """Return a 32-byte key from `material` together with the current root key."""
        return derive(material + self._keys[self.current], label, self.instance, *context)

    def has_version(self, version: int) -> bool:
        """Tell whether this version of the root key is at hand."""
        return version in self._keys

    def check_value(self, version: int | None = None) -> bytes:
        """Return 16 bytes that tell this root key from another and reveal nothing of it."""
        key = self._keys[self.current if version is None else version]
        return derive(key, "cp/check/1", self.instance, length=16)

    def _context(self, table: str, row: str, kind: str, version: int) -> bytes:
        return length_prefixed("cp/root/1", self.instance, table, row, version, kind)

    def __repr__(self) -> str:
        return "<root keys>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("root keys are not pickled")
