"""What every use case of a draft begins with: may she, which edition, which response."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Function, Part, Questionnaire, leaves
from cooperation.responses import queries
from cooperation.responses.models import Response
from cooperation.responses.queries import DraftRow
from cooperation.responses.rules import (
    EMPTY_RECORD,
    NEVER_SAVED,
    SETTINGS,
    DraftRecord,
    PageKey,
    ResponseHead,
    ResponseStatus,
    Saving,
    Seen,
    Stored,
    answers_of,
    gaps_in,
    seen_of,
)
from cooperation.responses.submitted.service.filed import filed_records
from cooperation.responses.submitted.service.records import ANSWER_FIELD, DRAFT_KIND, draft_record


class EditionClosedError(Conflict):
    """Responses are taken while the edition is open only."""

    sentence = _("This edition is not open. Nothing was changed.")


class ResponseReadyError(Conflict):
    """The response waits for its signature: it is read-only until somebody reopens it."""

    sentence = _(
        "The response is marked ready for signature. Its answers cannot be changed until a focal "
        "point or the signatory reopens it. Nothing was changed."
    )


class AnswersComingBackError(Conflict):
    """The State was founded again, and what it filed was not given back to it yet."""

    sentence = _(
        "Your State's answers exist, but your new key does not open them yet. The Secretariat and "
        "the Court give them back; nothing is lost. Wait before you write."
    )


@dataclass(frozen=True)
class Frame:
    """A State's response in an edition; `response` is `None` before the first save.

    `row` is what a use case that writes changes; it stays inside the service. `earlier` are the
    editions that this one follows, newest first.
    """

    edition: Edition
    questionnaire: Questionnaire
    state_code: str
    response: ResponseHead | None
    row: Response | None = field(default=None, repr=False, compare=False)
    earlier: tuple[str, ...] = ()

    @property
    def begun(self) -> ResponseHead:
        """The response, where there must be one; raises `NotFound`."""
        if self.response is None:
            raise NotFound
        return self.response

    @property
    def begun_row(self) -> Response:
        """The response's row, to be changed; raises `NotFound` where there is none."""
        if self.row is None:
            raise NotFound
        return self.row

    @property
    def is_ready(self) -> bool:
        """Whether the response waits for its signature, and nobody changes it."""
        return self.response is not None and self.response.status is ResponseStatus.READY

    @property
    def is_submitted(self) -> bool:
        """Whether the draft is as it was submitted."""
        return self.response is not None and self.response.status is ResponseStatus.SUBMITTED

    @property
    def done_parts(self) -> frozenset[str]:
        """Codes of the parts without gaps."""
        return self.response.done_parts if self.response else frozenset()


def find_frame(
    ctx: RequestContext,
    edition_id: str,
    permission: Permission,
    *,
    for_writing: bool = False,
    opens_nothing: bool = False,
) -> Frame:
    """Return the actor's own State's response; raises `NotFound`, `EditionClosedError`.

    An edition that is still prepared, or in which the State takes no part, does not exist for it.
    Raises `AnswersComingBackError` while the State waits for its answers, but for a page that
    `opens_nothing`.
    """
    require(ctx.actor, permission)
    state_code = ctx.actor.state_code
    if state_code is None:
        raise NotFound
    edition, *before = editions.line(ctx.session, edition_id)
    if not edition.is_frozen:
        raise NotFound
    if for_writing and not edition.is_open:
        raise EditionClosedError
    row = queries.response_of(ctx.session, edition.id, state_code, for_writing=for_writing)
    if row is None:
        _require_participant(ctx, edition.id, state_code)
    if not opens_nothing:
        refuse_while_coming_back(ctx)
    questionnaire = editions.questionnaire_of(ctx.session, edition)
    head = None if row is None else head_of(row)
    earlier = tuple(each.id for each in before)
    return Frame(edition, questionnaire, state_code, head, row, earlier)


def find_draft_frame(ctx: RequestContext, edition_id: str) -> Frame:
    """Return the response whose answers the actor is about to change.

    Raises `ResponseReadyError` beside what `find_frame` raises.
    """
    frame = find_frame(ctx, edition_id, Permission.WRITE_ANSWER, for_writing=True)
    if frame.is_ready:
        raise ResponseReadyError
    return frame


def refuse_while_coming_back(ctx: RequestContext) -> None:
    """Raise `AnswersComingBackError` where something can still be given back to the State."""
    if circles.is_waiting_for_return(ctx):
        raise AnswersComingBackError


def head_of(row: Response) -> ResponseHead:
    """Return a response's head from its row."""
    return ResponseHead(
        id=row.id,
        bundle_id=row.bundle_id,
        status=ResponseStatus(row.status),
        done_parts=frozenset(row.done_parts.split()),
        saved_at=row.saved_at,
        ready_by=row.ready_by,
        version=row.version,
        ready_at=row.ready_at,
        ready_hash=row.ready_hash,
    )


def _require_participant(ctx: RequestContext, edition_id: str, state_code: str) -> None:
    participants = editions.participants(ctx.session, edition_id)
    if all(participant.state_code != state_code for participant in participants):
        raise NotFound


def codes_needed(questionnaire: Questionnaire, part: Part) -> frozenset[str] | None:
    """Return the questions to open for a part: its own, those they depend on, the settings.

    `None` means all: the part with the table of marked answers lists every one.
    """
    if any(question.function is Function.MARKED_ANSWERS for question in part.questions):
        return None
    codes = {question.code for question in part.questions}
    codes |= {questionnaire.code_of(function) for function in SETTINGS}
    for question in part.questions:
        if question.asked_when is not None:
            codes |= {leaf.question for leaf in leaves(question.asked_when)}
    return frozenset(codes)


def open_records(
    ctx: RequestContext, bundle: OpenBundle | None, state_code: str, rows: list[DraftRow]
) -> list[DraftRecord]:
    """Return the records behind rows of a draft, in their order.

    What the State lost with its last member is empty; all of it, where there is no bundle.
    """
    found = open_left_records(ctx, bundle, state_code, rows)
    return [EMPTY_RECORD if record is None else record for record in found]


def open_left_records(
    ctx: RequestContext, bundle: OpenBundle | None, state_code: str, rows: list[DraftRow]
) -> list[DraftRecord | None]:
    """Return the records of these rows in their order, `None` for each that no key opens."""
    if bundle is None:
        return [None for _row in rows]
    contents = circles.open_what_is_left(
        ctx,
        bundle,
        [(row.question, row.version, state_code, row.sealed) for row in rows],
        kind=DRAFT_KIND,
        field=ANSWER_FIELD,
    )
    return [None if content is None else draft_record(content) for content in contents]


@dataclass(frozen=True)
class Draft:
    """Opened answers of a draft; `bundle` is `None` before the first save, and where it is lost."""

    stored: Mapping[str, Stored]
    answer_ids: Mapping[str, str]
    bundle: OpenBundle | None

    @property
    def records(self) -> dict[str, DraftRecord]:
        """The records by question."""
        return {code: stored.record for code, stored in self.stored.items()}

    def record(self, question: str) -> DraftRecord:
        """Return a question's record, an empty one where nothing was saved."""
        stored = self.stored.get(question)
        return stored.record if stored else EMPTY_RECORD

    def with_records(
        self, records: Mapping[str, DraftRecord], sealed: Mapping[str, bytes], saving: Saving
    ) -> "Draft":
        """Return the draft as it is once these records are written."""
        stored = dict(self.stored)
        for code, record in records.items():
            seen = seen_of(self.version(code) + 1, sealed[code])
            stored[code] = Stored(record, seen, saving)
        return replace(self, stored=stored)

    def version(self, question: str) -> int:
        """Return a question's present version, 0 where nothing was saved."""
        return self.seen(question).version

    def seen(self, question: str) -> Seen:
        """Return what a page shows of a question."""
        stored = self.stored.get(question)
        return stored.seen if stored else NEVER_SAVED


def stored_of(row: DraftRow, record: DraftRecord) -> Stored:
    """Return what is kept of a question by its row."""
    saving = Saving(row.saved_by, row.saved_at, PageKey(row.page_key, row.page_step))
    return Stored(record, seen_of(row.version, row.sealed), saving)


EMPTY_DRAFT = Draft({}, {}, None)


def open_draft(
    ctx: RequestContext,
    frame: Frame,
    questions: frozenset[str] | None = None,
    *,
    bundle: OpenBundle | None = None,
) -> Draft:
    """Open the present versions, of all questions or of those named.

    For what the State lost with its last member stands what it filed, where that opens.
    """
    if frame.response is None:
        return EMPTY_DRAFT
    rows = queries.draft_rows(ctx.session, frame.response.id, questions)
    opened = bundle or circles.open_left(ctx, (frame.response.bundle_id,)).get(
        frame.response.bundle_id
    )
    left = open_left_records(ctx, opened, frame.state_code, rows)
    pairs = list(zip(rows, left, strict=True))
    lost = [row.question for row, record in pairs if record is None]
    filed = _filed(ctx, frame, lost) if lost else {}
    stored = {
        row.question: stored_of(row, record or filed.get(row.question, EMPTY_RECORD))
        for row, record in pairs
    }
    return Draft(stored, {row.question: row.answer_id for row in rows}, opened)


def parts_without_gaps(questionnaire: Questionnaire, draft: Draft) -> frozenset[str]:
    """Return the codes of the parts of an opened draft in which nothing required is missing."""
    answers = answers_of(draft.records)
    return frozenset(
        part.code for part in questionnaire.parts if not gaps_in(part.questions, answers)
    )


def _filed(ctx: RequestContext, frame: Frame, questions: list[str]) -> dict[str, DraftRecord]:
    return filed_records(
        ctx,
        frame.questionnaire,
        edition_id=frame.edition.id,
        state_code=frame.state_code,
        questions=questions,
    )
