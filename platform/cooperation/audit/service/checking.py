"""Is the log still the one that was signed? Asked at the start, by `doctor` and `audit verify`.

The signer's folder stands outside of the database, so that a database that was put back, cut or
rewritten as a whole is found by the host itself; the witnesses find what is done to both.
"""

from dataclasses import dataclass
from datetime import datetime

from cooperation.audit import queries
from cooperation.audit.rules import OVERDUE_AFTER, Checkpoint
from cooperation.audit.service.checkpoints import (
    consistency_proof,
    current_origin,
    head_now,
    latest_checkpoint,
    require_continued,
    require_own,
)
from cooperation.audit.service.entries import LogBrokenError, root_at
from cooperation.core.db import Session
from cooperation.core.errors import Broken
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.vault.errors import SignerRefusedError
from cooperation.vault.signer import Signer, require_growth

_CUT = _("Parts of the log that was signed are missing (docs/operations.md, Restore).")


class CheckpointRefusedError(Broken):
    """A stored checkpoint is not of this log, not signed by its key, or too old."""


@dataclass(frozen=True)
class Standing:
    """How the log stands to what was signed: the newest checkpoint, and the size now."""

    latest: Checkpoint | None
    size: int


def prepare_signer(session: Session, settings: Settings, instance: str) -> None:
    """Make the log's key where nothing was ever signed under its name."""
    signer = Signer(settings.signer_path)
    if not queries.has_checkpoints(session, current_origin(session, instance)):
        signer.make_key()


def require_signed_log(session: Session, settings: Settings, instance: str) -> None:
    """Raise `SignerRefusedError` unless the log continues what this host has signed.

    A log without checkpoints is one that nobody has signed yet; so is a restored one, whose name is
    new.
    """
    signer = Signer(settings.signer_path)
    origin = current_origin(session, instance)
    try:
        last = signer.signed().get(origin)
        latest = latest_checkpoint(session)
        head = head_now(session, instance)
        require_growth(last, head, lambda size: consistency_proof(session, size, head.size))
        require_continued(session, signer, latest, head)
    except LogBrokenError as failure:
        raise SignerRefusedError(_CUT) from failure


def standing_of(session: Session, settings: Settings, instance: str, now: datetime) -> Standing:
    """Return how the log stands to what was signed.

    Raises `SignerRefusedError`, and `CheckpointRefusedError` where the newest checkpoint is not of
    this log, or is older than two hours although the log has grown.
    """
    require_signed_log(session, settings, instance)
    latest = latest_checkpoint(session)
    size = queries.size_of_log(session)
    if latest is not None:
        _require_held(session, latest, size)
        if latest.size < size and now - latest.at > OVERDUE_AFTER:
            raise CheckpointRefusedError(
                _("The log has grown, but no checkpoint was signed for two hours: is it served?")
            )
    return Standing(latest, size)


def verify_checkpoints(session: Session, settings: Settings, instance: str) -> int:
    """Compare every stored checkpoint with the log as it is now; return their number.

    Signatures are verified where this host holds the key. Raises `SignerRefusedError` and
    `CheckpointRefusedError`.
    """
    require_signed_log(session, settings, instance)
    signer = Signer(settings.signer_path)
    size = queries.size_of_log(session)
    number = 0
    for row in queries.all_checkpoints(session):
        checkpoint = Checkpoint(row.origin, row.size, row.root, row.at, row.note)
        _require_held(session, checkpoint, size)
        if signer.has_key and row.origin in signer.signed():
            require_own(checkpoint, signer.public_key(row.origin))
        number += 1
    return number


def _require_held(session: Session, checkpoint: Checkpoint, size: int) -> None:
    """Raise `CheckpointRefusedError` unless the log begins with what the checkpoint says."""
    try:
        is_held = checkpoint.size <= size and root_at(session, checkpoint.size) == checkpoint.root
    except LogBrokenError:
        is_held = False
    if not is_held:
        raise CheckpointRefusedError(
            _(
                "The checkpoint of %(size)s entries (%(origin)s) is not of this log: it was "
                "rewritten or cut.",
                size=checkpoint.size,
                origin=checkpoint.origin,
            )
        )
