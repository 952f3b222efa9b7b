"""Submissions as officers read them, a part at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.downloads import Download
from cooperation.core.errors import NotFound
from cooperation.editions import service as editions
from cooperation.editions.rules import (
    Edition,
    Part,
    Participant,
    Question,
    Questionnaire,
)
from cooperation.responses import service as responses
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    OpenedAnswer,
    Submission,
    SubmittedAnswer,
)
from cooperation.review.queries import ApprovalRow
from cooperation.review.rules import (
    REVIEWED,
    ReviewStatus,
    Tally,
    needs_decision,
    review_status,
    tally_of,
)
from cooperation.review.service.decided import (
    PENDING,
    DecisionHead,
    DecisionKey,
    approvals_by_key,
    decisions,
    find_submission,
    head_of,
    head_or_pending,
    open_reasons,
)


@dataclass(frozen=True)
class StateReview:
    """Where the review of one State stands."""

    participant: Participant
    submission: Submission | None
    tally: Tally | None

    @property
    def status(self) -> ReviewStatus:
        """The status of the review."""
        return review_status(self.tally)


@dataclass(frozen=True)
class ReviewedAnswer:
    """One question of a submission on an officer's page; `opened` is nothing where she may not."""

    question: Question
    audience: Audience
    status: AnswerStatus
    narrowed_at: datetime | None
    head: DecisionHead
    reason: str
    opened: OpenedAnswer | None

    @property
    def needs_decision(self) -> bool:
        """Whether the officer decides on it."""
        return needs_decision(self.audience, self.status)

    @property
    def can_be_decided(self) -> bool:
        """Whether the decision is hers to take still: a published answer is its State's affair."""
        return self.needs_decision and not self.head.is_final

    @property
    def is_readable(self) -> bool:
        """Whether the Secretariat may know more of it than that it exists."""
        return self.audience in REVIEWED


@dataclass(frozen=True)
class ReviewPage:
    """One part of a State's submission, and where the whole stands."""

    edition: Edition
    questionnaire: Questionnaire
    participant: Participant
    submission: Submission
    part: Part
    answers: tuple[ReviewedAnswer, ...]
    tallies: Mapping[str, Tally]
    tally: Tally

    @property
    def can_be_decided(self) -> bool:
        """Whether the part holds an answer on which she may decide."""
        return any(each.can_be_decided for each in self.answers)

    def tally_of_part(self, code: str) -> Tally:
        """Return the tally of a part."""
        return self.tallies.get(code, Tally())

    @property
    def next_part(self) -> Part | None:
        """The next part with something to decide, after this one or from the start."""
        number = self.questionnaire.part_number(self.part.code)
        parts = self.questionnaire.parts[number:] + self.questionnaire.parts[: number - 1]
        return next((part for part in parts if self.tally_of_part(part.code).pending), None)


def list_reviews(ctx: RequestContext, edition_id: str) -> list[StateReview]:
    """Return the States of an edition by name, with where their review stands; opens nothing."""
    require(ctx.actor, Permission.READ_SUBMISSION)
    submissions = {each.state_code: each for each in responses.submissions_of(ctx, edition_id)}
    rows = responses.submission_answers(ctx.session, [each.id for each in submissions.values()])
    known = decisions(ctx.session, edition_id)
    by_state: dict[str, list[SubmittedAnswer]] = {code: [] for code in submissions}
    for row in rows:
        by_state[row.state_code].append(row)
    return [
        StateReview(
            participant,
            submissions.get(participant.state_code),
            _tally(by_state[participant.state_code], known)
            if participant.state_code in submissions
            else None,
        )
        for participant in editions.participants(ctx.session, edition_id)
    ]


def _tally(rows: Sequence[SubmittedAnswer], known: Mapping[DecisionKey, DecisionHead]) -> Tally:
    court = sum(row.audience == Audience.COURT for row in rows)
    found = [
        known.get((row.state_code, row.question, row.commitment), PENDING).decision
        for row in rows
        if needs_decision(row.audience, row.status)
    ]
    return tally_of(found, court=court)


def find_participant(ctx: RequestContext, edition_id: str, state_code: str) -> Participant:
    """Return a State that takes part in the edition; raises `NotFound`."""
    for participant in editions.participants(ctx.session, edition_id):
        if participant.state_code == state_code:
            return participant
    raise NotFound


def read_part(
    ctx: RequestContext, edition_id: str, state_code: str, part_code: str | None
) -> ReviewPage:
    """Open one part of a State's submission for an officer, and log that she read it.

    Without a part: the first with something to decide, else the first.
    """
    page = _part_page(ctx, edition_id, state_code, part_code, with_content=True)
    _log_reading(ctx, page.submission, [each.question.code for each in page.answers if each.opened])
    return page


def show_part(
    ctx: RequestContext, edition_id: str, state_code: str, part_code: str | None
) -> ReviewPage:
    """Return the same page without any answer: what there is to decide, and where to go next."""
    return _part_page(ctx, edition_id, state_code, part_code, with_content=False)


def read_file(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str, file_id: str
) -> Download:
    """Return a file of a submitted answer for an officer, and log it; raises `NotFound`."""
    require(ctx.actor, Permission.READ_SUBMISSION)
    submission = find_submission(ctx, edition_id, state_code)
    rows = responses.submission_answers(
        ctx.session, [submission.id], questions=(question_code,), audiences=tuple(REVIEWED)
    )
    if not rows:
        raise NotFound
    found = responses.submitted_file(ctx, rows[0], file_id)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="file.read",
        at=ctx.now,
        edition=edition_id,
        states=(state_code,),
        questions=(question_code,),
        submission=submission.id,
        subject=file_id,
    )
    return found


def _part_page(
    ctx: RequestContext,
    edition_id: str,
    state_code: str,
    part_code: str | None,
    *,
    with_content: bool,
) -> ReviewPage:
    require(ctx.actor, Permission.READ_SUBMISSION)
    edition = editions.edition(ctx.session, edition_id)
    questionnaire = editions.questionnaire_of(ctx.session, edition)
    participant = find_participant(ctx, edition_id, state_code)
    submission = find_submission(ctx, edition_id, state_code)
    rows = responses.submission_answers(ctx.session, [submission.id])
    approvals = approvals_by_key(ctx, edition_id, state_code)
    heads = {key: head_of(row) for key, row in approvals.items()}
    tallies = _tallies(questionnaire, rows, heads)
    part = _chosen_part(questionnaire, part_code, tallies)
    by_question = {row.question: row for row in rows}
    shown = [by_question[each.code] for each in part.questions if each.code in by_question]
    return ReviewPage(
        edition=edition,
        questionnaire=questionnaire,
        participant=participant,
        submission=submission,
        part=part,
        answers=_answers(ctx, part, shown, approvals, with_content=with_content),
        tallies=tallies,
        tally=_tally(rows, heads),
    )


def _tallies(
    questionnaire: Questionnaire,
    rows: Sequence[SubmittedAnswer],
    heads: Mapping[DecisionKey, DecisionHead],
) -> dict[str, Tally]:
    by_part: dict[str, list[SubmittedAnswer]] = {}
    for row in rows:
        by_part.setdefault(questionnaire.question(row.question).part, []).append(row)
    return {code: _tally(of_part, heads) for code, of_part in by_part.items()}


def _chosen_part(
    questionnaire: Questionnaire, code: str | None, tallies: Mapping[str, Tally]
) -> Part:
    if code is not None:
        return questionnaire.part(code)
    undecided = (part for part in questionnaire.parts if tallies.get(part.code, Tally()).pending)
    return next(undecided, questionnaire.parts[0])


def _answers(
    ctx: RequestContext,
    part: Part,
    rows: Sequence[SubmittedAnswer],
    approvals: Mapping[DecisionKey, ApprovalRow],
    *,
    with_content: bool,
) -> tuple[ReviewedAnswer, ...]:
    decided = {
        row.question: approvals.get((row.state_code, row.question, row.commitment)) for row in rows
    }
    opened: dict[tuple[str, str], OpenedAnswer] = {}
    reasons: dict[str, str] = {}
    if with_content:
        readable = [row for row in rows if needs_decision(row.audience, row.status)]
        opened = responses.open_answers(ctx, readable)
        reasons = open_reasons(ctx, [row for row in decided.values() if row is not None])
    questions = {each.code: each for each in part.questions}
    return tuple(
        ReviewedAnswer(
            question=questions[row.question],
            audience=Audience(row.audience),
            status=AnswerStatus(row.status),
            narrowed_at=row.narrowed_at,
            head=head_or_pending(decided[row.question]),
            reason=reasons.get(head_or_pending(decided[row.question]).id, ""),
            opened=opened.get((row.state_code, row.question)),
        )
        for row in rows
    )


def _log_reading(ctx: RequestContext, submission: Submission, questions: list[str]) -> None:
    if questions:
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="submission.read",
            at=ctx.now,
            edition=submission.edition,
            states=(submission.state_code,),
            questions=tuple(questions),
            submission=submission.id,
        )
