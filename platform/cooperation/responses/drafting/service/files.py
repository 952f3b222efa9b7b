"""Adding and reading the files of answers: drafts by their State, submitted ones by who may."""

import hashlib
from dataclasses import dataclass, replace

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.core.downloads import Download
from cooperation.core.errors import Invalid, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.core.text import Text
from cooperation.editions.rules import (
    FileRef,
    Question,
    QuestionType,
    file_problem,
    problems,
)
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import (
    Draft,
    Frame,
    codes_needed,
    find_draft_frame,
    find_frame,
    open_draft,
)
from cooperation.responses.drafting.service.scanning import check_for_viruses
from cooperation.responses.drafting.service.writing import begin_draft, write_records
from cooperation.responses.rules import (
    DraftRecord,
    FileRefused,
    OpenedAnswer,
    Seen,
    SubmittedAnswer,
    Versions,
    clean_file,
    content_type_of,
)
from cooperation.responses.rules.uploads import QUOTA, QUOTA_BYTES
from cooperation.responses.submitted.service.storage import read_file, store_file
from cooperation.responses.submitted.service.submissions import (
    is_withheld_from,
    open_rows,
    own_submission,
)
from cooperation.vault.pdf_locks import unlock_pdf


@dataclass(frozen=True)
class FilesPage:
    """The files of one question of a draft."""

    frame: Frame
    question: Question
    part_code: str
    record: DraftRecord
    seen: Seen


def open_files(ctx: RequestContext, *, edition_id: str, question_code: str) -> FilesPage:
    """Return the files of a question of the draft; raises `NotFound`."""
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE)
    question = _file_question(frame, question_code)
    draft = open_draft(ctx, frame, frozenset({question.code}))
    return FilesPage(
        frame, question, question.part, draft.record(question.code), draft.seen(question.code)
    )


def add_file(
    ctx: RequestContext, *, edition_id: str, question_code: str, name: str, content: bytes
) -> FileRef:
    """Seal a file and add it to its answer; raises `Invalid` with the question's field id."""
    frame = find_draft_frame(ctx, edition_id)
    question = _file_question(frame, question_code)
    content = _checked(ctx, frame, question, name, content)
    reach("upload.scanned")
    file = FileRef(
        id=new_id(),
        name=name,
        content_type=content_type_of(name),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    draft = _part_draft(ctx, frame, question)
    before = draft.record(question.code)
    record = DraftRecord(before.answer.with_file(file), before.mark)
    found = problems(question, record.answer)
    if found:
        raise _refused(question, found[0][1])
    frame, bundle = begin_draft(ctx, frame, draft)
    store_file(
        ctx,
        bundle,
        state_code=frame.state_code,
        question=question.code,
        reference=file.id,
        content=content,
    )
    reach("upload.stored")
    draft = replace(draft, bundle=bundle)
    write_records(ctx, frame, draft, {question.code: record}, action="file.stored")
    return file


def _checked(
    ctx: RequestContext, frame: Frame, question: Question, name: str, content: bytes
) -> bytes:
    """Return what is kept of a file; raises `Invalid` with the question's field id."""
    problem = file_problem(question, name, len(content))
    if problem is not None:
        raise _refused(question, problem)
    if queries.file_bytes(ctx.session, frame.state_code) + len(content) > QUOTA_BYTES:
        raise _refused(question, QUOTA)
    try:
        cleaned = clean_file(name, content, unlock_pdf)
        check_for_viruses(ctx.settings.clamav_socket, content)
    except FileRefused as refusal:
        raise _refused(question, refusal.sentence) from refusal
    return cleaned


def remove_file(
    ctx: RequestContext, *, edition_id: str, question_code: str, file_id: str
) -> Versions:
    """Take a file out of its draft answer; return the version that was made of the answer.

    Nobody reads it from now on; its pieces are destroyed with the next act (`begin_draft`), or by
    the server within an hour, so that this one can be undone. Raises `NotFound`.
    """
    frame = find_draft_frame(ctx, edition_id)
    question = _file_question(frame, question_code)
    draft = _part_draft(ctx, frame, question)
    before = draft.record(question.code)
    if before.answer.file(file_id) is None:
        raise NotFound
    record = DraftRecord(before.answer.without_file(file_id), before.mark)
    after = write_records(ctx, frame, draft, {question.code: record}, action="file.removed")
    return {question.code: after.version(question.code)}


def _part_draft(ctx: RequestContext, frame: Frame, question: Question) -> Draft:
    """Open the question's whole part: whether it is done is told from all its answers."""
    part = frame.questionnaire.part(question.part)
    return open_draft(ctx, frame, codes_needed(frame.questionnaire, part))


def draft_file(
    ctx: RequestContext, *, edition_id: str, question_code: str, file_id: str
) -> Download:
    """Return a file of the own draft; raises `NotFound`."""
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE)
    question = _file_question(frame, question_code)
    draft = open_draft(ctx, frame, frozenset({question.code}))
    file = draft.record(question.code).answer.file(file_id)
    if file is None or draft.bundle is None:
        raise NotFound
    return Download(file.name, file.content_type, read_file(ctx.session, draft.bundle, file))


def own_submitted_file(
    ctx: RequestContext, *, submission_id: str, question_code: str, file_id: str
) -> Download:
    """Return a file of a submission of the own State; raises `NotFound`."""
    submission = own_submission(ctx, submission_id)
    rows = queries.answer_rows(ctx.session, (submission.id,), questions=(question_code,))
    if not rows:
        raise NotFound
    return submitted_file(ctx, rows[0], file_id)


def submitted_file(
    ctx: RequestContext, row: SubmittedAnswer, file_id: str, opened: OpenedAnswer | None = None
) -> Download:
    """Return a file of a submitted answer; the caller has judged and logs the reading.

    Raises `NotFound`, `CannotOpen`.
    """
    if is_withheld_from(ctx.actor, row):
        raise NotFound
    bundles = circles.open_bundles(ctx, [row.bundle_id])
    answer = (opened or open_rows(bundles, [row])[0]).answer
    file = answer.file(file_id)
    if file is None:
        raise NotFound
    content = read_file(ctx.session, bundles[row.bundle_id], file)
    return Download(file.name, file.content_type, content)


def _file_question(frame: Frame, code: str) -> Question:
    question = frame.questionnaire.question(code)
    if question.type is not QuestionType.FILE:
        raise NotFound
    return question


def _refused(question: Question, problem: Text) -> Invalid:
    return Invalid(errors=((question.code, problem),))
