"""Checkpoints: what the log said of itself at one moment, under the log's own signature."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ORIGIN = "cooperation.log"
RESTORED = "instance.restored"
"""The act with which a restored instance begins its log anew, under an origin of its own."""

EVIDENCE = frozenset(
    {
        "response.submitted",
        "response.submitted_by_one",
        "publication.published",
        "answer.narrowed",
        "answer.retracted",
        "person.disabled",
        "person.removed",
        RESTORED,
    }
)
"""Acts after whose commit a checkpoint is issued at once."""

DUE_AFTER = timedelta(hours=1)
OVERDUE_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Checkpoint:
    """A signed tree head; `note` is the signed note with the witnesses' cosignatures below it."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str
    witnesses: tuple[str, ...] = ()


def origin_of(instance: str, restored: int) -> str:
    """Return the log's name for an instance that was restored so many times."""
    return f"{ORIGIN}/{instance}/{restored + 1}"
