"""Undoing an act on a draft: each answer goes back to what it said before, as a new version.

Nothing is forgotten by it: the versions between stay, and the log has both acts.
"""

from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.circles.service import OpenBundle
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import (
    Frame,
    find_draft_frame,
    open_draft,
    open_left_records,
)
from cooperation.responses.drafting.service.writing import write_records
from cooperation.responses.rules import (
    EMPTY_RECORD,
    DraftRecord,
    Saver,
    Versions,
    plan_undoing,
    read_made,
)
from cooperation.responses.submitted.service.storage import has_files, set_removed


@dataclass(frozen=True)
class Undone:
    """What undoing an act came to, by question, and the part of the first one.

    `changed` were written since the act and stay; of `lost` the earlier text or file is gone.
    """

    part_code: str
    questions: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[str, ...]


def undo_answers(ctx: RequestContext, *, edition_id: str, made: str) -> Undone:
    """Put back what answers said before an act of the actor's; `made` names what the act wrote.

    Whatever was written since, by anybody, stays. Raises `NotFound`, `FieldsRefused`,
    `EditionClosedError`, `ResponseReadyError`.
    """
    frame = find_draft_frame(ctx, edition_id)
    wanted = read_made(made)
    questions = [frame.questionnaire.question(code) for code in wanted]
    draft = open_draft(ctx, frame)
    plan = plan_undoing(wanted, draft.stored, Saver(ctx.actor.person_id))
    records = {}
    if plan.before and draft.bundle is not None:
        records = _records_before(ctx, frame, draft.bundle, plan.before)
        files = [file.id for record in records.values() for file in record.answer.files]
        set_removed(ctx.session, draft.bundle.id, files, None)
        write_records(ctx, frame, draft, records, action="answers.undone")
    lost = tuple(code for code in plan.before if code not in records)
    return Undone(questions[0].part, tuple(records), plan.changed, lost)


def _records_before(
    ctx: RequestContext, frame: Frame, bundle: OpenBundle, versions: Versions
) -> dict[str, DraftRecord]:
    """Return what the answers said in these versions, without what does not come back whole."""
    rows = queries.older_rows(ctx.session, frame.begun.id, dict(versions))
    left = open_left_records(ctx, bundle, frame.state_code, rows)
    found = {row.question: record for row, record in zip(rows, left, strict=True)}
    found |= {code: EMPTY_RECORD for code, version in versions.items() if version == 0}
    return {
        code: record
        for code, record in found.items()
        if record is not None and has_files(ctx.session, bundle.id, record.answer.files)
    }
