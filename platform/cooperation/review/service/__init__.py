"""Use cases of the review.

For the Secretariat
    list_reviews(ctx, edition_id) -> list[StateReview]          States with status, no content
    read_part(ctx, edition_id, state_code, part_code) -> ReviewPage      opens and logs once
    show_part(...) -> ReviewPage                                without content, nothing logged
    read_file(ctx, edition_id, state_code, question_code, file_id) -> Download
    decide(ctx, edition_id, state_code, *, submission_id, verdicts) -> int
        raises Invalid, SubmissionReplacedError, DecisionFinalError, DecisionChangedError
    approve_pending(ctx, edition_id, state_code, *, submission_id, part_code) -> int
For the State
    own_decisions(ctx, edition_id) -> dict[str, OwnDecision]    by question, with opened reasons
For publication
    decisions(session, edition_id, state_code=None) -> dict[DecisionKey, DecisionHead]
    close_decisions(session, heads) -> None                     final once published
    reopen_decisions(session, heads) -> None                    once taken back
    thread_bundle(ctx, edition_id, state_code) -> OpenBundle    for what both sides read
"""

from cooperation.review.service.decided import (
    DecisionHead,
    DecisionKey,
    OwnDecision,
    decisions,
    own_decisions,
)
from cooperation.review.service.deciding import (
    DecisionChangedError,
    DecisionFinalError,
    SubmissionReplacedError,
    approve_pending,
    close_decisions,
    decide,
    reopen_decisions,
    thread_bundle,
)
from cooperation.review.service.reading import (
    ReviewedAnswer,
    ReviewPage,
    StateReview,
    list_reviews,
    read_file,
    read_part,
    show_part,
)

__all__ = [
    "DecisionChangedError",
    "DecisionFinalError",
    "DecisionHead",
    "DecisionKey",
    "OwnDecision",
    "ReviewPage",
    "ReviewedAnswer",
    "StateReview",
    "SubmissionReplacedError",
    "approve_pending",
    "close_decisions",
    "decide",
    "decisions",
    "list_reviews",
    "own_decisions",
    "read_file",
    "read_part",
    "reopen_decisions",
    "show_part",
    "thread_bundle",
]
