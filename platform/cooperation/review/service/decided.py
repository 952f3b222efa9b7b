"""Decisions as they stand: heads for publication, reasons for the State and the Secretariat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import NotFound
from cooperation.responses import service as responses
from cooperation.responses.rules import Submission
from cooperation.review import queries
from cooperation.review.queries import ApprovalRow
from cooperation.review.rules import Decision

REASON_KIND = "refusal"
REASON_FIELD = "reason"

DecisionKey = tuple[str, str, bytes]
"""State, question and commitment."""


@dataclass(frozen=True)
class DecisionHead:
    """A decision without its reason; `version` is 0 while nothing was decided."""

    id: str
    decision: Decision
    decided_at: datetime | None
    is_final: bool
    version: int


_DECISIONS = {each.value: each for each in Decision}
PENDING = DecisionHead("", Decision.PENDING, None, is_final=False, version=0)


@dataclass(frozen=True)
class OwnDecision:
    """What the Secretariat decided, as the State concerned reads it."""

    decision: Decision
    decided_at: datetime
    reason: str


def head_of(row: ApprovalRow) -> DecisionHead:
    """Return a decision without its reason."""
    return DecisionHead(row.id, _DECISIONS[row.decision], row.decided_at, row.is_final, row.version)


def decisions(
    session: Session, edition_id: str, state_code: str | None = None
) -> dict[DecisionKey, DecisionHead]:
    """Return the decisions of an edition by State, question and commitment."""
    rows = queries.approval_rows(session, edition_id, state_code)
    return {(row.state_code, row.question, row.commitment): head_of(row) for row in rows}


def head_or_pending(row: ApprovalRow | None) -> DecisionHead:
    """Return a decision without its reason, where there is none the pending one."""
    return PENDING if row is None else head_of(row)


def find_submission(ctx: RequestContext, edition_id: str, state_code: str) -> Submission:
    """Return a State's last submission; raises `NotFound`."""
    found = responses.latest_submission(ctx, edition_id, state_code)
    if found is None:
        raise NotFound
    return found


def approvals_by_key(
    ctx: RequestContext, edition_id: str, state_code: str
) -> dict[DecisionKey, ApprovalRow]:
    """Return the decisions on a State's answers as rows, by State, question and commitment."""
    rows = queries.approval_rows(ctx.session, edition_id, state_code)
    return {(row.state_code, row.question, row.commitment): row for row in rows}


def open_reasons(ctx: RequestContext, rows: Sequence[ApprovalRow]) -> dict[str, str]:
    """Return the opened reasons by the decision's id."""
    sealed = [
        (row, row.sealed_reason, row.bundle_id)
        for row in rows
        if row.sealed_reason and row.bundle_id
    ]
    bundles = circles.open_left(ctx, sorted({bundle_id for _row, _reason, bundle_id in sealed}))
    return {
        row.id: bundles[bundle_id]
        .open(
            reason,
            kind=REASON_KIND,
            code=row.question,
            version=row.version,
            field=REASON_FIELD,
            state=row.state_code,
        )
        .decode()
        for row, reason, bundle_id in sealed
        if bundle_id in bundles
    }


def own_decisions(ctx: RequestContext, edition_id: str) -> dict[str, OwnDecision]:
    """Return what was decided on the State's last submission, by question, with reasons."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE)
    state_code = ctx.actor.state_code
    if state_code is None:
        raise NotFound
    submission = find_submission(ctx, edition_id, state_code)
    rows = responses.submission_answers(ctx.session, [submission.id])
    approvals = approvals_by_key(ctx, edition_id, state_code)
    current = [
        approvals[key]
        for row in rows
        if (key := (row.state_code, row.question, row.commitment)) in approvals
    ]
    reasons = open_reasons(ctx, current)
    return {
        row.question: OwnDecision(Decision(row.decision), row.decided_at, reasons.get(row.id, ""))
        for row in current
    }
