"""What the server does not tell, and how its log speaks.

gunicorn writes its name into every answer and has no setting against it (reliability 3, Headers).
The log is one JSON object a line on standard error, so that no value can begin a line of its own.
"""

import json
import logging
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO, cast

import structlog
from gunicorn import glogging
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


class JsonLines(logging.Formatter):
    """One JSON object a line for what libraries log: message, and of a failure kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record; the text of an exception could hold content and is left out."""
        line: dict[str, object] = {
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            failure = record.exc_info[1]
            line["kind"] = type(failure).__qualname__
            line["where"] = places_of(failure)
        return json.dumps(line, ensure_ascii=True)


class JsonLogger(glogging.Logger):  # type: ignore[misc] # gunicorn carries no types
    """gunicorn's logger, in our format."""

    def setup(self, cfg: object) -> None:
        """Set gunicorn's handlers up and give them our format."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


def places_of(failure: BaseException) -> list[str]:
    """Return where a failure arose, innermost last: files and lines, no values."""
    frames = traceback.extract_tb(failure.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-12:]]


class LosingStream:
    """Where the log goes: a line that cannot be written is lost, and nothing else with it.

    The disk of the log is full, or whoever read its pipe has gone: requests are answered as ever.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or lose the text."""
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Hand on what was written, or lose it."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def configure_logs() -> None:
    """Write the log as JSON lines with the time in UTC, that of libraries too."""
    stream = cast("TextIO", LosingStream(sys.stderr))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
