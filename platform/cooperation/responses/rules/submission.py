"""What a submission is to those who read it: its head, its sealed answers, an opened answer."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from cooperation.editions.rules import Answer, parse_canonical
from cooperation.responses.rules.audience import ConsentSettings
from cooperation.responses.rules.draft import ResponseStatus

SUBMITTED = "response.submitted"
SUBMITTED_BY_ONE = "response.submitted_by_one"
SUBMISSION_ACTIONS = (SUBMITTED, SUBMITTED_BY_ONE)
"""What the log calls a submission: by two persons, or by one who prepared and signed."""


@dataclass(frozen=True)
class Submission:
    """An immutable, numbered submission; `root` binds all its answers."""

    id: str
    edition: str
    state_code: str
    number: int
    submitted_at: datetime
    is_late: bool
    settings: ConsentSettings
    root: bytes
    submitted_by: str
    prepared_by: str

    @property
    def is_by_one_person(self) -> bool:
        """Whether one person prepared and signed."""
        return self.submitted_by == self.prepared_by

    @property
    def log_action(self) -> str:
        """What the log calls it."""
        return SUBMITTED_BY_ONE if self.is_by_one_person else SUBMITTED


class SubmittedAnswer(NamedTuple):
    """One question of a submission, sealed; a tuple, because an edition has ten thousand.

    `audience`, `status` and `bundle_kind` hold the values of their enumerations.
    """

    submission_id: str
    state_code: str
    question: str
    bundle_id: str
    bundle_kind: str
    audience: str
    status: str
    version: int
    sealed: bytes
    commitment: bytes
    is_withheld: bool
    narrowed_at: datetime | None


@dataclass(frozen=True)
class OpenedAnswer:
    """A submitted answer in plain: `commit(canonical, salt)` is its commitment.

    `changed_in` is the edition in which the State last changed it.
    """

    canonical: bytes
    salt: bytes
    changed_in: str

    @cached_property
    def answer(self) -> Answer:
        """The answer behind the canonical bytes; raises `UnreadableAnswerError`."""
        return parse_canonical(self.canonical)


@dataclass(frozen=True)
class Progress:
    """How far a State is, without content. `status` is submitted once a submission exists."""

    state_code: str
    status: ResponseStatus
    parts_done: int
    saved_at: datetime | None
