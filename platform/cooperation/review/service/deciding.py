"""Decisions: approve one answer, a part, all that is pending; refuse with a reason."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from cooperation.circles.service import OpenBundle
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.responses import service as responses
from cooperation.responses.rules import Submission, SubmittedAnswer
from cooperation.review import queries
from cooperation.review.models import Approval
from cooperation.review.rules import Decision, Verdict, needs_decision, verdict_problem
from cooperation.review.service.decided import (
    REASON_FIELD,
    REASON_KIND,
    DecisionHead,
    decisions,
    find_submission,
)

_MANY = 500


class SubmissionReplacedError(Conflict):
    """The State has submitted again since the officer opened the page."""

    sentence = _("The State has submitted again. Open its submission anew; nothing was decided.")


class DecisionChangedError(Conflict):
    """A colleague has decided on one of the answers since the page was opened."""

    sentence = _("A colleague has decided on one of these answers. Nothing of yours was saved.")


class DecisionFinalError(Conflict):
    """The answer is published."""

    sentence = _("This answer is published. Only the State can take it back.")


def decide(
    ctx: RequestContext,
    edition_id: str,
    state_code: str,
    *,
    submission_id: str,
    verdicts: Mapping[str, Verdict],
) -> int:
    """Decide on answers one by one; return how many decisions are new.

    Raises `Invalid` with the fields `reason.<question>`, `SubmissionReplacedError`,
    `DecisionChangedError`, `DecisionFinalError`.
    """
    submission = _submission_to_decide(ctx, edition_id, state_code, submission_id)
    entered = {
        code: each for code, each in verdicts.items() if each.decision is not Decision.PENDING
    }
    _check_reasons(entered)
    rows = _rows_to_decide(ctx.session, submission, entered)
    known = queries.approvals_of(ctx.session, edition_id, state_code, entered.keys())
    pairs = [(row, known.get((row.question, row.commitment))) for row in rows]
    changed = [
        (row, approval)
        for row, approval in pairs
        if not _is_the_same(ctx, approval, entered[row.question])
    ]
    for row, approval in changed:
        verdict = entered[row.question]
        _check_version(approval, verdict)
        _write(ctx, submission, row, approval, verdict)
        reach("review.decided")
    approved = [row for row, _old in changed if entered[row.question].decision is Decision.APPROVED]
    _log_approved(ctx, submission, approved)
    return len(changed)


def approve_pending(
    ctx: RequestContext,
    edition_id: str,
    state_code: str,
    *,
    submission_id: str,
    part_code: str | None,
) -> int:
    """Approve what nobody has decided on, in one part or in all; return how many answers."""
    submission = _submission_to_decide(ctx, edition_id, state_code, submission_id)
    questionnaire = editions.questionnaire(ctx.session, edition_id)
    chosen = (
        questionnaire.questions if part_code is None else questionnaire.part(part_code).questions
    )
    codes = {question.code for question in chosen}
    known = decisions(ctx.session, edition_id, state_code)
    rows = [
        row
        for row in responses.submission_answers(ctx.session, [submission.id])
        if row.question in codes
        and needs_decision(row.audience, row.status)
        and (row.state_code, row.question, row.commitment) not in known
    ]
    for row in rows:
        _write(ctx, submission, row, None, Verdict(Decision.APPROVED))
    reach("review.all_approved")
    _log_approved(ctx, submission, rows)
    return len(rows)


def close_decisions(session: Session, heads: Iterable[DecisionHead]) -> None:
    """Make decisions final, because their answers are published."""
    ids = [head.id for head in heads if head.id and not head.is_final]
    for start in range(0, len(ids), _MANY):
        session.execute(
            sa.update(Approval)
            .where(Approval.id.in_(ids[start : start + _MANY]))
            .values(is_final=True)
        )


def reopen_decisions(session: Session, heads: Iterable[DecisionHead]) -> None:
    """Let decisions be taken anew, because their answers are no longer published."""
    ids = [head.id for head in heads if head.id]
    session.execute(sa.update(Approval).where(Approval.id.in_(ids)).values(is_final=False))


def _submission_to_decide(
    ctx: RequestContext, edition_id: str, state_code: str, submission_id: str
) -> Submission:
    require(ctx.actor, Permission.REVIEW_ANSWER)
    require_step_up(ctx.actor, Permission.REVIEW_ANSWER, ctx.now)
    submission = find_submission(ctx, edition_id, state_code)
    if submission.id != submission_id:
        raise SubmissionReplacedError
    return submission


def _check_reasons(verdicts: Mapping[str, Verdict]) -> None:
    errors: list[tuple[str, Text]] = []
    for code, verdict in verdicts.items():
        problem = verdict_problem(verdict)
        if problem is not None:
            errors.append((f"reason.{code}", problem))
    if errors:
        raise Invalid(errors=tuple(errors))


def _rows_to_decide(
    session: Session, submission: Submission, verdicts: Mapping[str, Verdict]
) -> list[SubmittedAnswer]:
    rows = responses.submission_answers(session, [submission.id], questions=verdicts.keys())
    found = [row for row in rows if needs_decision(row.audience, row.status)]
    if len(found) < len(verdicts):
        raise NotFound
    return found


def _is_the_same(ctx: RequestContext, approval: Approval | None, verdict: Verdict) -> bool:
    if approval is None or approval.decision != verdict.decision:
        return False
    return verdict.decision is Decision.APPROVED or _reason_of(ctx, approval) == verdict.reason


def _check_version(approval: Approval | None, verdict: Verdict) -> None:
    if approval is not None and approval.is_final:
        raise DecisionFinalError
    if verdict.seen != (approval.version if approval else 0):
        raise DecisionChangedError


def _write(
    ctx: RequestContext,
    submission: Submission,
    row: SubmittedAnswer,
    approval: Approval | None,
    verdict: Verdict,
) -> None:
    version = approval.version + 1 if approval else 1
    if approval is None:
        approval = Approval(
            edition_id=submission.edition,
            state_code=row.state_code,
            question=row.question,
            commitment=row.commitment,
        )
        ctx.session.add(approval)
    approval.version = version
    approval.submission_id = submission.id
    approval.decision = verdict.decision.value
    approval.decided_by, approval.decided_at = ctx.actor.person_id, ctx.now
    approval.bundle_id = approval.sealed_reason = None
    if verdict.decision is Decision.REFUSED:
        _seal_reason(ctx, approval, verdict.reason, version)
        _log_refused(ctx, submission, row, version)


def _seal_reason(ctx: RequestContext, approval: Approval, reason: str, version: int) -> None:
    bundle = thread_bundle(ctx, approval.edition_id, approval.state_code)
    approval.bundle_id = bundle.id
    approval.sealed_reason = bundle.seal(
        kind=REASON_KIND,
        code=approval.question,
        version=version,
        field=REASON_FIELD,
        content=reason.encode(),
    )
    reach("review.reason_sealed")


def thread_bundle(ctx: RequestContext, edition_id: str, state_code: str) -> OpenBundle:
    """Return the bundle that State and Secretariat write to each other in, opened or made."""
    return circles.bundle_for_writing(
        ctx,
        kind=BundleKind.CLARIFICATION,
        edition=edition_id,
        state=state_code,
    )


def _reason_of(ctx: RequestContext, approval: Approval) -> str:
    if approval.bundle_id is None or approval.sealed_reason is None:
        return ""
    bundle = circles.open_bundle(ctx, approval.bundle_id)
    content = bundle.open(
        approval.sealed_reason,
        kind=REASON_KIND,
        code=approval.question,
        version=approval.version,
        field=REASON_FIELD,
    )
    return content.decode()


def _log_approved(
    ctx: RequestContext, submission: Submission, rows: Sequence[SubmittedAnswer]
) -> None:
    if not rows:
        return
    only = rows[0] if len(rows) == 1 else None
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="answer.approved" if only else "answers.approved",
        at=ctx.now,
        edition=submission.edition,
        states=(submission.state_code,),
        questions=tuple(row.question for row in rows),
        submission=submission.id,
        commitment=only.commitment if only else None,
    )
    reach("review.logged")


def _log_refused(
    ctx: RequestContext, submission: Submission, row: SubmittedAnswer, version: int
) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="answer.refused",
        at=ctx.now,
        edition=submission.edition,
        states=(submission.state_code,),
        questions=(row.question,),
        submission=submission.id,
        version=version,
        commitment=row.commitment,
    )
