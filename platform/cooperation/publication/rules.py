"""What may be published, what binds a batch, who opened an answer (design: product, vault)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from cooperation.access.rules import state_circle
from cooperation.audit.rules import Entry, Scope
from cooperation.core.text import Text, _
from cooperation.responses.rules import AnswerStatus, Audience
from cooperation.review.rules import Decision
from cooperation.vault.encoding import length_prefixed

_COURT_READINGS = frozenset({"court_answer.read", "court_answer.exported"})
_PUBLISHED_READINGS = frozenset({"published.read", "published.exported"})
_REVIEW_READINGS = frozenset({"submission.read"})
_FILE_READINGS = frozenset({"file.read"})


PUBLICATION = "publication"
"""The act of two persons that publishes a batch."""
PUBLISHED_KIND = "published_answer"
ANSWER_FIELD = "answer"
"""Kind and field in the context of a sealed published record."""


class Standing(StrEnum):
    """Where a submitted answer stands, as its own State sees it."""

    EMPTY = "empty"
    IN_REVIEW = "in_review"
    REFUSED = "refused"
    APPROVED = "approved"
    WAITING = "waiting"
    CONFIDENTIAL = "confidential"
    PUBLISHED = "published"
    NARROWED = "narrowed"

    @property
    def label(self) -> Text:
        """The standing in words."""
        return _STANDINGS[self][0]

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        return _STANDINGS[self][1]


_STANDINGS = {
    Standing.EMPTY: (_("No answer"), "neutral"),
    Standing.IN_REVIEW: (_("With the Secretariat"), "progress"),
    Standing.REFUSED: (_("Refused, with a reason"), "problem"),
    Standing.APPROVED: (_("Approved, not yet published"), "progress"),
    Standing.WAITING: (_("Waits for your release"), "warn"),
    Standing.CONFIDENTIAL: (_("Not published"), "neutral"),
    Standing.PUBLISHED: (_("Published"), "done"),
    Standing.NARROWED: (_("Narrowed to the Court"), "court"),
}


@dataclass(frozen=True, order=True)
class Item:
    """One answer of a batch, named by what binds it."""

    state_code: str
    question: str
    submission_id: str
    commitment: bytes

    @property
    def key(self) -> tuple[str, str]:
        """State and question."""
        return self.state_code, self.question


@dataclass(frozen=True)
class Candidate:
    """A record of a State's last submission, with what decides whether it may be published now."""

    item: Item
    audience: Audience
    status: AnswerStatus
    decision: Decision
    decided_at: datetime | None
    needs_release: bool
    is_released: bool
    is_published: bool

    @property
    def is_approved(self) -> bool:
        """Whether the Secretariat found it fit, and it is meant for the States Parties."""
        return self.audience is Audience.STATES and self.decision is Decision.APPROVED

    @property
    def is_ready(self) -> bool:
        """Whether it may go into a batch: approved, released where that is asked, not yet out."""
        is_free = self.is_released or not self.needs_release
        return self.is_approved and is_free and not self.is_published

    @property
    def is_waiting(self) -> bool:
        """Whether only its State's release is missing."""
        is_held = self.needs_release and not self.is_released
        return self.is_approved and is_held and not self.is_published

    @property
    def is_companion(self) -> bool:
        """Whether it says "no answer" or "not asked", and goes out beside its State's answers."""
        is_silent = self.status is not AnswerStatus.ANSWERED
        return self.audience is Audience.STATES and is_silent and not self.is_published

    @property
    def standing(self) -> Standing:
        """Where the answer stands for its own State; narrowing is known elsewhere."""
        if self.status is not AnswerStatus.ANSWERED:
            return Standing.EMPTY
        if self.is_published:
            return Standing.PUBLISHED
        if self.decision is Decision.REFUSED:
            return Standing.REFUSED
        if self.audience is not Audience.STATES:
            return Standing.CONFIDENTIAL
        if self.is_waiting:
            return Standing.WAITING
        return Standing.APPROVED if self.is_approved else Standing.IN_REVIEW


def content_hash(edition: str, items: Iterable[Item]) -> bytes:
    """Return the hash that binds a proposal to its exact list; the order does not matter."""
    fields: list[bytes | str | int] = ["publication/1", edition]
    for item in sorted(items):
        fields += [item.state_code, item.question, item.submission_id, item.commitment]
    return sha256(length_prefixed(*fields)).digest()


def batch_of(candidates: Iterable[Candidate], states: frozenset[str]) -> tuple[Item, ...]:
    """Return the items of a batch: what is ready of these States, and what they left blank."""
    chosen = [each for each in candidates if each.item.state_code in states]
    with_answers = {each.item.state_code for each in chosen if each.is_ready}
    return tuple(
        sorted(
            each.item
            for each in chosen
            if each.is_ready or (each.is_companion and each.item.state_code in with_answers)
        )
    )


def is_still_good(candidate: Candidate | None, item: Item, proposed_at: datetime) -> bool:
    """Tell whether an item may still be published as it was proposed.

    Not after a new submission of another answer, a narrowing, a refusal, or a decision taken anew.
    """
    if candidate is None or candidate.item.commitment != item.commitment:
        return False
    if candidate.is_companion:
        return True
    is_old_decision = candidate.decided_at is not None and candidate.decided_at <= proposed_at
    return candidate.is_ready and is_old_decision


def readings_of(audience: Audience, *, is_published: bool) -> frozenset[str]:
    """Return the acts by which others can have opened an answer with this audience.

    A page of the Court holds published answers too. What is meant for the States Parties and not
    published yet has been open to the Secretariat alone.
    """
    if is_published:
        return _PUBLISHED_READINGS | _COURT_READINGS | _FILE_READINGS
    if audience is Audience.STATES:
        return _REVIEW_READINGS | _FILE_READINGS
    return _REVIEW_READINGS | _COURT_READINGS | _FILE_READINGS


def questions_read(keys: Collection[tuple[str, str]]) -> Scope:
    """Return the questions of a reading by State and question, as true of each of its States.

    Where not every State's answer to each question was read, `all` stands for "all that the reader
    could read": a list would tell a State that others read what they could not.
    """
    states = {state for state, _question in keys}
    questions = {question for _state, question in keys}
    is_even = len(set(keys)) == len(states) * len(questions)
    return tuple(questions) if is_even else "all"


def institutions_that_opened(
    entries: Iterable[Entry], *, state_code: str, question: str, since: datetime
) -> frozenset[str]:
    """Return the institutions, besides the State, whose readings covered this answer.

    `entries` are those of `readings_of` the answer, so that "all that the reader could read" holds
    it.
    """
    return frozenset(
        entry.institution
        for entry in entries
        if entry.at >= since
        and entry.institution != state_circle(state_code)
        and (entry.states == "all" or state_code in entry.states)
        and (entry.questions == "all" or question in entry.questions)
    )
