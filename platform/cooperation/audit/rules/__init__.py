"""Entries, their tree and the vocabulary of actions; pure."""

from cooperation.audit.rules.actions import ACTIONS, DELIVERIES, OPENINGS, READINGS, UNDELIVERED
from cooperation.audit.rules.checkpoint import (
    DUE_AFTER,
    EVIDENCE,
    OVERDUE_AFTER,
    RESTORED,
    Checkpoint,
    origin_of,
)
from cooperation.audit.rules.entry import SYSTEM, Entry, Scope, moment_text, to_milliseconds
from cooperation.audit.rules.names import actor_label
from cooperation.audit.rules.proofs import (
    consistency_places,
    inclusion_places,
    inclusion_root,
    is_consistent,
    tlog_proof_text,
)
from cooperation.audit.rules.reading import (
    ALARM_PAUSE,
    ALARM_WINDOW,
    Reading,
    ReadingFilter,
    is_alarming,
    weight_of,
)
from cooperation.audit.rules.tree import (
    Fault,
    FaultKind,
    Frontier,
    LogState,
    NodeCheck,
    VerificationResult,
    kind_of_leaf_fault,
    nodes_completed,
    peaks_of,
    root_of_peaks,
    siblings_of,
)

__all__ = [
    "ACTIONS",
    "ALARM_PAUSE",
    "ALARM_WINDOW",
    "DELIVERIES",
    "DUE_AFTER",
    "EVIDENCE",
    "OPENINGS",
    "OVERDUE_AFTER",
    "READINGS",
    "RESTORED",
    "SYSTEM",
    "UNDELIVERED",
    "Checkpoint",
    "Entry",
    "Fault",
    "FaultKind",
    "Frontier",
    "LogState",
    "NodeCheck",
    "Reading",
    "ReadingFilter",
    "Scope",
    "VerificationResult",
    "actor_label",
    "consistency_places",
    "inclusion_places",
    "inclusion_root",
    "is_alarming",
    "is_consistent",
    "kind_of_leaf_fault",
    "moment_text",
    "nodes_completed",
    "origin_of",
    "peaks_of",
    "root_of_peaks",
    "siblings_of",
    "tlog_proof_text",
    "to_milliseconds",
    "weight_of",
]
