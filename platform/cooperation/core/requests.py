"""The request being served: its id, for the log and error pages, and the kind of its browser."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Set by the shell for each request; `-` for commands."""

browser_kind: ContextVar[str] = ContextVar("browser_kind", default="")
"""Browser and system in words, such as "Firefox, Windows"; empty for commands."""
