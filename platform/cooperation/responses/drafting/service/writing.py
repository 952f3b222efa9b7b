"""Writing new versions of draft answers, and the response they belong to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from cooperation.circles.service import OpenBundle
from cooperation.core.errors import Unavailable
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.editions.rules import Part
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import (
    Draft,
    Frame,
    head_of,
    open_draft,
    parts_without_gaps,
)
from cooperation.responses.models import Response
from cooperation.responses.rules import (
    NO_PAGE,
    DraftRecord,
    PageKey,
    ResponseStatus,
    Saving,
    answers_of,
    gaps_in,
)
from cooperation.responses.submitted.service.filed import copy_filed_files
from cooperation.responses.submitted.service.records import (
    ANSWER_FIELD,
    DRAFT_KIND,
    FIRST_VERSION,
    draft_bytes,
)
from cooperation.responses.submitted.service.storage import destroy_removed, move_files, set_removed


def begin_draft(ctx: RequestContext, frame: Frame, draft: Draft) -> tuple[Frame, OpenBundle]:
    """Return the response and its opened bundle; both are made now where this is the first save.

    After the State's circle was renewed the draft goes on under a new bundle. What an earlier act
    removed is destroyed now.
    """
    if frame.response is not None:
        destroy_removed(ctx.session, frame.response.bundle_id)
        bundle = draft.bundle
        if bundle is not None and circles.is_current(ctx, bundle.row):
            return frame, bundle
        return _go_on_anew(ctx, frame, bundle)
    bundle = _new_bundle(ctx, frame)
    reach("draft.bundle_made")
    response = Response(
        id=new_id(),
        edition_id=frame.edition.id,
        state_code=frame.state_code,
        bundle_id=bundle.id,
        status=ResponseStatus.DRAFTING,
        done_parts="",
        saved_at=ctx.now,
        saved_by=ctx.actor.person_id,
    )
    ctx.session.add(response)
    flush(ctx)
    log_response(ctx, response, "draft.started")
    reach("draft.begun")
    return replace(frame, response=head_of(response), row=response), bundle


def _new_bundle(ctx: RequestContext, frame: Frame) -> OpenBundle:
    return circles.create_bundle(
        ctx,
        kind=BundleKind.DRAFT,
        edition=frame.edition.id,
        state=frame.state_code,
    )


def _go_on_anew(
    ctx: RequestContext, frame: Frame, last: OpenBundle | None
) -> tuple[Frame, OpenBundle]:
    """Give the draft a new bundle, files with it; of a lost one counts what was given back."""
    response, bundle = frame.begun_row, _new_bundle(ctx, frame)
    if last is None:
        done = parts_without_gaps(frame.questionnaire, open_draft(ctx, frame))
        response.done_parts = " ".join(sorted(done))
        copy_filed_files(ctx, bundle, edition_id=frame.edition.id, state_code=frame.state_code)
    else:
        move_files(ctx, last, bundle)
    reach("draft.files_moved")
    response.bundle_id = bundle.id
    flush(ctx)
    return replace(frame, response=head_of(response)), bundle


def log_response(
    ctx: RequestContext, response: Response, action: str, questions: tuple[str, ...] = ()
) -> None:
    """Record an act on a draft; the log names the questions, never what they say."""
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=response.edition_id,
        states=(response.state_code,),
        questions=questions,
        subject=response.id,
    )


def write_records(
    ctx: RequestContext,
    frame: Frame,
    draft: Draft,
    records: Mapping[str, DraftRecord],
    *,
    action: str,
    page: PageKey = NO_PAGE,
) -> Draft:
    """Seal and keep a new version of each record; return the draft as it is now.

    Every write takes the response back to drafting. Raises `Unavailable` where a colleague wrote
    the same in the same instant; the transaction is then rolled back.
    """
    if not records:
        return draft
    frame, bundle = begin_draft(ctx, frame, draft)
    response = frame.begun_row
    sealed = _sealed(frame, bundle, draft, records)
    reach("saving.sealed")
    _write_versions(ctx, response, draft, sealed, page)
    reach("saving.versions_kept")
    _drop_files(ctx, response, draft, records)
    after = draft.with_records(records, sealed, Saving(ctx.actor.person_id, ctx.now, page))
    touched = {frame.questionnaire.question(code).part for code in records}
    _note_progress(ctx, response, after, [frame.questionnaire.part(code) for code in touched])
    flush(ctx)
    reach("saving.progress_noted")
    log_response(ctx, response, action, tuple(records))
    reach("saving.logged")
    return after


def _sealed(
    frame: Frame, bundle: OpenBundle, draft: Draft, records: Mapping[str, DraftRecord]
) -> dict[str, bytes]:
    return {
        code: bundle.seal(
            kind=DRAFT_KIND,
            code=code,
            version=draft.version(code) + 1,
            field=ANSWER_FIELD,
            content=draft_bytes(record),
            state=frame.state_code,
        )
        for code, record in records.items()
    }


def _write_versions(
    ctx: RequestContext,
    response: Response,
    draft: Draft,
    sealed: Mapping[str, bytes],
    page: PageKey,
) -> None:
    """Move each answer to its next version, if it still is the one that was read, and keep it."""
    stamp = {"saved_at": ctx.now, "saved_by": ctx.actor.person_id}
    through = {"page_key": page.key, "page_step": page.step}
    ids = {code: draft.answer_ids.get(code) or new_id() for code in sealed}
    new = [code for code in sealed if code not in draft.answer_ids]
    heads = [
        {"id": ids[code], "response_id": response.id, "question": code, "version": FIRST_VERSION}
        | stamp
        | through
        for code in new
    ]
    known = {ids[code]: draft.version(code) for code in sealed if code in draft.answer_ids}
    kept = [
        {"answer_id": ids[code], "version": draft.version(code) + 1, "sealed": content} | stamp
        for code, content in sealed.items()
    ]
    with _beside_colleagues():
        queries.add_heads(ctx.session, heads)
        if not queries.move_heads(ctx.session, known, stamp | through):
            raise Unavailable
        reach("saving.heads_moved")
        queries.keep_versions(ctx.session, kept)


def _drop_files(
    ctx: RequestContext, response: Response, draft: Draft, records: Mapping[str, DraftRecord]
) -> None:
    gone = [
        file.id
        for code, record in records.items()
        for file in draft.record(code).answer.files
        if record.answer.file(file.id) is None
    ]
    if gone:
        set_removed(ctx.session, response.bundle_id, gone, ctx.now)
        reach("file.removed")


def _note_progress(
    ctx: RequestContext, response: Response, draft: Draft, parts: list[Part]
) -> None:
    answers = answers_of(draft.records)
    done = set(response.done_parts.split()) if response.done_parts else set()
    for part in parts:
        if gaps_in(part.questions, answers):
            done.discard(part.code)
        else:
            done.add(part.code)
    response.done_parts = " ".join(sorted(done))
    response.status = ResponseStatus.DRAFTING
    response.ready_at = response.ready_by = response.ready_hash = None
    response.saved_at, response.saved_by = ctx.now, ctx.actor.person_id


def flush(ctx: RequestContext) -> None:
    """Flush; a colleague's write in the same instant is told as "busy", and all is rolled back."""
    with _beside_colleagues():
        ctx.session.flush()


@contextmanager
def _beside_colleagues() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, StaleDataError) as error:
        raise Unavailable from error
