"""Where the root keys come from: a file, or the environment (design: vault.md, Words).

The file is JSON, mode 0600, owned by the account that runs the platform:
`{"format": "cp/keyring/1", "instance": id, "keys": {"1": base64}}`. The environment's form is
`version:base64[,version:base64]`; the instance's id then comes from the database.
"""

import base64
import binascii
import json
import os
import stat
from pathlib import Path

from cooperation.core.ids import is_id, new_id
from cooperation.core.text import _
from cooperation.vault.errors import KeyringRefused
from cooperation.vault.root import ROOT_BYTES, RootKeys

FORMAT = "cp/keyring/1"


def create_keyring(path: Path, *, instance: str | None = None) -> RootKeys:
    """Write a keyring with one new root key, for its owner alone; refuse an existing file."""
    chosen = instance or new_id()
    key = os.urandom(ROOT_BYTES)
    content = {
        "format": FORMAT,
        "instance": chosen,
        "keys": {"1": base64.b64encode(key).decode()},
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as failure:
        raise KeyringRefused(_("There is already a keyring at this place.")) from failure
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return RootKeys({1: key}, instance=chosen)


def load_keyring(path: Path) -> RootKeys:
    """Return the root keys of a file; raises `KeyringRefused` with the reason."""
    _refuse_open_permissions(path)
    try:
        content = json.loads(path.read_text())
        if content["format"] != FORMAT or not is_id(content["instance"]):
            raise KeyringRefused(_("The keyring file is not a keyring."))
        keys = {int(version): _decoded(text) for version, text in content["keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise KeyringRefused(_("The keyring file is not a keyring.")) from failure
    return RootKeys(keys, instance=content["instance"])


def keyring_from_text(text: str, *, instance: str) -> RootKeys:
    """Return the root keys of the environment's form `version:base64[,version:base64]`."""
    keys: dict[int, bytes] = {}
    for item in text.split(","):
        version, colon, encoded = item.strip().partition(":")
        if not colon or not version.isdecimal():
            raise KeyringRefused(_("The root key must be written version:base64."))
        keys[int(version)] = _decoded(encoded)
    return RootKeys(keys, instance=instance)


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
