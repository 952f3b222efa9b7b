"""Where a set of notes and where each note stands, derived from what has happened."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cooperation.core.text import Text, _
from cooperation.outbox.rules import MailStatus


class BatchStatus(StrEnum):
    """Where the notes of one reference stand together."""

    COMPILING = "compiling"
    PREPARED = "prepared"
    APPROVED = "approved"
    ISSUED = "issued"
    VOIDED = "voided"


BATCH_LABELS: dict[BatchStatus, Text] = {
    BatchStatus.COMPILING: _("Being made"),
    BatchStatus.PREPARED: _("Prepared"),
    BatchStatus.APPROVED: _("Approved, being sent"),
    BatchStatus.ISSUED: _("Issued"),
    BatchStatus.VOIDED: _("Voided"),
}


class DispatchStatus(StrEnum):
    """Where one State's note stands."""

    WAITING = "waiting"
    PREPARED = "prepared"
    VOIDED = "voided"
    APPROVED = "approved"
    TO_DELIVER = "to_deliver"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"


STATUS_LABELS: dict[DispatchStatus, Text] = {
    DispatchStatus.WAITING: _("Not made yet"),
    DispatchStatus.PREPARED: _("Prepared"),
    DispatchStatus.VOIDED: _("Voided"),
    DispatchStatus.APPROVED: _("Approved, waiting to be sent"),
    DispatchStatus.TO_DELIVER: _("To be delivered by hand"),
    DispatchStatus.SENT: _("Sent by e-mail"),
    DispatchStatus.FAILED: _("E-mail failed or uncertain"),
    DispatchStatus.DELIVERED: _("Delivered"),
    DispatchStatus.ACKNOWLEDGED: _("Acknowledged"),
}

STATUS_KINDS: dict[DispatchStatus, str] = {
    DispatchStatus.WAITING: "neutral",
    DispatchStatus.PREPARED: "progress",
    DispatchStatus.VOIDED: "neutral",
    DispatchStatus.APPROVED: "progress",
    DispatchStatus.TO_DELIVER: "warn",
    DispatchStatus.SENT: "done",
    DispatchStatus.FAILED: "problem",
    DispatchStatus.DELIVERED: "done",
    DispatchStatus.ACKNOWLEDGED: "done",
}
"""The kit's tag for each state."""


_MAIL_STATUS: dict[MailStatus, DispatchStatus] = {
    MailStatus.HELD: DispatchStatus.APPROVED,
    MailStatus.DUE: DispatchStatus.APPROVED,
    MailStatus.SENDING: DispatchStatus.APPROVED,
    MailStatus.SENT: DispatchStatus.SENT,
    MailStatus.FAILED: DispatchStatus.FAILED,
    MailStatus.UNCERTAIN: DispatchStatus.FAILED,
    MailStatus.VOIDED: DispatchStatus.FAILED,
    MailStatus.SETTLED: DispatchStatus.FAILED,
}


@dataclass(frozen=True)
class DispatchFacts:
    """What has happened to one State's note.

    `is_dispatched`: the mail was handed to the outbox, or the note was marked for delivery by hand;
    then `mail` is `None`.
    """

    is_compiled: bool
    is_voided: bool
    is_approved: bool
    is_dispatched: bool
    mail: MailStatus | None
    delivered_on: date | None
    acknowledged_on: date | None


def dispatch_status(facts: DispatchFacts) -> DispatchStatus:
    """Return where one State's note stands; the latest fact decides."""
    if facts.is_voided:
        return DispatchStatus.VOIDED
    if facts.acknowledged_on is not None:
        return DispatchStatus.ACKNOWLEDGED
    if facts.delivered_on is not None:
        return DispatchStatus.DELIVERED
    if facts.is_dispatched:
        return DispatchStatus.TO_DELIVER if facts.mail is None else _MAIL_STATUS[facts.mail]
    if facts.is_approved:
        return DispatchStatus.APPROVED
    return DispatchStatus.PREPARED if facts.is_compiled else DispatchStatus.WAITING


def delivery_problem(
    day: date, *, dated_on: date, today: date, is_issued: bool
) -> tuple[str, Text] | None:
    """Say why nothing can be recorded for `day`, as (field, sentence)."""
    if not is_issued:
        return ("day", _("These notes have not been issued yet."))
    if day > today:
        return ("day", _("Choose a day that is not in the future."))
    if day < dated_on:
        return ("day", _("Choose a day on or after the date of the notes."))
    return None
