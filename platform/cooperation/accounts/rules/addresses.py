"""Addresses inside the platform and names of cookies and browsers."""

import re
from urllib.parse import urlsplit, urlunsplit

from cooperation.core.characters import holds_unwanted

_BROWSERS = (
    ("Firefox", "Firefox/"),
    ("Edge", "Edg/"),
    ("Opera", "OPR/"),
    ("Chrome", "Chrome/"),
    ("Safari", "Safari/"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)
_FORBIDDEN = re.compile(r"[\s\\]")


def safe_path(typed: str | None) -> str | None:
    """Return `typed` rebuilt if it is a path inside the platform, else None (reliability 3).

    It must begin with exactly one slash and hold no space, backslash or unwanted character.
    """
    if not typed or not typed.startswith("/") or typed.startswith("//"):
        return None
    if _FORBIDDEN.search(typed) or holds_unwanted(typed):
        return None
    try:
        parts = urlsplit(typed)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return None
    return urlunsplit(("", "", parts.path, parts.query, ""))


def cookie_name(name: str, *, is_https: bool) -> str:
    """Return the cookie's name; the prefix binds it to this host, to https and to the path `/`."""
    return f"__Host-{name}" if is_https else name


def browser_name(user_agent: str) -> str:
    """Return browser and system in words, as the list of sessions shows them, or nothing."""
    browser = next((name for name, mark in _BROWSERS if mark in user_agent), "")
    system = next((name for name, mark in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
