"""Reading: published answers for all; for the Court also `restricted` and `court` ones, labelled.

Whole editions are read as tuples and opened a bundle at a time (design: stack, Speed to keep).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.errors import NotFound
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Part, Participant, Question, Questionnaire
from cooperation.publication import queries
from cooperation.publication.queries import PublishedRow
from cooperation.publication.service.candidates import published_bundle
from cooperation.publication.service.records import checked, opened_answer, sealed_item
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus, Audience, OpenedAnswer, SubmittedAnswer

Key = tuple[str, str]
"""State and question."""


class Source(StrEnum):
    """By which right an answer is read."""

    PUBLISHED = "published"
    RESTRICTED = "restricted"
    COURT = "court"

    @property
    def label(self) -> Text:
        """The right in words."""
        return _SOURCES[self]

    @property
    def is_confidential(self) -> bool:
        """Whether the answer was not given to the States Parties."""
        return self is not Source.PUBLISHED


_SOURCES = {
    Source.PUBLISHED: _("Published"),
    Source.RESTRICTED: _("Secretariat and Court only"),
    Source.COURT: _("Court only"),
}


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """One record that the reader may open; `opened` is nothing where the State narrowed it."""

    state_code: str
    question: str
    source: Source
    status: AnswerStatus
    opened: OpenedAnswer | None
    published_at: datetime | None
    narrowed_at: datetime | None

    @property
    def key(self) -> Key:
        """State and question."""
        return self.state_code, self.question

    @property
    def has_content(self) -> bool:
        """Whether there is something to read."""
        return self.opened is not None and self.status is AnswerStatus.ANSWERED


@dataclass(frozen=True)
class PublishedState:
    """A State in the list of an edition: how many answers this reader may open."""

    participant: Participant
    published: int
    confidential: int
    narrowed: int
    last_published_at: datetime | None


@dataclass(frozen=True)
class StatePage:
    """A State's answers by part. `corrected` are questions with a newer text under review."""

    edition: Edition
    participant: Participant
    parts: tuple[tuple[Part, tuple[tuple[Question, ReadAnswer | None], ...]], ...]
    corrected: frozenset[str]

    @property
    def read(self) -> tuple[ReadAnswer, ...]:
        """The answers with something to read on the page."""
        answers = [answer for _part, pairs in self.parts for _question, answer in pairs]
        return tuple(each for each in answers if each is not None and each.has_content)

    @property
    def is_confidential(self) -> bool:
        """Whether the page holds answers that were not given to the States Parties."""
        return any(each.source.is_confidential for each in self.read)


@dataclass(frozen=True)
class QuestionPage:
    """All States' answers to a question, in order of their names."""

    edition: Edition
    questionnaire: Questionnaire
    question: Question
    answers: tuple[tuple[Participant, ReadAnswer], ...]
    silent: tuple[Participant, ...]

    @property
    def is_confidential(self) -> bool:
        """Whether the page holds answers that were not given to the States Parties."""
        return any(each.has_content and each.source.is_confidential for _who, each in self.answers)


def reads_for_court(ctx: RequestContext) -> bool:
    """Tell whether the reader may open what was given to the Court."""
    return is_allowed(ctx.actor, Permission.READ_FOR_COURT)


def open_published(ctx: RequestContext, edition_id: str) -> list[tuple[str, str, bytes]]:
    """Open a whole published edition: State, question, plain bytes of each record."""
    require(ctx.actor, Permission.READ_PUBLISHED)
    rows = queries.published_rows(ctx.session, edition_id)
    opened = _open_rows(ctx, edition_id, rows)
    return [(row.state_code, row.question, content) for row, content in opened]


def _open_rows(
    ctx: RequestContext, edition_id: str, rows: Sequence[PublishedRow]
) -> list[tuple[PublishedRow, bytes]]:
    present = [(row, row.sealed) for row in rows if row.sealed is not None]
    bundle = published_bundle(ctx, edition_id) if present else None
    if bundle is None:
        return []
    contents = bundle.open_many(sealed_item(row, sealed) for row, sealed in present)
    return [(row, content) for (row, _sealed), content in zip(present, contents, strict=True)]


def collect_answers(
    ctx: RequestContext,
    edition_id: str,
    *,
    state_code: str | None = None,
    questions: Sequence[str] = (),
    with_confidential: bool,
) -> dict[Key, ReadAnswer]:
    """Open what the reader may read, by State and question, each checked against its commitment.

    `with_confidential` asks for what was given to the Court and raises `NotAllowed` for others. The
    caller logs the reading. Where the Court holds a later text than the published one, that is it.
    """
    require(ctx.actor, Permission.READ_PUBLISHED)
    rows = queries.published_rows(
        ctx.session, edition_id, state_code=state_code, questions=questions
    )
    found = {(row.state_code, row.question): _narrowed(row) for row in rows if row.sealed is None}
    for row, content in _open_rows(ctx, edition_id, rows):
        found[row.state_code, row.question] = ReadAnswer(
            row.state_code,
            row.question,
            Source.PUBLISHED,
            AnswerStatus(row.status),
            opened_answer(content, row.commitment),
            row.published_at,
            row.narrowed_at,
        )
    if with_confidential:
        require(ctx.actor, Permission.READ_FOR_COURT)
        found |= _confidential(ctx, edition_id, state_code, questions, found)
    return found


def _narrowed(row: PublishedRow) -> ReadAnswer:
    return ReadAnswer(
        row.state_code,
        row.question,
        Source.PUBLISHED,
        AnswerStatus(row.status),
        None,
        row.published_at,
        row.narrowed_at,
    )


def _confidential_rows(
    ctx: RequestContext, edition_id: str, state_code: str | None, questions: Sequence[str]
) -> list[SubmittedAnswer]:
    if state_code is None:
        submissions = [each.id for each in responses.submissions_of(ctx, edition_id)]
    else:
        last = responses.latest_submission(ctx, edition_id, state_code)
        submissions = [last.id] if last else []
    return responses.submission_answers(
        ctx.session,
        submissions,
        questions=questions or None,
        audiences=(Audience.RESTRICTED, Audience.COURT),
    )


def _confidential(
    ctx: RequestContext,
    edition_id: str,
    state_code: str | None,
    questions: Sequence[str],
    published: dict[Key, ReadAnswer],
) -> dict[Key, ReadAnswer]:
    rows = _confidential_rows(ctx, edition_id, state_code, questions)
    opened = responses.open_answers(ctx, rows)
    found: dict[Key, ReadAnswer] = {}
    for row in rows:
        key = (row.state_code, row.question)
        before = published.get(key)
        found[key] = ReadAnswer(
            row.state_code,
            row.question,
            Source(row.audience),
            AnswerStatus(row.status),
            checked(opened[key], row.commitment),
            before.published_at if before else None,
            row.narrowed_at,
        )
    return found


def list_states(ctx: RequestContext, edition_id: str) -> list[PublishedState]:
    """Return the States of an edition with how many answers the reader may open; opens none."""
    require(ctx.actor, Permission.READ_PUBLISHED)
    editions.visible_edition(ctx, edition_id)
    heads: dict[str, list[queries.PublishedHead]] = {}
    for head in queries.published_heads(ctx.session, edition_id):
        heads.setdefault(head.state_code, []).append(head)
    confidential: dict[str, int] = {}
    if reads_for_court(ctx):
        for row in _confidential_rows(ctx, edition_id, None, ()):
            is_answered = row.status == AnswerStatus.ANSWERED
            confidential[row.state_code] = confidential.get(row.state_code, 0) + is_answered
    return [
        _published_state(
            participant,
            heads.get(participant.state_code, []),
            confidential.get(participant.state_code, 0),
        )
        for participant in editions.participants(ctx.session, edition_id)
    ]


def _published_state(
    participant: Participant, heads: Sequence[queries.PublishedHead], confidential: int
) -> PublishedState:
    present = [
        head for head in heads if head.narrowed_at is None and head.status == AnswerStatus.ANSWERED
    ]
    return PublishedState(
        participant=participant,
        published=len(present),
        confidential=confidential,
        narrowed=sum(head.narrowed_at is not None for head in heads),
        last_published_at=max((head.published_at for head in heads), default=None),
    )


def read_state(ctx: RequestContext, edition_id: str, state_code: str) -> StatePage:
    """Open all answers of a State that the reader may read, and log it; raises `NotFound`."""
    edition = editions.visible_edition(ctx, edition_id)
    participant = find_participant(ctx, edition_id, state_code)
    court = reads_for_court(ctx)
    found = collect_answers(ctx, edition_id, state_code=state_code, with_confidential=court)
    log_reading(ctx, edition_id, found.values(), act="read")
    questionnaire = editions.questionnaire(ctx.session, edition_id)
    parts = tuple(
        (
            part,
            tuple((each, found.get((state_code, each.code))) for each in part.questions),
        )
        for part in questionnaire.parts
    )
    corrected = _corrected(ctx, edition_id, state_code)
    return StatePage(edition, participant, parts, corrected)


def _corrected(ctx: RequestContext, edition_id: str, state_code: str) -> frozenset[str]:
    """Return the questions whose published text is not that of the State's last submission."""
    submissions = responses.submissions_of(ctx, edition_id)
    last = next((each for each in submissions if each.state_code == state_code), None)
    if last is None:
        return frozenset()
    signed = {
        row.question: row.commitment for row in responses.submission_answers(ctx.session, [last.id])
    }
    heads = queries.published_heads(ctx.session, edition_id, state_code=state_code)
    return frozenset(
        head.question
        for head in heads
        if head.narrowed_at is None and signed.get(head.question) != head.commitment
    )


def read_question(ctx: RequestContext, edition_id: str, question_code: str) -> QuestionPage:
    """Open all answers to a question that the reader may read, and log it; raises `NotFound`."""
    edition = editions.visible_edition(ctx, edition_id)
    questionnaire = editions.questionnaire(ctx.session, edition_id)
    question = questionnaire.question(question_code)
    court = reads_for_court(ctx)
    found = collect_answers(ctx, edition_id, questions=(question.code,), with_confidential=court)
    log_reading(ctx, edition_id, found.values(), act="read")
    participants = editions.participants(ctx.session, edition_id)
    answers = [
        (each, found[each.state_code, question.code])
        for each in participants
        if (each.state_code, question.code) in found
    ]
    silent = tuple(each for each in participants if (each.state_code, question.code) not in found)
    return QuestionPage(edition, questionnaire, question, tuple(answers), silent)


def find_participant(ctx: RequestContext, edition_id: str, state_code: str) -> Participant:
    """Return a State that takes part in the edition; raises `NotFound`."""
    for participant in editions.participants(ctx.session, edition_id):
        if participant.state_code == state_code:
            return participant
    raise NotFound


def log_reading(
    ctx: RequestContext, edition_id: str, answers: Iterable[ReadAnswer], *, act: str
) -> None:
    """Write the one entry of a page or an export: `read` or `exported`, whose, which questions.

    Nothing is written for one's own answers, or where there was nothing to read.
    """
    foreign = [
        each for each in answers if each.has_content and each.state_code != ctx.actor.state_code
    ]
    if not foreign:
        return
    is_confidential = any(each.source.is_confidential for each in foreign)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=f"{'court_answer' if is_confidential else 'published'}.{act}",
        at=ctx.now,
        edition=edition_id,
        states=tuple({each.state_code for each in foreign}),
        questions=tuple({each.question for each in foreign}),
    )
