"""What a print of a submission is made from: words, and of each answer who may read it.

The caller has turned options into words and checked the answers; what people typed is data.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PrintedStatus(StrEnum):
    """What the print says of a question; `LOST` is an answer that its State cannot open now."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    NOT_ASKED = "not_asked"
    LOST = "lost"


class PrintedAudience(StrEnum):
    """Who may read an answer, from the widest to the narrowest."""

    STATES = "states"
    RESTRICTED = "restricted"
    COURT = "court"


@dataclass(frozen=True)
class PrintedTable:
    """The rows of a table; the first cell of each is the row's name, which may be blank.

    `is_ticked`: every cell is ticked or blank, so that a row is told by the columns it ticks.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_ticked: bool = False


@dataclass(frozen=True)
class PrintedFile:
    """A file of an answer, told by what finds it again; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class PrintedQuestion:
    """One question with its answer. `kept_from` is the edition in which the State last changed it.

    `choices` are numbered where the State put them in an order.
    """

    code: str
    title: str
    wording: str
    status: PrintedStatus
    audience: PrintedAudience
    choices: tuple[str, ...] = ()
    is_ordered: bool = False
    text: str = ""
    table: PrintedTable | None = None
    files: tuple[PrintedFile, ...] = ()
    comment: str = ""
    kept_from: str = ""
    narrowed_on: date | None = None


@dataclass(frozen=True)
class PrintedPart:
    """One part of the questionnaire."""

    code: str
    section: str
    title: str
    questions: tuple[PrintedQuestion, ...]


@dataclass(frozen=True)
class PrintedSetting:
    """A choice of the State that governs the whole submission."""

    code: str
    title: str
    answer: str


@dataclass(frozen=True)
class PrintedProof:
    """What proves the submission: its root, its place in the log, and the program that checks.

    `log_key` and `verifier_sha256` are left out where they are blank.
    """

    root: str
    is_by_passkey: bool
    log_entry: int
    log_key: str = ""
    verifier_sha256: str = ""


@dataclass(frozen=True)
class PrintedSeal:
    """The certificate that the file is sealed with."""

    subject: str
    issuer: str
    fingerprint: str
    ends_on: date
    is_own: bool


@dataclass(frozen=True)
class SubmissionPrint:
    """All that the print says; the words around it come from the language's file."""

    language: str
    year: int
    state: str
    reference: str
    number: int
    submitted_at: datetime
    deadline_on: date
    is_late: bool
    signed_by: str
    prepared_by: str
    is_by_one_person: bool
    settings: tuple[PrintedSetting, ...]
    parts: tuple[PrintedPart, ...]
    proof: PrintedProof
    seal: PrintedSeal

    @property
    def questions(self) -> tuple[PrintedQuestion, ...]:
        """All questions in order."""
        return tuple(question for part in self.parts for question in part.questions)
