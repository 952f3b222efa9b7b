"""Where the root keys come from: a file, or the environment (design: vault.md, Words).

The file is JSON, mode 0600, owned by the account that runs the platform:
`{"format": "cp/keyring/1", "instance": id, "keys": {"1": base64}, "current": 1}`; without `current`
the newest version wraps. It is only ever replaced as a whole, so that a process that reads it finds
the keys of before or of after, whenever it was killed. The environment's form is
`version:base64[,version:base64]`; the instance's id then comes from the database.
"""

import base64
import binascii
import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cooperation.core.disk import force_to_disk
from cooperation.core.failpoints import reach
from cooperation.core.ids import is_id, new_id
from cooperation.core.text import _
from cooperation.vault.errors import KeyringRefused, KeysAway
from cooperation.vault.root import ROOT_BYTES, RootKeys, VersionedKeys

FORMAT = "cp/keyring/1"

_Signature = tuple[int, int, int]


class KeyringFile:
    """A keyring file that may be replaced while processes hold its keys."""

    __slots__ = ("_found", "_instance", "_path", "_seen")

    def __init__(self, path: Path, instance: str, seen: _Signature) -> None:
        self._path = path
        self._instance = instance
        self._seen = self._found = seen

    def changed(self) -> VersionedKeys | None:
        """Return the keys where the file is another than the one last taken.

        Raises `KeysAway` where there is no file to look at. One that is no keyring of this instance
        changes nothing (it may be half copied): `doctor` says so.
        """
        try:
            signature = _signature(self._path)
        except OSError as failure:
            raise KeysAway from failure
        if signature == self._seen:
            return None
        try:
            _refuse_open_permissions(self._path)
            instance, keys = _read(self._path)
        except (OSError, KeyringRefused):
            return None
        if instance != self._instance:
            return None
        self._found = signature
        return keys

    def take(self) -> None:
        """Note that the keys last returned are believed."""
        self._seen = self._found


def create_keyring(path: Path, *, instance: str | None = None) -> RootKeys:
    """Write a keyring with one new root key, for its owner alone; refuse an existing file."""
    if path.exists():
        raise KeyringRefused(_("There is already a keyring at this place."))
    content = {
        "format": FORMAT,
        "instance": instance or new_id(),
        "keys": {"1": _new_key()},
    }
    aside = _write_aside(path, content)
    try:
        os.link(aside, path)
    except FileExistsError as failure:
        raise KeyringRefused(_("There is already a keyring at this place.")) from failure
    finally:
        aside.unlink()
    force_to_disk(path.parent)
    return load_keyring(path)


def load_keyring(path: Path) -> RootKeys:
    """Return the root keys of a file, which follow the file; raises `KeyringRefused`."""
    _refuse_open_permissions(path)
    signature = _signature(path)
    instance, held = _read(path)
    source = KeyringFile(path, instance, signature)
    return RootKeys(held.keys, instance=instance, current=held.current, source=source)


def keyring_from_text(text: str, *, instance: str) -> RootKeys:
    """Return the root keys of the environment's form `version:base64[,version:base64]`."""
    keys: dict[int, bytes] = {}
    for item in text.split(","):
        version, colon, encoded = item.strip().partition(":")
        if not colon or not version.isdecimal():
            raise KeyringRefused(_("The root key must be written version:base64."))
        keys[int(version)] = _decoded(encoded)
    return RootKeys(keys, instance=instance)


def add_version(path: Path) -> int:
    """Add a new root key to the file, which wraps nothing yet; return its version."""
    content = _content(path)
    versions = [int(version) for version in content["keys"]]
    content.setdefault("current", max(versions))
    content["keys"][str(max(versions) + 1)] = _new_key()
    _replace(path, content)
    return max(versions) + 1


def make_current(path: Path, version: int) -> None:
    """Let this version wrap from now on, in every process that follows the file."""
    content = _content(path)
    if str(version) not in content["keys"]:
        raise KeyringRefused
    content["current"] = version
    _replace(path, content)


def remove_version(path: Path, version: int) -> None:
    """Take a version out of the file: what it has wrapped opens with a copy of the file alone."""
    content = _content(path)
    if content.get("current", max(map(int, content["keys"]))) == version:
        raise KeyringRefused(_("This version of the root key is in use."))
    del content["keys"][str(version)]
    _replace(path, content)


@contextmanager
def keyring_lock(path: Path) -> Iterator[None]:
    """Keep every other key act on this file out; raises `KeyringRefused` at once."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as failure:
        os.close(descriptor)
        raise KeyringRefused(_("Another command is changing the keyring.")) from failure
    try:
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> tuple[str, VersionedKeys]:
    try:
        content = _content(path)
        keys = {int(version): _decoded(text) for version, text in content["keys"].items()}
        current = int(content.get("current", max(keys)))
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise KeyringRefused(_("The keyring file is not a keyring.")) from failure
    if current not in keys:
        raise KeyringRefused(_("The keyring file is not a keyring."))
    return content["instance"], VersionedKeys(keys, current)


def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    if content["format"] != FORMAT or not is_id(content["instance"]):
        raise KeyringRefused(_("The keyring file is not a keyring."))
    return content


def _replace(path: Path, content: dict[str, Any]) -> None:
    """Put new content in the file's place, so that at any moment one of both stands there."""
    path = path.resolve()
    aside = _write_aside(path, content)
    reach("keyring.written")
    aside.replace(path)
    reach("keyring.replaced")
    force_to_disk(path.parent)


def _write_aside(path: Path, content: dict[str, Any]) -> Path:
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return aside


def _signature(path: Path) -> _Signature:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _new_key() -> str:
    return base64.b64encode(os.urandom(ROOT_BYTES)).decode()


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError) as failure:
        raise KeyringRefused(_("The root key is not base64.")) from failure
    if len(key) != ROOT_BYTES:
        raise KeyringRefused(_("A root key has 32 bytes."))
    return key


def _refuse_open_permissions(path: Path) -> None:
    try:
        found = path.stat()
    except FileNotFoundError as failure:
        raise KeyringRefused(_("There is no keyring at the configured place.")) from failure
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        raise KeyringRefused(_("The keyring must be a file of the platform's own account."))
    if found.st_mode & 0o077:
        raise KeyringRefused(_("The keyring may be readable by its owner alone (chmod 600)."))
