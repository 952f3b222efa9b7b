"""Answering a part: the page's data, saving beside colleagues, keeping last year's answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.core.text import Text
from cooperation.editions.rules import (
    Answer,
    Finding,
    Function,
    Part,
    Question,
    condition_words,
    is_asked,
    unfit_findings,
)
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import (
    Draft,
    Frame,
    codes_needed,
    find_draft_frame,
    find_frame,
    open_draft,
    open_records,
    stored_of,
)
from cooperation.responses.drafting.service.reopening import (
    ReadyMark,
    Reopened,
    ready_mark,
    reopened,
)
from cooperation.responses.drafting.service.writing import write_records
from cooperation.responses.rules import (
    NO_PAGE,
    AnswerConflict,
    AnswerStatus,
    Audience,
    ConsentSettings,
    DraftRecord,
    Entry,
    Fields,
    OpenedAnswer,
    PageKey,
    Saver,
    Seen,
    Settled,
    Settling,
    Stored,
    Submission,
    SubmittedAnswer,
    answers_of,
    audience_of,
    consent_of,
    entry_problems,
    marked_answers,
    marks_allowed,
    merge,
    read_entries,
    settle,
    stale_versions,
)
from cooperation.responses.submitted.service.submissions import latest_submission, open_rows


@dataclass(frozen=True)
class EarlierAnswer:
    """What the State submitted last for a question in an earlier edition."""

    edition: str
    row: SubmittedAnswer
    opened: OpenedAnswer

    @property
    def is_answered(self) -> bool:
        """Whether there was an answer that can be kept."""
        return self.row.status == AnswerStatus.ANSWERED

    @property
    def answer(self) -> Answer:
        """The answer in plain."""
        return self.opened.answer


@dataclass(frozen=True)
class QuestionEntry:
    """One question with what the State has of it; `problems` say why parts of it do not count."""

    question: Question
    record: DraftRecord
    seen: Seen
    audience: Audience
    marks: tuple[Audience, ...]
    is_asked: bool
    condition: Text | None
    is_narrowed: bool
    problems: tuple[Finding, ...] = ()
    earlier: EarlierAnswer | None = None

    @property
    def has_other_this_year(self) -> bool:
        """Whether keeping the earlier answer would replace what was written this year."""
        can_keep = self.earlier is not None and self.earlier.is_answered
        return can_keep and self.record.says_something and not self.record.is_kept


@dataclass(frozen=True)
class OpenedDraft:
    """An opened draft with what decides on audiences: consent, and what was narrowed before."""

    frame: Frame
    draft: Draft
    narrowed: frozenset[str]
    today: date

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """The answers by question."""
        return answers_of(self.draft.records)

    @cached_property
    def consent(self) -> ConsentSettings:
        """The settings in force."""
        return consent_of(self.frame.questionnaire, self.answers)

    def of(self, question: Question, earlier: EarlierAnswer | None = None) -> QuestionEntry:
        """Return what the State has of one question."""
        record = self.draft.record(question.code)
        condition: Text | None = None
        if question.asked_if is not None:
            condition = condition_words(self.frame.questionnaire, question.asked_if)
        return QuestionEntry(
            question=question,
            record=record,
            seen=self.draft.seen(question.code),
            audience=audience_of(question, record.mark, self.consent, narrowed=self.narrowed),
            marks=marks_allowed(question),
            is_asked=is_asked(question, self.answers),
            condition=condition,
            is_narrowed=question.code in self.narrowed,
            problems=unfit_findings(question, record.answer, today=self.today),
            earlier=earlier,
        )


@dataclass(frozen=True)
class PartPage:
    """A part's page: its questions, the consent in force, when the draft was last saved.

    `marked` are the rows of the table of marked answers, where the part holds it; `submission` is
    the edition's latest.
    """

    frame: Frame
    part: Part
    questions: tuple[QuestionEntry, ...]
    consent: ConsentSettings
    marked: tuple[tuple[Question, Audience], ...]
    ready: ReadyMark | None = None
    reopened: Reopened | None = None
    submission: Submission | None = None

    @property
    def is_as_submitted(self) -> bool:
        """Whether nothing was changed since the latest submission."""
        return self.submission is not None and self.frame.is_submitted

    @property
    def saved_at(self) -> datetime | None:
        """When the draft was last saved, by whomever."""
        return self.frame.response.saved_at if self.frame.response else None


@dataclass(frozen=True)
class SaveResult:
    """What a save came to. Everything is written but what is refused or in conflict.

    `seen` holds what a page shows from now on, of each question whose answer is kept just as the
    page says it; a page that shows an older text goes on with what it had. `problems` are those of
    what was written, as typed: it is kept and does not count yet; `unfit` are those of all that is
    asked in the part, as it is now. `differs_from` is the submission
    that the draft has been changed since, `is_first_change` whether it was so until now.
    """

    at: datetime
    written: tuple[str, ...]
    seen: Mapping[str, Seen]
    refused: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()
    unfit: tuple[Finding, ...] = ()
    conflicts: tuple[AnswerConflict, ...] = ()
    joined: DraftRecord | None = None
    differs_from: int | None = None
    is_first_change: bool = False

    @property
    def left_out(self) -> tuple[str, ...]:
        """The questions that were not saved, as they stand on the page."""
        missing = {*self.refused, *(conflict.question for conflict in self.conflicts)}
        return tuple(sorted(missing))


def open_part(ctx: RequestContext, *, edition_id: str, part_code: str) -> PartPage:
    """Return a part with its draft answers and last year's; raises `NotFound`."""
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE)
    part = frame.questionnaire.part(part_code)
    codes = frozenset(question.code for question in part.questions)
    edition, rows = queries.earlier_answers(ctx.session, frame.state_code, frame.earlier, codes)
    bundles = {row.bundle_id for row in rows}
    if frame.response is not None:
        bundles.add(frame.response.bundle_id)
    opened = circles.open_left(ctx, sorted(bundles))
    rows = [row for row in rows if row.bundle_id in opened]
    own = opened.get(frame.response.bundle_id) if frame.response else None
    draft = open_draft(ctx, frame, codes_needed(frame.questionnaire, part), bundle=own)
    earlier = {
        row.question: EarlierAnswer(edition, row, answer)
        for row, answer in zip(rows, open_rows(opened, rows), strict=True)
    }
    state = draft_state(ctx, frame, draft)
    marked: tuple[tuple[Question, Audience], ...] = ()
    if any(each.function is Function.MARKED_ANSWERS for each in part.questions):
        marked = marked_answers(frame.questionnaire, draft.records, narrowed=state.narrowed)
    questions = tuple(state.of(each, earlier.get(each.code)) for each in part.questions)
    return PartPage(
        frame,
        part,
        questions,
        state.consent,
        marked,
        ready=ready_mark(ctx, frame),
        reopened=reopened(ctx, frame),
        submission=latest_submission(ctx, frame.edition.id, frame.state_code),
    )


def draft_state(ctx: RequestContext, frame: Frame, draft: Draft) -> OpenedDraft:
    """Return an opened draft with what the State narrowed in the edition."""
    narrowed = queries.narrowed_questions(ctx.session, frame.edition.id, frame.state_code)
    return OpenedDraft(frame, draft, frozenset(narrowed), ctx.now.date())


def save_part(
    ctx: RequestContext,
    *,
    edition_id: str,
    part_code: str,
    fields: Fields,
    page: PageKey = NO_PAGE,
    settling: Settling | None = None,
) -> SaveResult:
    """Write the answers of a page that were changed on it, each as a new version.

    What cannot be counted yet is kept as typed and named in `problems`. What is too large even for
    a draft, and what stands against a text saved meanwhile, is left out and named.
    Raises `EditionClosedError`.
    """
    frame = find_draft_frame(ctx, edition_id)
    part = frame.questionnaire.part(part_code)
    draft = open_draft(ctx, frame, codes_needed(frame.questionnaire, part))
    read = read_entries(part, fields, draft.stored, ctx.now.date())
    settled = Settled(read)
    if settling is not None and settling.question in read:
        question = frame.questionnaire.question(settling.question)
        settled = settle(settling, question, read, draft.stored)
    entries = settled.entries
    refused = entry_problems(part, entries)
    accepted = {code: entry for code, entry in entries.items() if code not in refused}
    saver = Saver(ctx.actor.person_id, page)
    merged = merge(accepted, draft.stored, _bases(ctx, frame, draft, accepted), saver)
    after = write_records(ctx, frame, draft, merged.written, action="part.saved", page=page)
    return SaveResult(
        at=ctx.now,
        written=tuple(merged.written),
        seen=_shown_from_now_on(entries, after),
        refused=refused,
        problems=_problems_in(part, merged.written, ctx.now.date()),
        unfit=_problems_in(part, _asked(part, after.records), ctx.now.date()),
        conflicts=merged.conflicts,
        joined=settled.joined,
        differs_from=_differs_from(ctx, frame, is_written=bool(merged.written)),
        is_first_change=bool(merged.written) and frame.is_submitted,
    )


def _differs_from(ctx: RequestContext, frame: Frame, *, is_written: bool) -> int | None:
    """Return the number of the submission that the draft has been changed since."""
    if frame.is_submitted and not is_written:
        return None
    last = queries.latest_submission(ctx.session, frame.state_code, frame.edition.id)
    return last.number if last else None


def _shown_from_now_on(entries: Mapping[str, Entry], after: Draft) -> dict[str, Seen]:
    return {
        code: after.seen(code)
        for code, entry in entries.items()
        if entry.record.says_the_same(after.record(code))
    }


def _asked(part: Part, records: Mapping[str, DraftRecord]) -> dict[str, DraftRecord]:
    answers = answers_of(records)
    asked = (question.code for question in part.questions if is_asked(question, answers))
    return {code: records[code] for code in asked if code in records}


def _problems_in(
    part: Part, records: Mapping[str, DraftRecord], today: date
) -> tuple[Finding, ...]:
    return tuple(
        finding
        for question in part.questions
        if question.code in records
        for finding in unfit_findings(question, records[question.code].answer, today=today)
    )


def _bases(
    ctx: RequestContext, frame: Frame, draft: Draft, entries: Mapping[str, Entry]
) -> dict[str, Stored]:
    wanted = stale_versions(entries, draft.stored)
    if not wanted or frame.response is None or draft.bundle is None:
        return {}
    rows = queries.older_rows(ctx.session, frame.response.id, wanted)
    records = open_records(ctx, draft.bundle, frame.state_code, rows)
    return {row.question: stored_of(row, record) for row, record in zip(rows, records, strict=True)}
