"""A submission as a sealed PDF, for its own State (design: reliability 2).

The answers are checked against what the signatory signed before they are printed. The print is made
anew each time; all of it but the seal follows from the submission, the log's key and the verifier.
"""

from dataclasses import astuple
from decimal import Decimal, InvalidOperation

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.core.downloads import PDF, Download
from cooperation.editions import service as editions
from cooperation.editions.rules import (
    BLANK,
    Answer,
    Column,
    ColumnType,
    Function,
    Question,
    Questionnaire,
    Row,
    cell_text,
    option_text,
    row_text,
)
from cooperation.offline import verifier_hash
from cooperation.responses import queries
from cooperation.responses.rules import (
    SETTINGS,
    AnswerStatus,
    Audience,
    OpenedAnswer,
    SignedSubmission,
    Submission,
    SubmittedAnswer,
)
from cooperation.responses.submitted.service.signed import NotSignedError, signed_submissions
from cooperation.responses.submitted.service.submissions import open_answers, own_submission
from cooperation.typeset.printed import (
    PrintedAudience,
    PrintedFile,
    PrintedPart,
    PrintedProof,
    PrintedQuestion,
    PrintedSeal,
    PrintedSetting,
    PrintedStatus,
    PrintedTable,
    SubmissionPrint,
)
from cooperation.typeset.submission import compile_submission, printed_day, printed_number
from cooperation.typeset.texts import organisation_name
from cooperation.vault.errors import SignerRefusedError
from cooperation.vault.pdf_seal import SealMark, open_seal

_LANGUAGE = "en"
"""The language whose texts for documents are there; answers stay in their own."""


def print_submission(ctx: RequestContext, submission_id: str) -> Download:
    """Return a submission of the own State as a file; counted as an export, and logged.

    Raises `NotFound`, `StepUpNeeded`, `ExportLimitReached`, and what `submission_pdf` raises.
    """
    require(ctx.actor, Permission.DOWNLOAD_RECEIPT)
    submission = own_submission(ctx, submission_id)
    require_step_up(ctx.actor, Permission.DOWNLOAD_RECEIPT, ctx.now)
    accounts.count_export(ctx)
    content = submission_pdf(ctx, submission.id)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="submission.printed",
        at=ctx.now,
        edition=submission.edition,
        states=(submission.state_code,),
        submission=submission.id,
        version=submission.number,
    )
    return Download(f"submission-{reference(ctx, submission, '-')}.pdf", PDF, content)


def submission_pdf(ctx: RequestContext, submission_id: str) -> bytes:
    """Return a submission of the own State as a sealed PDF; the caller judges and logs.

    Raises `NotFound`, `NotSignedError`, `CannotOpen`, `SealRefusedError`.
    """
    submission = own_submission(ctx, submission_id)
    seal = open_seal(ctx.settings, organisation=organisation_name(), now=ctx.now)
    document = compile_submission(_print_of(ctx, submission, seal.mark))
    reason = f"Submission {reference(ctx, submission)}, root {submission.root.hex()}"
    return seal.seal(document.content, reason=reason, place=ctx.settings.organisation_place)


def reference(ctx: RequestContext, submission: Submission, mark: str = "/") -> str:
    """Return what a submission is called: year, State and number."""
    year = editions.edition_name(ctx.session, submission.edition)
    return mark.join((year, submission.state_code, str(submission.number)))


def _print_of(ctx: RequestContext, submission: Submission, mark: SealMark) -> SubmissionPrint:
    signed = signed_submissions(ctx, [submission.id]).get(submission.id)
    if signed is None:
        raise NotSignedError
    edition = editions.edition(ctx.session, submission.edition)
    questionnaire = editions.questionnaire_of(ctx.session, edition)
    participants = editions.participants(ctx.session, edition.id)
    names = {each.state_code: each.name for each in participants}
    return SubmissionPrint(
        language=_LANGUAGE,
        year=edition.year,
        state=names[submission.state_code],
        reference=reference(ctx, submission),
        number=submission.number,
        submitted_at=submission.submitted_at,
        deadline_on=edition.deadline_on,
        is_late=submission.is_late,
        signed_by=accounts.person_name(ctx.session, ctx.root, submission.submitted_by),
        prepared_by=accounts.person_name(ctx.session, ctx.root, submission.prepared_by),
        is_by_one_person=submission.is_by_one_person,
        settings=_settings(submission, questionnaire),
        parts=_parts(ctx, submission, questionnaire),
        proof=_proof(ctx, signed),
        seal=PrintedSeal(
            mark.subject, mark.issuer, mark.fingerprint, mark.ends_at.date(), mark.is_own
        ),
    )


def _settings(submission: Submission, questionnaire: Questionnaire) -> tuple[PrintedSetting, ...]:
    chosen = astuple(submission.settings)
    questions = (questionnaire.question(questionnaire.code_of(each)) for each in SETTINGS)
    return tuple(
        PrintedSetting(question.code, question.title, option_text(question, option))
        for question, option in zip(questions, chosen, strict=True)
    )


def _proof(ctx: RequestContext, signed: SignedSubmission) -> PrintedProof:
    return PrintedProof(
        root=signed.root.hex(),
        is_by_passkey=queries.approval_of(ctx.session, signed.id) is not None,
        log_entry=signed.entry,
        log_key=_log_key(ctx, signed),
        verifier_sha256=verifier_hash(),
    )


def _log_key(ctx: RequestContext, signed: SignedSubmission) -> str:
    """Return the key that the log is signed with; blank as long as nothing was signed."""
    covering = audit.checkpoint_covering(ctx.session, signed.entry)
    try:
        return audit.log_vkey(ctx.settings, covering.origin if covering else None)
    except SignerRefusedError:
        return ""


def _parts(
    ctx: RequestContext, submission: Submission, questionnaire: Questionnaire
) -> tuple[PrintedPart, ...]:
    rows = queries.answer_rows(ctx.session, (submission.id,))
    opened = open_answers(ctx, rows)
    by_question = {row.question: row for row in rows}
    return tuple(
        PrintedPart(
            part.code,
            part.section,
            part.title,
            tuple(
                _question(
                    question,
                    by_question[question.code],
                    opened.get((submission.state_code, question.code)),
                    _kept_from(ctx, opened.get((submission.state_code, question.code)), submission),
                )
                for question in part.questions
                if question.code in by_question
            ),
        )
        for part in questionnaire.parts
    )


def _question(
    question: Question, row: SubmittedAnswer, opened: OpenedAnswer | None, kept_from: str
) -> PrintedQuestion:
    answer = BLANK if opened is None else opened.answer
    return PrintedQuestion(
        code=question.code,
        title=question.title,
        wording=question.wording,
        status=_status(row, opened),
        audience=PrintedAudience(row.audience),
        choices=tuple(option_text(question, code) for code in answer.choice),
        is_ordered=question.ordered,
        text=_text(question, answer),
        table=_table(question, answer) if answer.rows else None,
        files=tuple(PrintedFile(each.name, each.size, each.sha256) for each in answer.files),
        comment=answer.comment,
        kept_from=kept_from,
        narrowed_on=None if row.narrowed_at is None else row.narrowed_at.date(),
    )


def _kept_from(ctx: RequestContext, opened: OpenedAnswer | None, submission: Submission) -> str:
    is_answered = opened is not None and opened.answer.is_answered
    if opened is None or not is_answered or opened.changed_in == submission.edition:
        return ""
    return editions.edition_name(ctx.session, opened.changed_in)


def _status(row: SubmittedAnswer, opened: OpenedAnswer | None) -> PrintedStatus:
    is_lost = opened is None and row.status == AnswerStatus.ANSWERED
    return PrintedStatus.LOST if is_lost else PrintedStatus(row.status)


def _text(question: Question, answer: Answer) -> str:
    if answer.number is not None:
        return printed_number(_LANGUAGE, answer.number, question.unit)
    if answer.day:
        return printed_day(_LANGUAGE, answer.day)
    return answer.text or ""


def _table(question: Question, answer: Answer) -> PrintedTable:
    columns = question.columns
    is_ticked = all(column.type is ColumnType.TICK for column in columns)
    return PrintedTable(
        columns=tuple(_heading(column) for column in columns),
        rows=tuple(
            (
                row_text(question, row) if question.rows else "",
                *(
                    _ticked(column, row) if is_ticked else _cell(question, column, row)
                    for column in columns
                ),
            )
            for row in answer.rows
        ),
        is_ticked=is_ticked,
    )


def _heading(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _ticked(column: Column, row: Row) -> str:
    return column.title if row.cell(column.code) else ""


def _cell(question: Question, column: Column, row: Row) -> str:
    text = row.cell(column.code)
    if not text:
        return ""
    if question.function is Function.MARKED_ANSWERS and column.code == "audience":
        return str(Audience(text).label)
    if column.type is ColumnType.DATE:
        return printed_day(_LANGUAGE, text)
    if column.type is ColumnType.NUMBER:
        return _number(text)
    return cell_text(column, row)


def _number(text: str) -> str:
    """Return a typed number as the language writes it; as it stands where it is none."""
    try:
        return printed_number(_LANGUAGE, Decimal(text), None)
    except InvalidOperation:
        return text
