"""The signed manifest of a submission and its root (design: vault.md; reliability 2, Commitments).

Everything here is data for canonical JSON; hashing and signing are the service's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TypeAlias, cast

from cooperation.responses.rules.audience import Audience, ConsentSettings
from cooperation.responses.rules.draft import AnswerStatus

MANIFEST_KIND = "submission/2"
FIRST_MANIFEST_KIND = "submission/1"
"""Its root held the bare commitments, which did not say which question each of them answers."""

_SETTINGS = ("d01", "d03", "d04")
"""What a manifest calls the settings: by the codes that their questions had at first."""

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
            "settings": dict(zip(_SETTINGS, astuple(self.settings), strict=True)),
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


@dataclass(frozen=True)
class SignedSubmission:
    """What a verified manifest binds: which answers a State signed, and where the log says so.

    `entry` is the number of the submission's entry in the log.
    """

    id: str
    kind: str
    edition: str
    questionnaire_hash: str
    state_code: str
    number: int
    submitted_at: datetime
    root: bytes
    entry: int
    answers: Mapping[str, ManifestAnswer]

    @property
    def is_provable(self) -> bool:
        """Whether one answer can be proved without the others: not of the first kind."""
        return self.kind == MANIFEST_KIND

    def stands(self, state_code: str, question: str, commitment: bytes) -> bool:
        """Tell whether this State signed this commitment as the one of this question."""
        found = self.answers.get(question)
        is_own = self.state_code == state_code
        return is_own and found is not None and found.commitment == commitment

    def leaves(self) -> tuple[bytes, ...]:
        """Return the leaves of the submission's tree, in their order."""
        return root_leaves(self.edition, self.questionnaire_hash, self.answers.values())


def root_leaves(
    edition: str, questionnaire_hash: str, answers: Iterable[ManifestAnswer]
) -> tuple[bytes, ...]:
    """Return the leaves of a submission's tree: edition, set of questions, a leaf for each answer.

    A leaf says which question it answers, for whom and whether it does, so that one answer can be
    proved to a reader without showing her any other (docs/decisions, 6).
    """
    return (
        f"edition {edition}".encode(),
        f"questionnaire {questionnaire_hash}".encode(),
        *sorted(answer_leaf(answer) for answer in answers),
    )


def answer_leaf(answer: ManifestAnswer) -> bytes:
    """Return what a submission's tree holds of one question."""
    words = ("answer", answer.question, answer.audience, answer.status, answer.commitment.hex())
    return " ".join(words).encode()


def leaves_of_manifest(manifest: Mapping[str, object]) -> tuple[bytes, ...]:
    """Return the leaves of the tree whose root a parsed manifest names, of either kind.

    Raises `ValueError` for a manifest of another kind or shape.
    """
    try:
        edition, questionnaire = str(manifest["edition"]), str(manifest["questionnaire"])
        answers = answers_of_manifest(manifest)
        if manifest["kind"] == MANIFEST_KIND:
            return root_leaves(edition, questionnaire, answers)
        if manifest["kind"] != FIRST_MANIFEST_KIND:
            raise ValueError("a manifest of another kind")
    except (KeyError, TypeError) as failure:
        raise ValueError("no manifest") from failure
    return (*root_leaves(edition, questionnaire, ()), *sorted(each.commitment for each in answers))


def answers_of_manifest(manifest: Mapping[str, object]) -> tuple[ManifestAnswer, ...]:
    """Return what a parsed manifest says of each question; raises `ValueError`."""
    rows = cast("Iterable[tuple[str, str, str, str]]", manifest.get("answers"))
    try:
        return tuple(
            ManifestAnswer(code, Audience(audience), AnswerStatus(status), bytes.fromhex(text))
            for code, audience, status, text in rows
        )
    except TypeError as failure:
        raise ValueError("a manifest with another shape") from failure


def sealed_key_hash(manifest: Mapping[str, object], circle: str) -> str | None:
    """Return the hash in hex of the key that a parsed manifest says it sealed to a circle with."""
    circles = manifest.get("circles")
    if not isinstance(circles, list):
        return None
    return next((str(key_hash) for name, _version, key_hash in circles if name == circle), None)
