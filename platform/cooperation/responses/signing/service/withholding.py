"""What a State narrowed after the backup that the instance was restored from.

The restored record still lies under the bundle that the Secretariat opens. It is withheld at once,
as any Court-only answer is; the State's next session seals it again to State and Court.
"""

from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.db import Session, note_destruction
from cooperation.core.failpoints import reach
from cooperation.responses import models
from cooperation.responses.rules import AnswerStatus, Audience
from cooperation.responses.signing.service.narrowing import court_bundle, reseal


def withhold(
    session: Session, edition_id: str, state_code: str, question: str, *, at: datetime
) -> int:
    """Withhold an answer of all the State's submissions in an edition; return how many records."""
    rows = session.scalars(
        sa.select(models.SubmissionAnswer)
        .join(models.Submission, models.Submission.id == models.SubmissionAnswer.submission_id)
        .where(
            models.Submission.edition_id == edition_id,
            models.SubmissionAnswer.state_code == state_code,
            models.SubmissionAnswer.question == question,
            models.SubmissionAnswer.status == AnswerStatus.ANSWERED,
            models.SubmissionAnswer.audience != Audience.COURT,
        )
    ).all()
    for row in rows:
        row.is_withheld, row.audience, row.narrowed_at = True, Audience.COURT, at
    session.flush()
    return len(rows)


def withheld_questions(ctx: RequestContext) -> tuple[str, ...]:
    """Return the questions of the actor's own State that wait to be sealed again."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE)
    return tuple(sorted({row.question for _head, row in _withheld(ctx)}))


def seal_withheld(ctx: RequestContext) -> int:
    """Seal what is withheld to State and Court, as the State had decided; return how many.

    No fresh second factor is asked for: the decision is in the log, and nobody reads more by it.
    """
    require(ctx.actor, Permission.NARROW_ANSWER)
    found = _withheld(ctx)
    for edition_id in sorted({head.edition_id for head, _row in found}):
        rows = [(head, row) for head, row in found if head.edition_id == edition_id]
        state_code = rows[0][0].state_code
        target = court_bundle(ctx, edition_id, state_code)
        for head, row in rows:
            narrowed_at = row.narrowed_at
            reseal(ctx, head, row, target)
            row.is_withheld, row.narrowed_at = False, narrowed_at
            reach("resealing.resealed")
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="answers.resealed",
            at=ctx.now,
            edition=edition_id,
            states=(state_code,),
            questions=tuple({row.question for _head, row in rows}),
        )
    ctx.session.flush()
    note_destruction(ctx.session)
    return len(found)


def _withheld(ctx: RequestContext) -> list[tuple[models.Submission, models.SubmissionAnswer]]:
    rows = ctx.session.execute(
        sa.select(models.Submission, models.SubmissionAnswer)
        .join(
            models.SubmissionAnswer,
            models.SubmissionAnswer.submission_id == models.Submission.id,
        )
        .where(
            models.SubmissionAnswer.state_code == ctx.actor.state_code,
            models.SubmissionAnswer.is_withheld,
        )
        .order_by(models.Submission.number, models.SubmissionAnswer.question)
    )
    return [(head, row) for head, row in rows]
