"""The door of the outbox: queue, release, look, send."""

from cooperation.outbox.models import WRAPPED
from cooperation.outbox.service.flagged import (
    FlaggedMail,
    flagged_mails,
    send_again,
    settle_mail,
)
from cooperation.outbox.service.queue import (
    counts_of,
    is_waiting,
    number_flagged,
    oldest_due,
    queue,
    release,
    retry,
    status_of,
    void,
    was_queued,
)
from cooperation.outbox.service.restoring import flag_unsent
from cooperation.outbox.service.sender import Sender, send_due
from cooperation.outbox.service.transport import FolderTransport, SmtpTransport, transport_for

__all__ = [
    "WRAPPED",
    "FlaggedMail",
    "FolderTransport",
    "Sender",
    "SmtpTransport",
    "counts_of",
    "flag_unsent",
    "flagged_mails",
    "is_waiting",
    "number_flagged",
    "oldest_due",
    "queue",
    "release",
    "retry",
    "send_again",
    "send_due",
    "settle_mail",
    "status_of",
    "transport_for",
    "void",
    "was_queued",
]
