"""The id of the request being served, for the log and for error pages."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Set by the shell for each request; `-` for commands."""
