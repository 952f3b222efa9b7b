"""Narrowing by the State: what she is told before, what happens, what readers see after."""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.core.errors import NotFound
from cooperation.core.failpoints import reach
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Question
from cooperation.publication import queries
from cooperation.publication.batches.service.openings import count_institutions
from cooperation.publication.batches.service.proposing import void_batch
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.rules import readings_of
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus, Audience, OpenedAnswer, SubmittedAnswer


@dataclass(frozen=True)
class NarrowingFacts:
    """What the State is told before it narrows an answer.

    `readable_since` is the publication, or before that the submission, to those of `audience`.
    """

    edition: Edition
    question: Question
    opened: OpenedAnswer
    audience: Audience
    published_at: datetime | None
    submitted_at: datetime
    institutions: int
    is_narrowed: bool

    @property
    def readable_since(self) -> datetime:
        """Since when somebody besides the State could read the answer."""
        return self.published_at or self.submitted_at


def find_narrowing(ctx: RequestContext, edition_id: str, question_code: str) -> NarrowingFacts:
    """Return what the State must know before it narrows an answer; raises `NotFound`."""
    require(ctx.actor, Permission.NARROW_ANSWER)
    state_code = ctx.actor.state_code
    if state_code is None:
        raise NotFound
    question = editions.questionnaire(ctx.session, edition_id).question(question_code)
    row = responses.readable_rows(ctx, edition_id=edition_id).get(question.code)
    is_narrowed = row is None
    if row is None:
        row = _last_row(ctx, edition_id, state_code, question.code)
    submission = responses.own_submission(ctx, row.submission_id)
    published = ctx.session.get(PublishedAnswer, (edition_id, state_code, question.code))
    published_at = published.published_at if published else None
    audience = Audience(row.audience)
    readings = readings_of(audience, is_published=published_at is not None)
    since = published_at or submission.submitted_at
    return NarrowingFacts(
        edition=editions.edition(ctx.session, edition_id),
        question=question,
        opened=responses.open_answers(ctx, [row])[state_code, question.code],
        audience=audience,
        published_at=published_at,
        submitted_at=submission.submitted_at,
        institutions=count_institutions(
            ctx, edition_id, state_code, question.code, since, readings
        ),
        is_narrowed=is_narrowed,
    )


def _last_row(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str
) -> SubmittedAnswer:
    submission = responses.latest_submission(ctx, edition_id, state_code)
    if submission is None:
        raise NotFound
    rows = responses.submission_answers(ctx.session, [submission.id], questions=[question_code])
    if not rows or rows[0].status != AnswerStatus.ANSWERED:
        raise NotFound
    return rows[0]


def narrow(ctx: RequestContext, edition_id: str, question_code: str) -> None:
    """Take an answer back to State and Court: at once, everywhere, with its files.

    The commitment stays; open batches that hold the answer are void. Raises `StepUpNeeded`,
    `NotFound`, `responses.AlreadyNarrowError`.
    """
    responses.narrow_answer(ctx, edition_id=edition_id, question_code=question_code)
    state_code = ctx.actor.state_code or ""
    published = ctx.session.get(PublishedAnswer, (edition_id, state_code, question_code))
    if published is not None:
        published.sealed = None
        published.narrowed_at = ctx.now
        queries.delete_files(ctx.session, edition_id, state_code, question_code)
        ctx.session.flush()
        reach("narrowing.unpublished")
    for batch_id in queries.batches_holding(ctx.session, edition_id, state_code, question_code):
        void_batch(ctx, edition_id, batch_id)
    ctx.session.flush()
    reach("narrowing.proposals_voided")
