"""What the server does not tell, and how its log speaks.

gunicorn writes its name into every answer and has no setting against it (reliability 3, Headers).
The log is one JSON object a line on standard error, so that no value can begin a line of its own.
"""

import logging
import sys

import structlog
from gunicorn.http import wsgi


class NamelessResponse(wsgi.Response):  # type: ignore[misc] # gunicorn carries no types
    """gunicorn's response without the line that names it."""

    def default_headers(self) -> list[str]:
        """Return the lines that gunicorn adds to ours."""
        lines: list[str] = super().default_headers()
        return [line for line in lines if not line.startswith("Server:")]


def hide_server() -> None:
    """Make gunicorn answer without its name."""
    wsgi.Response = NamelessResponse


def configure_logs() -> None:
    """Write the log as JSON lines with the time in UTC."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
