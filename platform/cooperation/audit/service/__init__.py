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
    LogBrokenError: A sub-tree that must be there is missing
    WitnessUnknownError: none of the signatures is of a witness that the settings name
    days_of_readings: return on which days others opened a State's answers; for the State's own
        people only
    delivered_readings: return the entries of these readings in an edition, without those not
        delivered
    entries_for: return the entries that agree with everything given, oldest first; for other
        slices
    events_of_person: return acts of these kinds by a person or upon her, newest first; for
        accounts
    last_of: return when each object last met this act since then, by its id
    number_since: return how many entries were written after a moment
    openings_by: return what an account has opened of others' answers since then, oldest first
    openings_of_state: return who else opened a State's answers, over all days; for its own
        people only
    readings_of_state: return who else opened a State's answers, by day; for the State's own
        people only
    statement_entries: return the entries with a number above `after` that hold the hash of a
        statement
    wait_for_turn: let one transaction at a time number entries; SQLite's IMMEDIATE has done so
        already
    was_restored: tell whether the instance was ever restored from a backup
"""

from cooperation.audit.service.checking import (
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
    bytes_of_entries,
    days_of_readings,
    delivered_readings,
    entries_for,
    entries_in,
    events_of_person,
    last_of,
    log_state,
    number_of_last,
    number_since,
    openings_by,
    openings_of_state,
    readings_of_state,
    record,
    record_undelivered,
    root_at,
    statement_entries,
    wait_for_turn,
)
from cooperation.audit.service.restores import (
    is_restore_unconfirmed,
    refuse_before_confirmation,
    was_restored,
)
from cooperation.audit.service.verifying import verify
from cooperation.audit.service.witnesses import (
    WitnessUnknownError,
    accept_cosignatures,
    witness_keys,
    witnesses_of,
)

__all__ = [
    "LogBrokenError",
    "WitnessUnknownError",
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
    "wait_for_turn",
    "was_restored",
    "witness_keys",
    "witnesses_of",
]
