"""What a State filed stands in for a draft that it lost with its last member.

Once Secretariat and Court have given the filed answers back, the State reads them where it drafted
them, and corrects them from there; what was never submitted stays blank (vault.md, Sign-in).
"""

from collections.abc import Collection, Mapping

from cooperation.access.context import RequestContext
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.editions.rules import Questionnaire
from cooperation.responses import queries
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    DraftRecord,
    SubmittedAnswer,
    marks_allowed,
)
from cooperation.responses.submitted.service.storage import copy_files
from cooperation.responses.submitted.service.submissions import open_rows


def filed_records(
    ctx: RequestContext,
    questionnaire: Questionnaire,
    *,
    edition_id: str,
    state_code: str,
    questions: Collection[str],
) -> dict[str, DraftRecord]:
    """Return what the State's last submission says to these questions, where it opens."""
    rows, bundles = _filed_rows(ctx, edition_id, state_code, questions)
    opened = open_rows(bundles, rows)
    return {
        row.question: DraftRecord(each.answer, _mark(questionnaire, row))
        for row, each in zip(rows, opened, strict=True)
    }


def copy_filed_files(
    ctx: RequestContext, target: OpenBundle, *, edition_id: str, state_code: str
) -> None:
    """Seal the files of the last submission again under the draft's new bundle."""
    rows, bundles = _filed_rows(ctx, edition_id, state_code, None)
    for row, opened in zip(rows, open_rows(bundles, rows), strict=True):
        copy_files(
            ctx,
            opened.answer.files,
            bundles[row.bundle_id],
            target,
            state_code=state_code,
            question=row.question,
        )


def _filed_rows(
    ctx: RequestContext, edition_id: str, state_code: str, questions: Collection[str] | None
) -> tuple[list[SubmittedAnswer], Mapping[str, OpenBundle]]:
    last = queries.latest_submission(ctx.session, state_code, edition_id)
    if last is None:
        return [], {}
    found = queries.answer_rows(ctx.session, (last.id,), questions=questions)
    answered = [row for row in found if row.status == AnswerStatus.ANSWERED]
    bundles = circles.open_left(ctx, sorted({row.bundle_id for row in answered}))
    return [row for row in answered if row.bundle_id in bundles], bundles


def _mark(questionnaire: Questionnaire, row: SubmittedAnswer) -> Audience | None:
    """Return the mark that gives the answer the audience it was filed for."""
    audience = Audience(row.audience)
    allowed = marks_allowed(questionnaire.question(row.question))
    return audience if audience in allowed and audience != allowed[0] else None
