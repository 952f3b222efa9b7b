"""CSV of exactly what the reader may read, one row an answer; and files of single answers."""

import hashlib
from collections.abc import Mapping

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.downloads import Download
from cooperation.core.errors import Broken, NotFound
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import FileRef, Participant, Questionnaire, answer_text
from cooperation.publication import queries
from cooperation.publication.reading.service.collecting import (
    Key,
    ReadAnswer,
    Source,
    collect_answers,
    reads_for_court,
)
from cooperation.publication.reading.service.reading import find_participant, log_reading
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus
from cooperation.typeset.spreadsheet import Cell, write_csv

HEADER: tuple[Text, ...] = (
    _("Edition"),
    _("State code"),
    _("State"),
    _("Regional group"),
    _("Part"),
    _("Question"),
    _("Title"),
    _("Who may read"),
    _("Status"),
    _("Answer"),
    _("Codes of options"),
    _("Published on"),
    _("Narrowed on"),
    _("Last changed in"),
    _("Commitment"),
)

STATUS_LABELS: dict[AnswerStatus, Text] = {
    AnswerStatus.ANSWERED: _("Answered"),
    AnswerStatus.NO_ANSWER: _("No answer"),
    AnswerStatus.NOT_ASKED: _("Not asked"),
}


def export_answers(
    ctx: RequestContext,
    edition_id: str,
    *,
    state_code: str | None = None,
    question_code: str | None = None,
) -> Download:
    """Return what the reader may read as CSV, of all or one State, all or one question; log it.

    Raises `StepUpNeeded`, `NotFound`, and `ExportLimitReached` after ten within an hour.
    """
    found = collect_for_export(ctx, edition_id, state_code=state_code, question_code=question_code)
    content = write_csv(
        [str(title) for title in HEADER],
        _rows(
            ctx,
            edition_id,
            editions.questionnaire(ctx.session, edition_id),
            editions.participants(ctx.session, edition_id),
            found,
        ),
        with_byte_order_mark=True,
    )
    name = editions.edition_name(ctx.session, edition_id)
    scope = "-".join(filter(None, (name, state_code, question_code)))
    return Download(f"answers-{scope}.csv", "text/csv; charset=utf-8", content)


def collect_for_export(
    ctx: RequestContext, edition_id: str, *, state_code: str | None, question_code: str | None
) -> dict[Key, ReadAnswer]:
    """Open what an export holds, judged, counted and logged as one; raises as the exports do."""
    require(ctx.actor, Permission.EXPORT_PUBLISHED)
    require_step_up(ctx.actor, Permission.EXPORT_PUBLISHED, ctx.now)
    editions.visible_edition(ctx, edition_id)
    questionnaire = editions.questionnaire(ctx.session, edition_id)
    if state_code is not None:
        find_participant(ctx, edition_id, state_code)
    questions = () if question_code is None else (questionnaire.question(question_code).code,)
    accounts.count_export(ctx)
    found = collect_answers(
        ctx,
        edition_id,
        state_code=state_code,
        questions=questions,
        with_confidential=reads_for_court(ctx),
        sifts=True,
    )
    log_reading(ctx, edition_id, found.values(), act="exported")
    return found


def _rows(
    ctx: RequestContext,
    edition_id: str,
    questionnaire: Questionnaire,
    participants: list[Participant],
    found: Mapping[Key, ReadAnswer],
) -> list[list[Cell]]:
    sources = {source: str(source.label) for source in Source}
    statuses = {status: str(label) for status, label in STATUS_LABELS.items()}
    rows: list[list[Cell]] = []
    for participant in participants:
        for question in questionnaire.questions:
            read = found.get((participant.state_code, question.code))
            if read is None:
                continue
            opened = read.opened if read.has_content else None
            answer = opened.answer if opened else None
            rows.append(
                [
                    editions.edition_name(ctx.session, edition_id),
                    participant.state_code,
                    participant.name,
                    participant.group,
                    question.part,
                    question.code,
                    question.title,
                    sources[read.source],
                    statuses[read.status] if read.is_open else _closed(read),
                    answer_text(question, answer) if answer else "",
                    " ".join(answer.choice) if answer else "",
                    read.published_at.date() if read.published_at else None,
                    read.narrowed_at.date() if read.narrowed_at else None,
                    editions.edition_name(ctx.session, opened.changed_in) if opened else "",
                    read.commitment.hex(),
                ]
            )
    return rows


def download_file(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str, file_id: str
) -> Download:
    """Return a file of an answer that the reader may read, and log it; raises `NotFound`."""
    editions.visible_edition(ctx, edition_id)
    court = reads_for_court(ctx)
    found = collect_answers(
        ctx,
        edition_id,
        state_code=state_code,
        questions=(question_code,),
        with_confidential=court,
    )
    read = found.get((state_code, question_code))
    file = read.opened.answer.file(file_id) if read and read.is_open else None
    if read is None or file is None:
        raise NotFound
    if read.source is Source.PUBLISHED:
        content = published_content(ctx, edition_id, file)
    else:
        content = _confidential_content(ctx, edition_id, read, file)
    if state_code != ctx.actor.state_code:
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="file.read",
            at=ctx.now,
            edition=edition_id,
            states=(state_code,),
            questions=(question_code,),
            subject=file.id,
        )
    return Download(file.name, file.content_type, content)


def published_content(ctx: RequestContext, edition_id: str, file: FileRef) -> bytes:
    """Return a published file; raises `Broken` where it is not the one that was filed."""
    row = queries.published_file(ctx.session, edition_id, file.id)
    if row is None:
        raise NotFound
    bundle = circles.open_bundle(ctx, row.bundle_id)
    content = bundle.open_file(row.header, queries.published_chunks(ctx.session, row.id))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Broken
    return content


def _confidential_content(
    ctx: RequestContext, edition_id: str, read: ReadAnswer, file: FileRef
) -> bytes:
    last = next(
        each
        for each in responses.submissions_of(ctx, edition_id)
        if each.state_code == read.state_code
    )
    rows = responses.submission_answers(ctx.session, [last.id], questions=(read.question,))
    return responses.submitted_file(ctx, rows[0], file.id, read.opened).content


def _closed(read: ReadAnswer) -> str:
    """Say why a record that was published is not there, or not shown."""
    if read.is_doubtful:
        return str(_("Not shown: not what the State signed"))
    if read.narrowed_at is None and read.retracted_at is not None:
        return str(_("Taken back: published in error"))
    return str(_("Narrowed by the State"))
