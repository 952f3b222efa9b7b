"""The door of the outbox: queue, release, look, send."""

from cooperation.outbox.models import WRAPPED
from cooperation.outbox.service.queue import (
    counts_of,
    is_waiting,
    queue,
    release,
    retry,
    status_of,
    void,
    was_queued,
)
from cooperation.outbox.service.sender import Sender, send_due
from cooperation.outbox.service.transport import FolderTransport, SmtpTransport, transport_for

__all__ = [
    "WRAPPED",
    "FolderTransport",
    "Sender",
    "SmtpTransport",
    "counts_of",
    "is_waiting",
    "queue",
    "release",
    "retry",
    "send_due",
    "status_of",
    "transport_for",
    "void",
    "was_queued",
]
