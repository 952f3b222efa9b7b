"""Last year's answers kept: a recorded act with the answer's audience, salt and last change.

Source: design/product.md ("Kept from last year"). What a colleague has already written is not
replaced when a whole part is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.core.errors import Conflict
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.editions.rules import NOTHING_HAS_CHANGED, Answer, Function, Question, problems
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import (
    Draft,
    Frame,
    find_draft_frame,
    find_frame,
    open_draft,
)
from cooperation.responses.drafting.service.writing import begin_draft, write_records
from cooperation.responses.rules import (
    NEVER_SAVED,
    AnswerStatus,
    Audience,
    DraftRecord,
    OpenedAnswer,
    Origin,
    Seen,
    SubmittedAnswer,
    Versions,
    marks_allowed,
)
from cooperation.responses.submitted.service.storage import copy_files
from cooperation.responses.submitted.service.submissions import open_rows

UNCHANGED = Answer(choice=(NOTHING_HAS_CHANGED,))


class NothingToKeepError(Conflict):
    """There is no answer of an earlier year, or it no longer fits the question."""

    sentence = _("There is no earlier answer that can be kept here.")


class AnsweredThisYearError(Conflict):
    """This year's answer says something else, and nobody has agreed to replace just that."""

    sentence = _("Another answer was written this year. Nothing was replaced.")


@dataclass(frozen=True)
class Kept:
    """The questions whose earlier answers were kept, and every version that was written by it."""

    questions: tuple[str, ...]
    made: Versions


def keep_answer(
    ctx: RequestContext, *, edition_id: str, question_code: str, over: Seen = NEVER_SAVED
) -> Kept:
    """Take the State's last answer to one question, in place of what the draft says.

    `over` is the version of this year's answer that the person has seen and lets go. Raises
    `NothingToKeepError`, `AnsweredThisYearError`.
    """
    frame = find_draft_frame(ctx, edition_id)
    question = frame.questionnaire.question(question_code)
    draft = open_draft(ctx, frame)
    records, rows = _earlier_records(ctx, frame, _typed((question,)))
    if not records:
        raise NothingToKeepError
    if _would_replace(draft, records) and draft.seen(question.code) != over:
        raise AnsweredThisYearError
    made = _write_kept(ctx, frame, draft, records, rows)
    return Kept(tuple(records), made)


def _typed(questions: Iterable[Question]) -> dict[str, Question]:
    return {question.code: question for question in questions if not question.derived}


def _would_replace(draft: Draft, records: Mapping[str, DraftRecord]) -> bool:
    """Tell whether any of these records stands against another answer or mark of this year."""
    return any(
        draft.record(code).says_something and not draft.record(code).says_the_same(record)
        for code, record in records.items()
    )


def keep_part(ctx: RequestContext, *, edition_id: str, part_code: str) -> Kept:
    """Take the State's last answers to the questions of a part that are still blank."""
    frame = find_draft_frame(ctx, edition_id)
    part = frame.questionnaire.part(part_code)
    questions = [each for each in part.questions if each.function is not Function.KIND_OF_REPLY]
    return _fill_blanks(ctx, frame, questions)


def keep_everything(ctx: RequestContext, *, edition_id: str) -> Kept:
    """State that nothing has changed: all blank answers are taken over, and the reply says so.

    It does not where something else was written this year: then its kind stays as answered.
    Raises `NothingToKeepError` where the State has no submission of an earlier edition.
    """
    frame = find_draft_frame(ctx, edition_id)
    questions = [
        each
        for each in frame.questionnaire.questions
        if each.function is not Function.KIND_OF_REPLY
    ]
    kept = _fill_blanks(ctx, frame, questions, is_statement=True)
    if not kept.questions:
        raise NothingToKeepError
    return kept


def offers_keeping(ctx: RequestContext, *, edition_id: str) -> bool:
    """Tell whether a reply says that nothing has changed while last year's answers wait.

    Opens that one answer.
    """
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE)
    if frame.response is None or not frame.edition.is_open:
        return False
    code = frame.questionnaire.code_of(Function.KIND_OF_REPLY)
    kind = open_draft(ctx, frame, frozenset({code})).record(code)
    if kind.answer.choice != UNCHANGED.choice:
        return False
    saved = queries.saved_questions(ctx.session, frame.response.id)
    derived = {each.code for each in frame.questionnaire.questions if each.derived}
    earlier = queries.earlier_answered(ctx.session, frame.state_code, frame.earlier)
    return bool(earlier - saved - derived)


def _fill_blanks(
    ctx: RequestContext,
    frame: Frame,
    questions: Iterable[Question],
    *,
    is_statement: bool = False,
) -> Kept:
    draft = open_draft(ctx, frame)
    wanted = {
        code: question
        for code, question in _typed(questions).items()
        if not draft.record(code).says_something
    }
    records, rows = _earlier_records(ctx, frame, wanted)
    if not records:
        return Kept((), {})
    stated = _statement(frame, draft) if is_statement else {}
    made = _write_kept(ctx, frame, draft, stated | records, rows)
    return Kept(tuple(records), made)


def _write_kept(
    ctx: RequestContext,
    frame: Frame,
    draft: Draft,
    records: Mapping[str, DraftRecord],
    rows: Mapping[str, SubmittedAnswer],
) -> Versions:
    """Write earlier answers into the draft; return the versions that were made."""
    frame, bundle = begin_draft(ctx, frame, draft)
    draft = replace(draft, bundle=bundle)
    _copy_all_files(ctx, frame, bundle, records, rows)
    reach("keeping.files_copied")
    after = write_records(ctx, frame, draft, records, action="answers.kept")
    return {code: after.version(code) for code in records}


def _statement(frame: Frame, draft: Draft) -> dict[str, DraftRecord]:
    """Return the new kind of reply; nothing where it says so already, or would not be true."""
    kind = frame.questionnaire.code_of(Function.KIND_OF_REPLY)
    record = draft.record(kind)
    if not kind or record.answer.choice == UNCHANGED.choice:
        return {}
    is_rewritten = any(
        each.answer.is_answered and not each.is_kept
        for code, each in draft.records.items()
        if code != kind and not frame.questionnaire.question(code).derived
    )
    if record.answer.is_answered and is_rewritten:
        return {}
    return {kind: replace(record, answer=UNCHANGED)}


def _earlier_records(
    ctx: RequestContext, frame: Frame, wanted: dict[str, Question]
) -> tuple[dict[str, DraftRecord], dict[str, SubmittedAnswer]]:
    edition, found = queries.earlier_answers(
        ctx.session, frame.state_code, frame.earlier, wanted.keys()
    )
    answered = [row for row in found if row.status == AnswerStatus.ANSWERED]
    bundles = circles.open_left(ctx, sorted({row.bundle_id for row in answered}))
    rows = [row for row in answered if row.bundle_id in bundles]
    records: dict[str, DraftRecord] = {}
    for row, opened in zip(rows, open_rows(bundles, rows), strict=True):
        question = wanted[row.question]
        fits = not problems(question, opened.answer, today=ctx.now.date())
        if fits and not _would_widen(question, row):
            records[row.question] = _kept(question, edition, row, opened)
    return records, {row.question: row for row in rows}


def _would_widen(question: Question, row: SubmittedAnswer) -> bool:
    """Tell whether the State narrowed this answer and no mark can keep it so."""
    return row.narrowed_at is not None and Audience(row.audience) not in marks_allowed(question)


def _kept(
    question: Question, edition: str, row: SubmittedAnswer, opened: OpenedAnswer
) -> DraftRecord:
    audience = Audience(row.audience)
    allowed = marks_allowed(question)
    mark = audience if audience in allowed and audience != allowed[0] else None
    origin = Origin(edition, opened.salt, audience, opened.changed_in)
    return DraftRecord(opened.answer, mark, origin)


def _copy_all_files(
    ctx: RequestContext,
    frame: Frame,
    target: OpenBundle,
    records: Mapping[str, DraftRecord],
    rows: Mapping[str, SubmittedAnswer],
) -> None:
    with_files = {code: record for code, record in records.items() if record.answer.files}
    sources = circles.open_bundles(ctx, sorted({rows[code].bundle_id for code in with_files}))
    for code, record in with_files.items():
        copy_files(
            ctx,
            record.answer.files,
            sources[rows[code].bundle_id],
            target,
            state_code=frame.state_code,
            question=code,
        )
