"""Undoing an act on a draft: each answer goes back to what it said before, as a new version.

Nothing is forgotten by it: the versions between stay, and the log has both acts.
"""

from dataclasses import dataclass, replace

from cooperation.access.context import RequestContext
from cooperation.responses import queries
from cooperation.responses.rules import (
    EMPTY_RECORD,
    DraftRecord,
    Saver,
    Versions,
    plan_undoing,
    read_made,
)
from cooperation.responses.service.frame import (
    Draft,
    Frame,
    find_draft_frame,
    open_draft,
    open_left_records,
)
from cooperation.responses.service.storage import has_files
from cooperation.responses.service.writing import begin_draft, write_records


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
    if plan.before:
        frame, bundle = begin_draft(ctx, frame, draft)
        draft = replace(draft, bundle=bundle)
        records = _records_before(ctx, frame, draft, plan.before)
        write_records(ctx, frame, draft, records, action="answers.undone")
    lost = tuple(code for code in plan.before if code not in records)
    return Undone(questions[0].part, tuple(records), plan.changed, lost)


def _records_before(
    ctx: RequestContext, frame: Frame, draft: Draft, versions: Versions
) -> dict[str, DraftRecord]:
    """Return what the answers said in these versions, without what does not come back whole."""
    rows = queries.older_rows(ctx.session, frame.begun.id, dict(versions))
    left = open_left_records(ctx, draft.bundle, frame.state_code, rows)
    found = {row.question: record for row, record in zip(rows, left, strict=True)}
    found |= {code: EMPTY_RECORD for code, version in versions.items() if version == 0}
    return {
        code: record
        for code, record in found.items()
        if record is not None and has_files(ctx, draft.bundle, record.answer.files)
    }
