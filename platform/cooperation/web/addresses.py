"""Addresses inside the platform: where to go after sign-in, rebuilt from what was asked."""

import re
from urllib.parse import urlsplit, urlunsplit

HOME = "/"
_LONGEST = 2000
_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")


def safe_path(wanted: str | None) -> str:
    """Return `wanted` when it is a path of this platform, else the home page (ASVS 3.7.2)."""
    if not wanted or len(wanted) > _LONGEST or _STRANGE.search(wanted):
        return HOME
    if not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "//" in parts.path:
        return HOME
    return urlunsplit(("", "", parts.path, parts.query, ""))
