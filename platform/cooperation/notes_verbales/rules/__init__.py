"""The door of the slice's rules: references, addressees, checks before issue, states."""

from cooperation.notes_verbales.rules.addressee import Addressee, addressee_of
from cooperation.notes_verbales.rules.checks import Check, CheckKind, checks_before_issue
from cooperation.notes_verbales.rules.dispatch import (
    BATCH_LABELS,
    STATUS_KINDS,
    STATUS_LABELS,
    BatchStatus,
    DispatchFacts,
    DispatchStatus,
    delivery_problem,
    dispatch_status,
)
from cooperation.notes_verbales.rules.reference import (
    GROUP_LABELS,
    BadReferenceError,
    NoteGroup,
    Reference,
    file_stem,
    next_number,
    parse_reference,
    session_of,
)

__all__ = [
    "BATCH_LABELS",
    "GROUP_LABELS",
    "STATUS_KINDS",
    "STATUS_LABELS",
    "Addressee",
    "BadReferenceError",
    "BatchStatus",
    "Check",
    "CheckKind",
    "DispatchFacts",
    "DispatchStatus",
    "NoteGroup",
    "Reference",
    "addressee_of",
    "checks_before_issue",
    "delivery_problem",
    "dispatch_status",
    "file_stem",
    "next_number",
    "parse_reference",
    "session_of",
]
