"""gunicorn's worker as we need it: its own refusals carry our headers, and slow lines end.

What is no HTTP never reaches the application, so gunicorn answers by itself: without our headers,
with the damaged line in the page and in the log (reliability 3). And it reads a request for as long
as the sender likes, while eight such senders hold all threads.
"""

import socket
import time
from http import HTTPStatus
from typing import Any

import structlog
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from cooperation.web.headers import fixed_headers

log = structlog.get_logger("cooperation")

READING_SECONDS = 90
"""A request has to be here whole by then: 11 MB at one megabit a second."""

LIMITS: dict[str, object] = {
    "limit_request_line": 4094,
    "limit_request_fields": 60,
    "limit_request_field_size": 8190,
    "header_map": "refuse",
    "forwarded_allow_ips": "",
    "forwarder_headers": "",
    "secure_scheme_headers": {},
    "keepalive": 5,
}
"""Who stands before us is told by the number of proxies alone (`ProxyFix`), never by gunicorn."""

_STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (errors.InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)


def refusal(status: HTTPStatus, *, is_https: bool) -> bytes:
    """Return a whole answer: all our headers, one sentence, the end of the line."""
    body = f"{status.value} {status.phrase}\n".encode()
    headers = {
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        **fixed_headers(is_https=is_https),
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def status_of(failure: BaseException) -> HTTPStatus:
    """Return the status for what gunicorn could not read, 500 for anything else."""
    found = (status for kind, status in _STATUSES if isinstance(failure, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn carries no types
    """A worker of threads that refuses in our words and does not wait for ever."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._reading: dict[socket.socket, float] = {}

    def handle(self, conn: Any) -> Any:
        """Serve one request; its bytes have to arrive in time."""
        self._reading[conn.sock] = time.monotonic() + READING_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn.sock, None)

    def notify(self) -> None:
        """Tell the arbiter that we live (about once a second), and end the lines that are late."""
        super().notify()
        now = time.monotonic()
        for line, latest in list(self._reading.items()):
            if latest < now:
                self._reading.pop(line, None)
                _stop_reading(line)

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        """Answer what could not be read; log the kind only, since the line may hold a secret."""
        del req, addr
        status = status_of(exc)
        log.warning("request refused", kind=type(exc).__qualname__, status=status.value)
        is_https = bool(self.app.is_https)
        try:
            util.write_nonblock(client, refusal(status, is_https=is_https))
        except OSError:
            log.info("refusal not sent")


def _stop_reading(line: socket.socket) -> None:
    """End what the other side sends; an answer under way is still written."""
    try:
        line.shutdown(socket.SHUT_RD)
    except OSError:
        return
