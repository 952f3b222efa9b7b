"""Entries, their tree and the vocabulary of actions; pure."""

from cooperation.audit.rules.actions import ACTIONS, READINGS
from cooperation.audit.rules.entry import SYSTEM, Entry, Scope, to_milliseconds
from cooperation.audit.rules.names import ROLE_LABELS, actor_label
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
    "READINGS",
    "ROLE_LABELS",
    "SYSTEM",
    "Entry",
    "Fault",
    "FaultKind",
    "LogState",
    "Scope",
    "VerificationResult",
    "actor_label",
    "first_leaf_fault",
    "first_node_fault",
    "levels_of",
    "nodes_completed",
    "peaks_of",
    "root_of_peaks",
    "siblings_of",
    "to_milliseconds",
]
