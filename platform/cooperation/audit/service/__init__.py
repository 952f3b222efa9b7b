"""Use cases of the log, the door of this slice.

Entries: `record` within the caller's transaction; `read_entries` and the readers of other slices;
`log_state`, `root_at`; `verify` recomputes everything.

Checkpoints (design: reliability 2)
    issue_checkpoint(database, settings, root, clock) -> Checkpoint | None
        in a transaction of its own, after the commit; None for an empty log. Never call it while
        the request holds the turn to write: SQLite would wait for itself
    needs_checkpoint(session) -> bool                          asked before the commit
    latest_checkpoint(session) -> Checkpoint | None
    checkpoint_covering(session, seq) -> Checkpoint | None     best cosigned, then newest, of those
        that hold the entry
    proof_of_entry(session, seq, checkpoint) -> str            whole tlog-proof text
    entry_bytes(session, seq) -> bytes                         the leaf's content
    consistency_proof(session, earlier, later) -> list[bytes]
    log_vkey(settings, origin=None) -> str                     the log's public key, to be printed
"""

from cooperation.audit.service.checkpoints import (
    checkpoint_covering,
    consistency_proof,
    entry_bytes,
    issue_checkpoint,
    latest_checkpoint,
    log_vkey,
    needs_checkpoint,
    proof_of_entry,
)
from cooperation.audit.service.entries import (
    LogBrokenError,
    UnknownActionError,
    days_of_readings,
    entries_for,
    events_of_person,
    institution_name,
    last_of,
    log_state,
    openings_by,
    openings_of_state,
    read_entries,
    readings_of_state,
    record,
    root_at,
    statement_entries,
    verify,
    visibility_of,
    wait_for_turn,
)

__all__ = [
    "LogBrokenError",
    "UnknownActionError",
    "checkpoint_covering",
    "consistency_proof",
    "days_of_readings",
    "entries_for",
    "entry_bytes",
    "events_of_person",
    "institution_name",
    "issue_checkpoint",
    "last_of",
    "latest_checkpoint",
    "log_state",
    "log_vkey",
    "needs_checkpoint",
    "openings_by",
    "openings_of_state",
    "proof_of_entry",
    "read_entries",
    "readings_of_state",
    "record",
    "root_at",
    "statement_entries",
    "verify",
    "visibility_of",
    "wait_for_turn",
]
