"""The door of the outbox: queue, release, look, send.

WRAPPED: what root rotation wraps anew
Sender: A thread that drains the outbox until it is stopped; `nudge` makes it look at once
counts_of: return how many mails stand where; for `doctor`
flag_unsent: let nothing leave twice: a person decides about each mail that waited to be
    sent
is_waiting: tell whether a mail of this purpose waits for its first try, and let none take
    it meanwhile
number_flagged: return how many mails failed or are uncertain and wait for a person
oldest_due: return since when the mail has waited that waits longest, of those that are to
    be sent
retry: send failed or uncertain mails again because a person has decided so; return how many
send_due: send what is due now, one mail after the other; return how many left
status_of: return where these mails stand; unknown ids are left out
void: erase mails that have not left and must not leave any more; return how many
was_queued: tell whether a mail of this purpose about this object was queued since then
"""

from cooperation.outbox.models import WRAPPED
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

__all__ = [
    "WRAPPED",
    "Sender",
    "counts_of",
    "flag_unsent",
    "is_waiting",
    "number_flagged",
    "oldest_due",
    "queue",
    "release",
    "retry",
    "send_due",
    "status_of",
    "void",
    "was_queued",
]
