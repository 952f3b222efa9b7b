"""States of a mail and what each outcome of a try leads to (design: reliability 4.2, R7)."""

from datetime import datetime, timedelta
from enum import StrEnum

from cooperation.core.text import Text, _

LEASE = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""Pauses after the first try, the second ...; when they are used up the mail has failed."""


class MailStatus(StrEnum):
    """Where a mail stands; the labels are in `label`."""

    HELD = "held"
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    VOIDED = "voided"
    SETTLED = "settled"

    @property
    def label(self) -> Text:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    MailStatus.HELD: _("Held"),
    MailStatus.DUE: _("To be sent"),
    MailStatus.SENDING: _("Being sent"),
    MailStatus.SENT: _("Sent"),
    MailStatus.FAILED: _("Failed"),
    MailStatus.UNCERTAIN: _("Perhaps sent: ask the addressee"),
    MailStatus.VOIDED: _("Voided"),
    MailStatus.SETTLED: _("Settled by a person"),
}


class Outcome(StrEnum):
    """What a transport says of one try."""

    ACCEPTED = "accepted"
    LATER = "later"  # not taken, may be taken later
    REFUSED = "refused"  # taken neither now nor later, says the server
    UNKNOWN = "unknown"  # handed over, no answer
    UNREADABLE = "unreadable"  # damaged here, never handed over


def next_try_at(tries: int, now: datetime) -> datetime | None:
    """Return when to try again after `tries` tries; `None` when patience is used up."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None


def status_after(outcome: Outcome, tries: int, *, takes_others: bool) -> MailStatus:
    """Return the state of a mail after its try number `tries`, counted from 1.

    A refusal is believed of a server that took another mail meanwhile (`takes_others`): one that
    refuses everybody is wrongly set up, and no address is bad for that.
    """
    if outcome is Outcome.ACCEPTED:
        return MailStatus.SENT
    if outcome is Outcome.UNKNOWN:
        return MailStatus.UNCERTAIN
    is_final = outcome is Outcome.UNREADABLE or (outcome is Outcome.REFUSED and takes_others)
    return MailStatus.DUE if not is_final and tries <= len(PAUSES) else MailStatus.FAILED


def lease_end(now: datetime) -> datetime:
    """Return until when a sender that took a mail at `now` may be at work on it."""
    return now + LEASE
