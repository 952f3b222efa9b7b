"""Entries, their tree and the vocabulary of actions; pure."""

from cooperation.audit.rules.actions import ACTIONS, OPENINGS, READINGS
from cooperation.audit.rules.entry import SYSTEM, Entry, Scope, to_milliseconds
from cooperation.audit.rules.names import INSTITUTION_LABELS, ROLE_LABELS, actor_label
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
    LogState,
    VerificationResult,
    first_leaf_fault,
    first_node_fault,
    levels_of,
    nodes_completed,
    peaks_of,
    root_of_peaks,
    siblings_of,
)

__all__ = [
    "ACTIONS",
    "ALARM_PAUSE",
    "ALARM_WINDOW",
    "INSTITUTION_LABELS",
    "OPENINGS",
    "READINGS",
    "ROLE_LABELS",
    "SYSTEM",
    "Entry",
    "Fault",
    "FaultKind",
    "LogState",
    "Reading",
    "ReadingFilter",
    "Scope",
    "VerificationResult",
    "actor_label",
    "first_leaf_fault",
    "first_node_fault",
    "is_alarming",
    "levels_of",
    "nodes_completed",
    "peaks_of",
    "root_of_peaks",
    "siblings_of",
    "to_milliseconds",
    "weight_of",
]
