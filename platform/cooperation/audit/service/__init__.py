"""Use cases of the log, the door of this slice.

Entries: `record` within the caller's transaction, last in it where that is its kind (core.last);
`number_of_last`, `entries_in`, `record_undelivered`; `read_entries` and the readers of other
slices; `log_state`, `root_at`; `verify` recomputes everything.

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
    bytes_of_entries(session, *, start, limit) -> list[bytes]  the same of many, for the journal
    current_origin(session, instance) -> str                   the log's name now
    consistency_proof(session, earlier, later) -> list[bytes]
    log_vkey(settings, origin=None) -> str                     the log's public key, to be printed
    signed_archive(settings, origin, parts) -> bytes           a receipt's ZIP with its parts.txt

Restores
    is_restore_unconfirmed(session) -> bool                    a head has not confirmed it yet
    refuse_before_confirmation(session) -> None                raises RestoreUnconfirmedError
    is_checkpoint_due(session, now) -> bool                    hourly, if the log has grown

The log and what was signed (start-up, doctor, audit verify)
    prepare_signer(session, settings, instance) -> None        the key, made once
    require_signed_log(session, settings, instance) -> None    raises SignerRefusedError
    standing_of(session, settings, instance, now) -> Standing
    verify_checkpoints(session, settings, instance) -> int

Witnesses
    witness_keys(settings), witnesses_of(session, settings)
    accept_cosignatures(database, settings, note, now) -> names
"""

from cooperation.audit.service.checking import (
    CheckpointRefusedError,
    Standing,
    prepare_signer,
    require_signed_log,
    standing_of,
    verify_checkpoints,
)
from cooperation.audit.service.checkpoints import (
    checkpoint_covering,
    consistency_proof,
    current_origin,
    entry_bytes,
    is_checkpoint_due,
    issue_checkpoint,
    latest_checkpoint,
    log_vkey,
    needs_checkpoint,
    proof_of_entry,
    signed_archive,
)
from cooperation.audit.service.entries import (
    LogBrokenError,
    UnknownActionError,
    bytes_of_entries,
    days_of_readings,
    delivered_readings,
    entries_for,
    entries_in,
    events_of_person,
    institution_name,
    last_of,
    log_state,
    number_of_last,
    number_since,
    openings_by,
    openings_of_state,
    read_entries,
    readings_of_state,
    record,
    record_undelivered,
    root_at,
    statement_entries,
    visibility_of,
    wait_for_turn,
)
from cooperation.audit.service.restores import (
    RestoreUnconfirmedError,
    is_restore_unconfirmed,
    refuse_before_confirmation,
    was_restored,
)
from cooperation.audit.service.verifying import verify
from cooperation.audit.service.witnesses import (
    Witness,
    WitnessesRefusedError,
    WitnessUnknownError,
    accept_cosignatures,
    witness_keys,
    witnesses_of,
)

__all__ = [
    "CheckpointRefusedError",
    "LogBrokenError",
    "RestoreUnconfirmedError",
    "Standing",
    "UnknownActionError",
    "Witness",
    "WitnessUnknownError",
    "WitnessesRefusedError",
    "accept_cosignatures",
    "bytes_of_entries",
    "checkpoint_covering",
    "consistency_proof",
    "current_origin",
    "days_of_readings",
    "delivered_readings",
    "entries_for",
    "entries_in",
    "entry_bytes",
    "events_of_person",
    "institution_name",
    "is_checkpoint_due",
    "is_restore_unconfirmed",
    "issue_checkpoint",
    "last_of",
    "latest_checkpoint",
    "log_state",
    "log_vkey",
    "needs_checkpoint",
    "number_of_last",
    "number_since",
    "openings_by",
    "openings_of_state",
    "prepare_signer",
    "proof_of_entry",
    "read_entries",
    "readings_of_state",
    "record",
    "record_undelivered",
    "refuse_before_confirmation",
    "require_signed_log",
    "root_at",
    "signed_archive",
    "standing_of",
    "statement_entries",
    "verify",
    "verify_checkpoints",
    "visibility_of",
    "wait_for_turn",
    "was_restored",
    "witness_keys",
    "witnesses_of",
]
