"""What is reviewed, what a decision may be, and where a State's review stands (design: product)."""

from dataclasses import dataclass
from enum import StrEnum

from cooperation.core.text import Text, _
from cooperation.responses.rules import AnswerStatus, Audience

REVIEWED = frozenset({Audience.STATES, Audience.RESTRICTED})
REASON_CHARACTERS = 1000


class Decision(StrEnum):
    """What the Secretariat says of an answer."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def label(self) -> Text:
        """The decision in words."""
        return _DECISION_LABELS[self]

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        return {"pending": "progress", "approved": "done", "refused": "problem"}[self.value]


_DECISION_LABELS = {
    Decision.PENDING: _("To decide"),
    Decision.APPROVED: _("Approved"),
    Decision.REFUSED: _("Refused"),
}


class ReviewStatus(StrEnum):
    """Where the review of one State's submission stands."""

    NOT_SUBMITTED = "not_submitted"
    TO_REVIEW = "to_review"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"

    @property
    def label(self) -> Text:
        """The status in words."""
        return _STATUS_LABELS[self]

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        kinds = {"not_submitted": "neutral", "to_review": "warn", "in_review": "progress"}
        return kinds.get(self.value, "done")


_STATUS_LABELS = {
    ReviewStatus.NOT_SUBMITTED: _("Not submitted"),
    ReviewStatus.TO_REVIEW: _("To review"),
    ReviewStatus.IN_REVIEW: _("In review"),
    ReviewStatus.REVIEWED: _("Reviewed"),
}


@dataclass(frozen=True)
class Tally:
    """How many answers of a submission are pending, approved, refused, or the Court's alone."""

    pending: int = 0
    approved: int = 0
    refused: int = 0
    court: int = 0

    @property
    def to_decide(self) -> int:
        """How many answers the review covers."""
        return self.pending + self.approved + self.refused

    @property
    def decided(self) -> int:
        """How many of them are decided."""
        return self.approved + self.refused


@dataclass(frozen=True)
class Verdict:
    """What an officer enters for one answer.

    `seen` is the version of the decision that her page showed, 0 where nothing was decided.
    """

    decision: Decision
    reason: str = ""
    seen: int = 0


def needs_decision(audience: str, status: str) -> bool:
    """Tell whether the Secretariat decides on this record; both as values of their enumerations."""
    return audience in REVIEWED and status == AnswerStatus.ANSWERED


def review_status(tally: Tally | None) -> ReviewStatus:
    """Return where the review stands; without a submission there is no tally."""
    if tally is None:
        return ReviewStatus.NOT_SUBMITTED
    if tally.pending == 0:
        return ReviewStatus.REVIEWED
    return ReviewStatus.IN_REVIEW if tally.decided else ReviewStatus.TO_REVIEW


def tally_of(decisions: list[Decision], *, court: int) -> Tally:
    """Return the tally of these decisions."""
    return Tally(
        pending=decisions.count(Decision.PENDING),
        approved=decisions.count(Decision.APPROVED),
        refused=decisions.count(Decision.REFUSED),
        court=court,
    )


def verdict_problem(verdict: Verdict) -> Text | None:
    """Say what is wrong with a verdict: a refusal needs a reason that the State can read."""
    if len(verdict.reason) > REASON_CHARACTERS:
        return _("Shorten the reason to %(most)s characters or fewer.", most=REASON_CHARACTERS)
    if verdict.decision is Decision.REFUSED and not verdict.reason:
        return _("Say why this answer cannot be published; the State reads the reason.")
    return None
