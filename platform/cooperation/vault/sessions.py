"""Sessions: opened keys sealed under what only the cookie knows (design: vault.md, Sign-in).

The cookie holds 32 random bytes. Look-up id and sealing key derive from them together with the
root key and the *boot key*, a file on tmpfs that the workers of a host share and that is renewed at
boot: without all three a session row opens nothing. A *pending* row (password right, second factor
not yet) has its own label and type, and no reader can be made of it; nor of an *enrolment*, which
carries a newcomer's keys and both halves of her invitation from the password to the first code.
"""

import os
import stat
from pathlib import Path
from typing import NamedTuple, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cooperation.core.text import _
from cooperation.vault.encoding import length_prefixed, split_fields
from cooperation.vault.errors import CannotOpen, KeyringRefused
from cooperation.vault.invitation import Halves
from cooperation.vault.member import BlobKey, MemberKeys, OpenedMember
from cooperation.vault.root import RootKeys

SESSION_HEADER = b"CP\x01\x06"
SECRET_BYTES = 32
BOOT_KEY_BYTES = 32
_NONCE_BYTES = 12
_SESSION = "session/1"
_PENDING = "pending/1"
_ENROLMENT = "enrolment/1"


class PendingMember:
    """Keys opened by the password alone; gives only what checks the second factor until then."""

    __slots__ = ("_opened",)

    def __init__(self, opened: OpenedMember) -> None:
        self._opened = opened

    @property
    def totp_seed(self) -> bytes:
        """The seed that the typed code is checked against."""
        return self._opened.keys.totp_seed

    @property
    def passkeys(self) -> tuple[bytes, ...]:
        """The hashes of the passkeys that may answer."""
        return self._opened.keys.passkeys

    def keyed_hash(self, purpose: str, content: bytes) -> bytes:
        """Return the hash that a typed recovery code is compared by."""
        return self._opened.keys.keyed_hash(purpose, content)

    def proven(self) -> OpenedMember:
        """Return the keys; called once, after the second factor was checked."""
        return self._opened

    def __repr__(self) -> str:
        return "<pending member>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a pending member is not pickled")


class EnrolledMember(NamedTuple):
    """A newcomer between password and first code: her keys, and the halves that activate them."""

    member: PendingMember
    halves: Halves


class SessionKeys:
    """Derives and opens session rows from cookies, with the host's boot key and the root keys."""

    __slots__ = ("_boot_key", "_root")

    def __init__(self, boot_key: bytes, root: RootKeys) -> None:
        self._boot_key = boot_key
        self._root = root

    def lookup_id(self, secret: bytes) -> str:
        """Return the id under which the row of this cookie is found; 64 hexadecimal characters."""
        if len(secret) != SECRET_BYTES:
            raise CannotOpen
        return self._root.derive_with(secret + self._boot_key, "session-id/1").hex()

    def seal(self, secret: bytes, opened: OpenedMember) -> bytes:
        """Return the sealed keys for a session's row."""
        return self._seal(_SESSION, secret, opened.keys.person_id, _content(opened))

    def open(self, sealed: bytes, secret: bytes, person_id: str) -> OpenedMember:
        """Return the keys of a session's row; raises `CannotOpen`."""
        return _opened(self._open(_SESSION, sealed, secret, person_id))

    def seal_pending(self, secret: bytes, opened: OpenedMember) -> bytes:
        """Return the sealed keys for a pending row."""
        return self._seal(_PENDING, secret, opened.keys.person_id, _content(opened))

    def open_pending(self, sealed: bytes, secret: bytes, person_id: str) -> PendingMember:
        """Return the keys of a pending row, usable for the second factor only."""
        return PendingMember(_opened(self._open(_PENDING, sealed, secret, person_id)))

    def seal_enrolment(self, secret: bytes, opened: OpenedMember, halves: Halves) -> bytes:
        """Return a newcomer's sealed keys and halves, until she shows her first code."""
        content = length_prefixed(_content(opened), halves.token, halves.code)
        return self._seal(_ENROLMENT, secret, opened.keys.person_id, content)

    def open_enrolment(self, sealed: bytes, secret: bytes, person_id: str) -> EnrolledMember:
        """Return what `seal_enrolment` sealed; raises `CannotOpen`."""
        content = self._open(_ENROLMENT, sealed, secret, person_id)
        opened, token, code = split_fields(content, 3)
        return EnrolledMember(PendingMember(_opened(opened)), Halves(token.decode(), code.decode()))

    def _seal(self, label: str, secret: bytes, person_id: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        cipher = AESGCM(self._key(label, secret, person_id))
        return SESSION_HEADER + nonce + cipher.encrypt(nonce, content, SESSION_HEADER)

    def _open(self, label: str, sealed: bytes, secret: bytes, person_id: str) -> bytes:
        if not sealed.startswith(SESSION_HEADER):
            raise CannotOpen
        start = len(SESSION_HEADER) + _NONCE_BYTES
        nonce = sealed[len(SESSION_HEADER) : start]
        cipher = AESGCM(self._key(label, secret, person_id))
        try:
            return cipher.decrypt(nonce, sealed[start:], SESSION_HEADER)
        except (InvalidTag, ValueError) as failure:
            raise CannotOpen from failure

    def _key(self, label: str, secret: bytes, person_id: str) -> bytes:
        material = secret + self._boot_key
        return self._root.derive_with(material, label, self.lookup_id(secret), person_id)

    def __repr__(self) -> str:
        return "<session keys>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("session keys are not pickled")


def _content(opened: OpenedMember) -> bytes:
    return length_prefixed(opened.keys.to_bytes(), opened.blob_key.to_bytes())


def _opened(content: bytes) -> OpenedMember:
    keys, blob_key = split_fields(content, 2)
    return OpenedMember(MemberKeys.from_bytes(keys), BlobKey.from_bytes(blob_key))


def new_secret() -> bytes:
    """Return the 32 random bytes of a new cookie."""
    return os.urandom(SECRET_BYTES)


def boot_key(folder: Path) -> bytes:
    """Return the host's boot key; the first worker after a boot makes it, mode 0600.

    `folder` is on tmpfs and belongs to one instance. Raises `KeyringRefused` for a folder or a file
    that others can use: where it stands anybody may have made it before.
    """
    path = folder / "boot.key"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_open_folder(folder)
    if not path.exists():
        _create_boot_key(path)
    found = path.stat()
    key = path.read_bytes()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise KeyringRefused(_("The boot key may be readable by its owner alone."))
    if len(key) != BOOT_KEY_BYTES:
        raise KeyringRefused(_("The boot key is damaged; remove it and start again."))
    return key


def _refuse_open_folder(folder: Path) -> None:
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise KeyringRefused(_("The boot key's folder may be used by its owner alone."))


def _create_boot_key(path: Path) -> None:
    """Write the key aside and link it into place, so that two workers agree on the first."""
    aside = path.with_name(f"boot-{os.getpid()}-{os.urandom(4).hex()}.new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(BOOT_KEY_BYTES))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass  # another worker was first; its key is the host's
    finally:
        aside.unlink()
