"""The virus check: ClamAV's daemon over a socket of this machine, if one is configured.

INSTREAM of clamd(8): the file goes in pieces with their length before them, a length of nought ends
it. Where the daemon does not answer, or not in its words, nothing is kept.
"""

import socket
from pathlib import Path

import structlog

from cooperation.core.errors import Unavailable
from cooperation.core.text import _
from cooperation.responses.rules.uploads import INFECTED, FileRefused

log = structlog.get_logger("cooperation")

SECONDS = 15.0
_PIECE = 64 * 1024
_MOST_REPLY = 4096


class CheckUnavailable(Unavailable):
    """The virus check is configured and cannot be asked."""

    sentence = _(
        "The virus check does not answer. The file was not kept. Try again in some minutes."
    )


def check_for_viruses(place: Path | None, content: bytes) -> None:
    """Let pass what the daemon at `place` calls clean, and everything where there is none.

    Raises `FileRefused` for what it finds, `CheckUnavailable` where it cannot be asked.
    """
    if place is None:
        return
    try:
        reply = _asked(place, content)
    except OSError as failure:
        log.warning("virus check failed", kind=type(failure).__name__)
        raise CheckUnavailable from failure
    if reply == b"stream: OK":
        return
    if reply.endswith(b" FOUND"):
        log.warning("virus check refused a file")
        raise FileRefused(INFECTED)
    log.error("virus check gave no verdict")
    raise CheckUnavailable


def _asked(place: Path, content: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(SECONDS)
        line.connect(str(place))
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _PIECE):
            piece = content[start : start + _PIECE]
            line.sendall(len(piece).to_bytes(4, "big") + piece)
        line.sendall(bytes(4))
        reply = b""
        while b"\0" not in reply and len(reply) < _MOST_REPLY:
            more = line.recv(_MOST_REPLY)
            if not more:
                break
            reply += more
    return reply.rstrip(b"\0\n")
