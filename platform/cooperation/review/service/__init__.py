"""Use cases of the review.

For the Secretariat
    list_reviews(ctx, edition_id) -> list[StateReview]          States with status, no content
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
    check_reasons: open every reason of an edition that the person can open
"""

from cooperation.review.service.decided import decisions, own_decisions
from cooperation.review.service.deciding import (
    approve_pending,
    close_decisions,
    decide,
    reopen_decisions,
    thread_bundle,
)
from cooperation.review.service.reading import list_reviews
from cooperation.review.service.verifying import check_reasons

__all__ = [
    "approve_pending",
    "check_reasons",
    "close_decisions",
    "decide",
    "decisions",
    "list_reviews",
    "own_decisions",
    "reopen_decisions",
    "thread_bundle",
]
