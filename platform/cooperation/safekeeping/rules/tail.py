"""What the journal's tail says happened after a backup: read from entries of the log; pure.

Every act is one that takes something away; what was given, published or submitted since is lost
and only told.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cooperation.responses.rules import SUBMISSION_ACTIONS

TAKEN_AWAY = frozenset(
    {
        "person.disabled",
        "person.removed",
        "role.granted",
        "grant.confirmed",
        "invitation.voided",
        "answer.narrowed",
        "answer.retracted",
        "publication.voided",
        "bundle.destroyed",
        "recovery_sheet.used",
        "recovery_sheet.voided",
        "recovery_code.used",
        "passkey.removed",
        "act.used",
        "act.refused",
        "act.withdrawn",
    }
)
"""Acts that are done again."""

TOLD = {
    *SUBMISSION_ACTIONS,
    "publication.published",
    "answer.released",
    "answer.approved",
    "answers.approved",
    "answer.refused",
    "part.saved",
    "answer.saved",
    "person.activated",
    "person.invited",
    "role.granted",
    "password.changed",
    "edition.opened",
    "edition.closed",
    "dispatch.approved",
    "note.delivered",
    "address.saved",
    "root.rotated",
}
"""Acts that are lost, and of which the page of the restore says how many there were."""


class TailRefusedError(ValueError):
    """A line of the journal is no entry of a log."""


@dataclass(frozen=True)
class PastAct:
    """One entry of the journal, as far as a restore needs it."""

    seq: int
    at: datetime
    action: str
    edition: str
    states: tuple[str, ...]
    questions: tuple[str, ...]
    subject: str | None
    submission: str | None
    commitment: bytes | None


@dataclass
class Tail:
    """The acts after a backup, in order."""

    acts: list[PastAct] = field(default_factory=list)

    @property
    def lost_submissions(self) -> list[PastAct]:
        """The submissions that are not in the backup."""
        return [each for each in self.acts if each.action in SUBMISSION_ACTIONS]

    @property
    def counts(self) -> Counter[str]:
        """How many acts of each kind are told about."""
        return Counter(each.action for each in self.acts if each.action in TOLD)


def past_act(line: bytes) -> PastAct:
    """Return what a line of the journal says; raises `TailRefusedError`."""
    try:
        return _past_act(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise TailRefusedError from failure


def _past_act(entry: Mapping[str, Any]) -> PastAct:
    scope, commitment = entry["scope"], entry["commitment"]
    return PastAct(
        seq=int(entry["seq"]),
        at=datetime.fromisoformat(entry["at"]),
        action=str(entry["action"]),
        edition=scope["edition"] or "",
        states=_codes(scope["states"]),
        questions=_codes(scope["questions"]),
        subject=entry["subject"],
        submission=scope["submission"],
        commitment=None if commitment is None else bytes.fromhex(commitment),
    )


def _codes(codes: str | Iterable[str]) -> tuple[str, ...]:
    return () if isinstance(codes, str) else tuple(codes)


def seq_of(line: bytes) -> int:
    """Return the number of the entry on a line of the journal; raises `TailRefusedError`."""
    return past_act(line).seq
