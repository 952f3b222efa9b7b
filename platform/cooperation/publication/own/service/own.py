"""A State's own answers after submission: where each stands, and the release of those that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.errors import Invalid, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Part, Question
from cooperation.publication import queries
from cooperation.publication.batches.service.candidates import find_candidates
from cooperation.publication.batches.service.retracting import TakenBack, taken_back
from cooperation.publication.models import Release
from cooperation.publication.rules import Candidate, Standing
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus, Audience, Submission, SubmittedAnswer
from cooperation.review import service as review


@dataclass(frozen=True)
class OwnAnswer:
    """One submitted answer as its own State sees it.

    `can_be_narrowed` tells that others can open it, or a text that was submitted before it.
    """

    question: Question
    audience: Audience
    standing: Standing
    reason: str
    published_at: datetime | None
    narrowed_at: datetime | None
    is_answered: bool
    can_be_narrowed: bool
    taken_back: TakenBack | None = None


@dataclass(frozen=True)
class OwnAnswers:
    """All answers of a State's last submission by part; without a submission there are none."""

    edition: Edition
    submission: Submission | None
    parts: tuple[tuple[Part, tuple[OwnAnswer, ...]], ...]

    @property
    def answers(self) -> tuple[OwnAnswer, ...]:
        """All answers in the order of the questionnaire."""
        return tuple(answer for _part, answers in self.parts for answer in answers)

    def count(self, standing: Standing) -> int:
        """Return how many answers stand so."""
        return sum(answer.standing is standing for answer in self.answers)

    @property
    def waiting(self) -> tuple[OwnAnswer, ...]:
        """The answers that wait for the State's release."""
        return tuple(each for each in self.answers if each.standing is Standing.WAITING)

    @property
    def taken_back(self) -> tuple[OwnAnswer, ...]:
        """The answers that the Secretariat took back as published in error."""
        return tuple(each for each in self.answers if each.taken_back is not None)

    @property
    def refused(self) -> tuple[OwnAnswer, ...]:
        """The answers that the Secretariat refused."""
        return tuple(each for each in self.answers if each.standing is Standing.REFUSED)


def own_answers(ctx: RequestContext, edition_id: str) -> OwnAnswers:
    """Return where the State's answers stand, with the reasons of refusals."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE)
    edition = _own_edition(ctx, edition_id)
    submission = responses.latest_submission(ctx, edition_id, _own_state(ctx))
    if submission is None:
        return OwnAnswers(edition, None, ())
    candidates = find_candidates(ctx, edition_id, [submission])
    rows = {row.question: row for row in responses.submission_answers(ctx.session, [submission.id])}
    reasons = {code: each.reason for code, each in review.own_decisions(ctx, edition_id).items()}
    published = {
        head.question: head.published_at
        for head in queries.published_heads(
            ctx.session, edition_id, state_code=submission.state_code
        )
        if head.retracted_at is None
    }
    gone = taken_back(ctx, edition_id, submission.state_code)
    readable = responses.readable_rows(ctx, edition_id=edition_id)
    parts = tuple(
        (
            part,
            tuple(
                _own_answer(
                    question,
                    rows[question.code],
                    candidates[submission.state_code, question.code],
                    reasons.get(question.code, ""),
                    published.get(question.code),
                    can_be_narrowed=question.code in readable,
                    gone=gone.get(question.code),
                )
                for question in part.questions
                if question.code in rows
            ),
        )
        for part in editions.questionnaire(ctx.session, edition_id).parts
    )
    return OwnAnswers(edition, submission, parts)


def _own_state(ctx: RequestContext) -> str:
    if ctx.actor.state_code is None:
        raise NotFound
    return ctx.actor.state_code


def _own_edition(ctx: RequestContext, edition_id: str) -> Edition:
    edition = editions.visible_edition(ctx, edition_id)
    participants = editions.participants(ctx.session, edition_id)
    if all(each.state_code != _own_state(ctx) for each in participants):
        raise NotFound
    return edition


def _own_answer(
    question: Question,
    row: SubmittedAnswer,
    candidate: Candidate,
    reason: str,
    published_at: datetime | None,
    *,
    can_be_narrowed: bool,
    gone: TakenBack | None,
) -> OwnAnswer:
    return OwnAnswer(
        question=question,
        audience=candidate.audience,
        standing=candidate.standing if row.narrowed_at is None else Standing.NARROWED,
        reason=reason,
        published_at=published_at,
        narrowed_at=row.narrowed_at,
        is_answered=candidate.status is AnswerStatus.ANSWERED,
        can_be_narrowed=can_be_narrowed,
        taken_back=gone if row.narrowed_at is None else None,
    )


def release(ctx: RequestContext, edition_id: str, *, questions: Sequence[str]) -> int:
    """Let approved answers that wait go out; return how many.

    Raises `Invalid`, `StepUpNeeded`, `AnswersComingBackError`.
    """
    require(ctx.actor, Permission.RELEASE_ANSWER)
    require_step_up(ctx.actor, Permission.RELEASE_ANSWER, ctx.now)
    responses.refuse_while_coming_back(ctx)
    submission = responses.latest_submission(ctx, edition_id, _own_state(ctx))
    if submission is None:
        raise NotFound
    candidates = find_candidates(ctx, edition_id, [submission]).values()
    chosen = [each for each in candidates if each.is_waiting and each.item.question in questions]
    if not chosen:
        raise Invalid(errors=(("questions", _("Choose at least one answer to release.")),))
    for each in chosen:  # anew, where the Secretariat took the answer back after a first release
        ctx.session.merge(
            Release(
                edition_id=edition_id,
                state_code=each.item.state_code,
                question=each.item.question,
                commitment=each.item.commitment,
                released_by=ctx.actor.person_id,
                released_at=ctx.now,
            )
        )
    ctx.session.flush()
    reach("release.written")
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="answer.released",
        at=ctx.now,
        edition=edition_id,
        states=(submission.state_code,),
        questions=tuple(each.item.question for each in chosen),
        submission=submission.id,
    )
    return len(chosen)
