"""The signed manifest of a submission and its root (design: vault.md; reliability 2, Commitments).

Everything here is data for canonical JSON; hashing and signing are the service's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cooperation.responses.rules.audience import Audience, ConsentSettings
from cooperation.responses.rules.draft import AnswerStatus

MANIFEST_KIND = "submission/1"

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None


@dataclass(frozen=True)
class ManifestAnswer:
    """One question in the manifest: who may read it, whether it is answered, its commitment."""

    question: str
    audience: Audience
    status: AnswerStatus
    commitment: bytes


@dataclass(frozen=True)
class SealedTo:
    """A circle that the submission was sealed to, as the directory knew it then."""

    circle: str
    version: int
    key_hash: bytes


@dataclass(frozen=True)
class Manifest:
    """What the signatory signs. `supersedes` is the root of the State's last submission."""

    edition: str
    questionnaire_hash: str
    state_code: str
    number: int
    submitted_at: datetime
    is_late: bool
    submitted_by: str
    prepared_by: str
    settings: ConsentSettings
    answers: tuple[ManifestAnswer, ...]
    circles: tuple[SealedTo, ...]
    root: bytes
    supersedes: bytes | None = None

    def members(self) -> dict[str, Json]:
        """Return the manifest as data for canonical JSON."""
        return {
            "kind": MANIFEST_KIND,
            "edition": self.edition,
            "questionnaire": self.questionnaire_hash,
            "state": self.state_code,
            "number": self.number,
            "submitted_at": self.submitted_at.isoformat(),
            "late": self.is_late,
            "submitted_by": self.submitted_by,
            "prepared_by": self.prepared_by,
            "one_person": self.submitted_by == self.prepared_by,
            "settings": vars(self.settings),
            "count": len(self.answers),
            "root": self.root.hex(),
            "supersedes": None if self.supersedes is None else self.supersedes.hex(),
            "answers": [
                [answer.question, answer.audience, answer.status, answer.commitment.hex()]
                for answer in self.answers
            ],
            "circles": [
                [circle.circle, circle.version, circle.key_hash.hex()] for circle in self.circles
            ],
        }


def root_leaves(
    edition: str, questionnaire_hash: str, commitments: Sequence[bytes]
) -> tuple[bytes, ...]:
    """Return the leaves of a submission's tree: edition, set of questions, sorted commitments."""
    return (
        f"edition {edition}".encode(),
        f"questionnaire {questionnaire_hash}".encode(),
        *sorted(commitments),
    )


def sealed_key_hash(manifest: Mapping[str, object], circle: str) -> str | None:
    """Return the hash in hex of the key that a parsed manifest says it sealed to a circle with."""
    circles = manifest.get("circles")
    if not isinstance(circles, list):
        return None
    return next((str(key_hash) for name, _version, key_hash in circles if name == circle), None)
