"""Narrowing: a submitted answer goes to its State and the Court alone (design: product, vault).

The record is sealed anew with the same salt, so the commitment stays; the record that the
Secretariat could open is overwritten. What was published is the affair of `publication`, which
calls this first.
"""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require_step_up
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.core.db import note_destruction
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.responses import models, queries
from cooperation.responses.drafting.service.frame import find_frame
from cooperation.responses.rules import AnswerStatus, Audience, OpenedAnswer, SubmittedAnswer
from cooperation.responses.signing.service.sealing import seal_answer
from cooperation.responses.submitted.service.storage import copy_files, delete_files
from cooperation.responses.submitted.service.submissions import open_rows


class AlreadyNarrowError(Conflict):
    """The answer is for the Court only already."""

    sentence = _("Only the Court can read this answer already.")


def readable_rows(ctx: RequestContext, *, edition_id: str) -> dict[str, SubmittedAnswer]:
    """Return by question the newest own record that others than State and Court may open.

    A correction leaves the text before it where it is, so all submissions of the edition count.
    """
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE, opens_nothing=True)
    submissions = queries.own_submissions(ctx.session, frame.edition.id, frame.state_code)
    rows = queries.answer_rows(
        ctx.session,
        [row.id for row in submissions],
        audiences=(Audience.STATES, Audience.RESTRICTED),
    )
    answered = [row for row in rows if row.status == AnswerStatus.ANSWERED]
    return {row.question: row for row in sorted(answered, key=lambda row: row.version)}


def narrow_answer(ctx: RequestContext, *, edition_id: str, question_code: str) -> None:
    """Take an answer of all the State's submissions in an edition back to State and Court.

    Raises `StepUpNeeded`, `NotFound`, `AlreadyNarrowError`. Works in a closed edition too.
    """
    frame = find_frame(ctx, edition_id, Permission.NARROW_ANSWER)
    require_step_up(ctx.actor, Permission.NARROW_ANSWER, ctx.now)
    submissions = queries.own_submissions(ctx.session, frame.edition.id, frame.state_code)
    heads = {row.id: row for row in submissions}
    rows = _answered_rows(ctx, heads, question_code)
    readable = [row for row in rows if row.audience != Audience.COURT]
    if not readable:
        raise AlreadyNarrowError
    target = court_bundle(ctx, frame.edition.id, frame.state_code)
    reach("narrowing.bundle_found")
    for row in readable:
        reseal(ctx, heads[row.submission_id], row, target)
    note_destruction(ctx.session)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="answer.narrowed",
        at=ctx.now,
        edition=frame.edition.id,
        states=(frame.state_code,),
        questions=(question_code,),
        submission=submissions[0].id,
    )
    reach("narrowing.logged")


def _answered_rows(
    ctx: RequestContext, heads: dict[str, models.Submission], question_code: str
) -> list[models.SubmissionAnswer]:
    found = [
        ctx.session.get(models.SubmissionAnswer, (submission_id, question_code))
        for submission_id in heads
    ]
    rows = [row for row in found if row is not None and row.status == AnswerStatus.ANSWERED]
    if not rows:
        raise NotFound
    return rows


def court_bundle(ctx: RequestContext, edition_id: str, state_code: str) -> OpenBundle:
    """Return the bundle of a State's answers for the Court alone, opened or made."""
    kind = Audience.COURT.kind
    return circles.bundle_for_writing(ctx, kind=kind, edition=edition_id, state=state_code)


def reseal(
    ctx: RequestContext,
    head: models.Submission,
    row: models.SubmissionAnswer,
    target: OpenBundle,
) -> None:
    """Seal a record and its files under the Court's bundle; what was there is overwritten."""
    source = circles.open_bundle(ctx, row.bundle_id)
    opened = _open(ctx, row, source)
    files = opened.answer.files
    copy_files(ctx, files, source, target, state_code=row.state_code, question=row.question)
    reach("narrowing.files_copied")
    delete_files(ctx.session, source.id, [file.id for file in files])
    row.sealed = seal_answer(target, head, row.question, opened)
    row.bundle_id, row.bundle_kind = target.id, Audience.COURT.kind
    row.audience, row.narrowed_at = Audience.COURT, ctx.now
    ctx.session.flush()
    reach("narrowing.resealed")


def _open(ctx: RequestContext, row: models.SubmissionAnswer, source: OpenBundle) -> OpenedAnswer:
    tuples = queries.answer_rows(ctx.session, (row.submission_id,), questions=(row.question,))
    return open_rows({source.id: source}, tuples)[0]
