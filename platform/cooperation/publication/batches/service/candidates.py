"""The records of all last submissions, each with what decides whether it may be published."""

from cooperation.access.context import RequestContext
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from cooperation.circles.service import OpenBundle
from cooperation.publication import queries
from cooperation.publication.rules import Candidate, Item
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus, Audience, Submission
from cooperation.review import service as review
from cooperation.review.rules import Decision

_AUDIENCES = {each.value: each for each in Audience}
_STATUSES = {each.value: each for each in AnswerStatus}

Candidates = dict[tuple[str, str], Candidate]
"""By State and question."""


def find_candidates(
    ctx: RequestContext, edition_id: str, submissions: list[Submission]
) -> Candidates:
    """Return the candidates among the records of these submissions; opens nothing."""
    only = submissions[0].state_code if len(submissions) == 1 else None
    settings = {each.id: each.settings for each in submissions}
    decided = review.decisions(ctx.session, edition_id, only)
    released = queries.release_times(ctx.session, edition_id, only)
    heads = queries.published_heads(ctx.session, edition_id, state_code=only)
    published = {
        (head.state_code, head.question, head.commitment)
        for head in heads
        if head.narrowed_at is None and head.retracted_at is None
    }
    taken_back = {
        (head.state_code, head.question, head.commitment): head.retracted_at
        for head in heads
        if head.retracted_at is not None
    }
    found: Candidates = {}
    for row in responses.submission_answers(ctx.session, list(settings)):
        key = (row.state_code, row.question, row.commitment)
        head = decided.get(key)
        found[row.state_code, row.question] = Candidate(
            item=Item(row.state_code, row.question, row.submission_id, row.commitment),
            audience=_AUDIENCES[row.audience],
            status=_STATUSES[row.status],
            decision=head.decision if head else Decision.PENDING,
            decided_at=head.decided_at if head else None,
            needs_release=settings[row.submission_id].needs_release or key in taken_back,
            is_released=key in released
            and (key not in taken_back or released[key] >= taken_back[key]),
            is_published=key in published,
        )
    return found


def published_bundle(ctx: RequestContext, edition_id: str) -> OpenBundle | None:
    """Return the bundle of a published edition, opened; nothing before the first publication.

    There are more once `assembly` was renewed: `circles.open_lasting` opens what any holds.
    """
    found = circles.find_bundles(ctx, kind=BundleKind.PUBLISHED, edition=edition_id)
    return circles.open_bundle(ctx, found[-1].id) if found else None


def published_bundle_for_writing(ctx: RequestContext, edition_id: str) -> OpenBundle:
    """Return the bundle to publish into, open to the whole assembly; it may be made now."""
    return circles.bundle_for_writing(ctx, kind=BundleKind.PUBLISHED, edition=edition_id)
