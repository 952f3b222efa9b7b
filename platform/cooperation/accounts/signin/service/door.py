"""What the public pages stand on: nobody is signed in yet, transactions are their own.

The shell makes one `Door` for each request and gives it to the views as `g.door`.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cooperation.accounts.rules import cookie_name
from cooperation.core.db import Database
from cooperation.core.settings import Settings
from cooperation.vault.passwords import Profile, profile_for
from cooperation.vault.root import RootKeys
from cooperation.vault.sessions import SECRET_BYTES, SessionKeys

# tmpfs on purpose; the folder made in it is private.
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108  # nosec B108


def boot_folder(settings: Settings, root: RootKeys) -> Path:
    """Return this instance's private folder for boot key and hashing places, on tmpfs."""
    return (settings.boot_key_folder or _MEMORY_FOLDER) / f"cooperation-{root.instance}"


@dataclass(frozen=True)
class Door:
    """Database, keys, settings, time and network address of one request.

    `boot_key` comes from `vault.sessions.boot_key(boot_folder(settings, root))`, once per process.
    `device` is the value of the browser's device cookie, a new one at its first visit; builders
    have none.
    """

    database: Database
    root: RootKeys
    settings: Settings
    boot_key: bytes
    now: datetime
    address: str
    device: str = ""

    @property
    def session_keys(self) -> SessionKeys:
        """What seals and opens rows under cookies."""
        return SessionKeys(self.boot_key, self.root)

    @property
    def folder(self) -> Path:
        """The folder of the hashing places."""
        return boot_folder(self.settings, self.root)

    @property
    def profile(self) -> Profile:
        """The cost of a password hash in this instance."""
        return profile_for(light=self.settings.light_passwords)


def session_cookie(settings: Settings) -> str:
    """Return the name of the cookie of a session."""
    return cookie_name("sid", is_https=settings.is_https)


def pending_cookie(settings: Settings) -> str:
    """Return the name of the cookie of a sign-in or an activation under way."""
    return cookie_name("pending", is_https=settings.is_https)


def device_cookie(settings: Settings) -> str:
    """Return the name of the cookie by which a browser is known again."""
    return cookie_name("device", is_https=settings.is_https)


def cookie_text(secret: bytes) -> str:
    """Return a cookie's value."""
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def cookie_secret(value: str) -> bytes | None:
    """Return the 32 bytes of a cookie, or None for anything else."""
    try:
        secret = base64.b64decode(value + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) == SECRET_BYTES else None


def csrf_key(cookie: str) -> bytes:
    """Return the key of the CSRF tokens that go with a session's cookie; new with each cookie."""
    return hmac.digest(cookie.encode(), b"csrf/1", "sha256")
