"""The root keys: the outer wrap of everything stored, and keyed look-up (design: vault.md, Words).

A wrapped value is `"CP" || format 1 || suite 3 || root version (2) || nonce (12) || ciphertext ||
tag`, AES-256-GCM, bound to table, row, root version and kind. Old versions stay able to open until
rotation has re-wrapped everything. A process that runs on learns a new version from its source: it
looks whether the source has changed before each use, so that all processes change at one moment.
"""

import hmac
import os
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.vault.derivation import derive
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.errors import CannotOpen, KeyringRefused, KeysAway

ROOT_HEADER = b"CP\x01\x03"
ROOT_BYTES = 32
_VERSION_BYTES = 2
_NONCE_BYTES = 12
MARK_BYTES = len(ROOT_HEADER) + _VERSION_BYTES
_PREFIX = len(ROOT_HEADER) + _VERSION_BYTES + _NONCE_BYTES


class VersionedKeys(NamedTuple):
    """The root keys by version, and the version that wraps."""

    keys: Mapping[int, bytes]
    current: int


class KeySource(Protocol):
    """Where root keys come from, when they may change while a process runs."""

    def changed(self) -> VersionedKeys | None:
        """Return the keys if they are others than those taken last; raises `KeysAway`."""

    def take(self) -> None:
        """Note that the keys which `changed` returned are believed."""


class _Held(NamedTuple):
    """What is derived from the keys; replaced as a whole, since threads share it."""

    keys: Mapping[int, bytes]
    ciphers: Mapping[int, AESGCM]
    lookup_keys: Mapping[int, bytes]
    current: int


class RootKeys:
    """The server's own keys, by version; never in the database or a backup."""

    __slots__ = ("_held", "_is_ours", "_source", "instance")

    def __init__(
        self,
        keys: Mapping[int, bytes],
        *,
        instance: str,
        current: int | None = None,
        source: KeySource | None = None,
    ) -> None:
        self.instance = instance
        self._source = source
        self._is_ours: Callable[[RootKeys], bool] | None = None
        self._held = self._derived(keys, max(keys, default=0) if current is None else current)

    def believe_only(self, is_ours: Callable[["RootKeys"], bool]) -> None:
        """Take other keys from the source only where `is_ours` knows them: they are away till then.

        A keyring of another day, or of nobody, in the place of ours is no reason to refuse people's
        passphrases, or to give their mails up.
        """
        self._is_ours = is_ours

    @property
    def current(self) -> int:
        """The version that wraps."""
        return self._fresh().current

    @property
    def newest(self) -> int:
        """The newest version at hand; later than `current` while a rotation is prepared."""
        return max(self._fresh().keys)

    @property
    def mark(self) -> bytes:
        """The first bytes of every value that the current version wraps."""
        return mark_of(self.current)

    @property
    def versions(self) -> tuple[int, ...]:
        """All versions at hand, oldest first."""
        return tuple(sorted(self._fresh().keys))

    def wrap(self, plaintext: bytes, *, table: str, row: str, kind: str) -> bytes:
        """Wrap `plaintext` with the current version for one column of one row."""
        held = self._fresh()
        nonce = os.urandom(_NONCE_BYTES)
        context = self._context(table, row, kind, held.current)
        sealed = held.ciphers[held.current].encrypt(nonce, plaintext, context)
        return mark_of(held.current) + nonce + sealed

    def unwrap(self, sealed: bytes, *, table: str, row: str, kind: str) -> bytes:
        """Return what was wrapped for this column of this row; raises `CannotOpen`."""
        version = version_of(sealed)
        cipher = self._held.ciphers.get(version) or self._fresh().ciphers.get(version)
        if len(sealed) < _PREFIX or cipher is None:
            raise CannotOpen
        nonce = sealed[_PREFIX - _NONCE_BYTES : _PREFIX]
        try:
            return cipher.decrypt(nonce, sealed[_PREFIX:], self._context(table, row, kind, version))
        except InvalidTag as failure:
            raise CannotOpen from failure

    def lookup(self, purpose: str, value: str) -> bytes:
        """Return the 32 bytes under which `value` is found (HMAC); the caller normalises it."""
        return self.lookups(purpose, value)[0]

    def lookups(self, purpose: str, value: str) -> tuple[bytes, ...]:
        """Return the look-up bytes of every version at hand, the current one's first.

        Until a rotation has ended a row may be found under any of them.
        """
        held = self._fresh()
        message = length_prefixed(purpose, value)
        order = sorted(held.keys, key=lambda version: (version != held.current, -version))
        return tuple(hmac.digest(held.lookup_keys[each], message, "sha256") for each in order)

    def derive_with(self, material: bytes, label: str, *context: bytes | str | int) -> bytes:
        """Return a 32-byte key from `material` together with the current root key."""
        held = self._fresh()
        return derive(material + held.keys[held.current], label, self.instance, *context)

    def require_at_hand(self) -> None:
        """Let pass while the place that the keys come from still gives them; raises `KeysAway`."""
        self._fresh()

    def has_version(self, version: int) -> bool:
        """Tell whether this version of the root key is at hand."""
        return version in self._fresh().keys

    def check_value(self, version: int | None = None) -> bytes:
        """Return 16 bytes that tell this root key from another and reveal nothing of it."""
        held = self._fresh()
        key = held.keys[held.current if version is None else version]
        return derive(key, "cp/check/1", self.instance, length=16)

    def _fresh(self) -> _Held:
        """Return what is held, after a look at whether the source has changed."""
        changed = self._source.changed() if self._source is not None else None
        if self._source is not None and changed is not None:
            found = RootKeys(changed.keys, instance=self.instance, current=changed.current)
            if self._is_ours is not None and not self._is_ours(found):
                raise KeysAway
            self._source.take()
            self._held = found._held
        return self._held

    def _derived(self, keys: Mapping[int, bytes], current: int) -> _Held:
        if current not in keys or any(len(key) != ROOT_BYTES for key in keys.values()):
            raise KeyringRefused
        return _Held(
            keys=dict(keys),
            ciphers={
                version: AESGCM(derive(key, "cp/root/1", self.instance))
                for version, key in keys.items()
            },
            lookup_keys={
                version: derive(key, "cp/lookup/1", self.instance) for version, key in keys.items()
            },
            current=current,
        )

    def _context(self, table: str, row: str, kind: str, version: int) -> bytes:
        return length_prefixed("cp/root/1", self.instance, table, row, version, kind)

    def __repr__(self) -> str:
        return "<root keys>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("root keys are not pickled")


def mark_of(version: int) -> bytes:
    """Return the first bytes of every value that this version has wrapped."""
    return ROOT_HEADER + version.to_bytes(_VERSION_BYTES, "big")


def version_of(sealed: bytes) -> int:
    """Return the version that wrapped a value; raises `CannotOpen` for anything else."""
    if not sealed.startswith(ROOT_HEADER):
        raise CannotOpen
    return int.from_bytes(sealed[len(ROOT_HEADER) : len(ROOT_HEADER) + _VERSION_BYTES], "big")
