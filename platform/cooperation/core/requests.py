"""The request being served: its id, for the log and error pages, and the kind of its browser."""

from contextvars import ContextVar
from typing import Protocol

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Set by the shell for each request; `-` for commands."""

browser_kind: ContextVar[str] = ContextVar("browser_kind", default="")
"""Browser and system in words, such as "Firefox, Windows"; empty for commands."""


class Headers(Protocol):
    """The headers of a request."""

    def get(self, key: str, /) -> str | None:
        """Return a header, whatever the case of its name."""


def is_autosave(headers: Headers) -> bool:
    """Tell by its headers whether the script of a page, not its reader, sent a request."""
    return headers.get("X-Requested-With") == "autosave"
