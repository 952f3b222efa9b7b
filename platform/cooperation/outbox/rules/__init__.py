"""Mails, their states, their addresses and the patience of the sender; pure."""

from cooperation.outbox.rules.mail import Attachment, Mail, is_sendable
from cooperation.outbox.rules.status import (
    MailStatus,
    Outcome,
    lease_end,
    next_try_at,
    status_after,
)
from cooperation.outbox.rules.words import purpose_label, reason_label

__all__ = [
    "Attachment",
    "Mail",
    "MailStatus",
    "Outcome",
    "is_sendable",
    "lease_end",
    "next_try_at",
    "purpose_label",
    "reason_label",
    "status_after",
]
