"""Pages of reading: by State, by question; one log entry for each (design: product)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint
from cooperation.core.errors import NotFound
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Part, Participant, Question, Questionnaire
from cooperation.publication import queries
from cooperation.publication.reading.service.collecting import (
    ReadAnswer,
    collect_answers,
    confidential_rows,
    reads_for_court,
)
from cooperation.publication.reading.service.comparing import submissions_behind
from cooperation.publication.rules import questions_read
from cooperation.responses import service as responses
from cooperation.responses.rules import AnswerStatus, SignedSubmission, Submission


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
    """A State's answers by part. `corrected` are questions with a newer text under review.

    `submission` is the newest that something on the page comes from; `checkpoint` the log's last.
    """

    edition: Edition
    participant: Participant
    submission: Submission | None
    parts: tuple[tuple[Part, tuple[tuple[Question, ReadAnswer | None], ...]], ...]
    corrected: frozenset[str]
    checkpoint: Checkpoint | None = None

    @property
    def signed(self) -> tuple[SignedSubmission, ...]:
        """The submissions in whose manifests the answers stand, newest first."""
        return submissions_behind(self._open)

    @property
    def _open(self) -> tuple[ReadAnswer, ...]:
        answers = [answer for _part, pairs in self.parts for _question, answer in pairs]
        return tuple(each for each in answers if each is not None and each.is_open)

    @property
    def read(self) -> tuple[ReadAnswer, ...]:
        """The answers with something to read on the page."""
        return tuple(each for each in self._open if each.has_content)

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
    checkpoint: Checkpoint | None = None

    @property
    def is_confidential(self) -> bool:
        """Whether the page holds answers that were not given to the States Parties."""
        return any(each.has_content and each.source.is_confidential for _who, each in self.answers)


def list_states(ctx: RequestContext, edition_id: str) -> list[PublishedState]:
    """Return the States of an edition with how many answers the reader may open; opens none."""
    require(ctx.actor, Permission.READ_PUBLISHED)
    editions.visible_edition(ctx, edition_id)
    heads: dict[str, list[queries.PublishedHead]] = {}
    for head in queries.published_heads(ctx.session, edition_id):
        heads.setdefault(head.state_code, []).append(head)
    confidential: dict[str, int] = {}
    if reads_for_court(ctx):
        for row in confidential_rows(ctx, edition_id, None, ()):
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
        head
        for head in heads
        if head.narrowed_at is None
        and head.retracted_at is None
        and head.status == AnswerStatus.ANSWERED
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
    found = collect_answers(
        ctx, edition_id, state_code=state_code, with_confidential=court, sifts=True
    )
    log_reading(ctx, edition_id, found.values(), act="read")
    questionnaire = editions.questionnaire_of(ctx.session, edition)
    parts = tuple(
        (
            part,
            tuple((each, found.get((state_code, each.code))) for each in part.questions),
        )
        for part in questionnaire.parts
    )
    corrected = _corrected(ctx, edition_id, state_code)
    submission = _submission_read(ctx, edition_id, state_code, found.values())
    checkpoint = audit.latest_checkpoint(ctx.session)
    return StatePage(edition, participant, submission, parts, corrected, checkpoint)


def _submission_read(
    ctx: RequestContext, edition_id: str, state_code: str, answers: Iterable[ReadAnswer]
) -> Submission | None:
    """Return the newest submission that the answers come from; a later one is no reader's affair.

    What is confidential comes from the State's last.
    """
    if any(each.has_content and each.source.is_confidential for each in answers):
        return responses.latest_submission(ctx, edition_id, state_code)
    ids = queries.submissions_published(ctx.session, edition_id, state_code)
    submissions = responses.submissions_by_id(ctx.session, ids)
    return submissions[-1] if submissions else None


def _corrected(ctx: RequestContext, edition_id: str, state_code: str) -> frozenset[str]:
    """Return the questions with a newer text for the States Parties than the published one.

    That the State has since marked an answer is nobody else's to know.
    """
    submissions = responses.submissions_of(ctx, edition_id)
    last = next((each for each in submissions if each.state_code == state_code), None)
    if last is None:
        return frozenset()
    signed = responses.signed_for_states(ctx.session, last.id)
    heads = queries.published_heads(ctx.session, edition_id, state_code=state_code)
    return frozenset(
        head.question
        for head in heads
        if head.narrowed_at is None
        and head.retracted_at is None
        and signed.get(head.question, head.commitment) != head.commitment
    )


def read_question(ctx: RequestContext, edition_id: str, question_code: str) -> QuestionPage:
    """Open all answers to a question that the reader may read, and log it; raises `NotFound`."""
    edition = editions.visible_edition(ctx, edition_id)
    questionnaire = editions.questionnaire_of(ctx.session, edition)
    question = questionnaire.question(question_code)
    court = reads_for_court(ctx)
    found = collect_answers(
        ctx, edition_id, questions=(question.code,), with_confidential=court, sifts=True
    )
    log_reading(ctx, edition_id, found.values(), act="read")
    participants = editions.participants(ctx.session, edition_id)
    answers = [
        (each, found[each.state_code, question.code])
        for each in participants
        if (each.state_code, question.code) in found
    ]
    silent = tuple(each for each in participants if (each.state_code, question.code) not in found)
    checkpoint = audit.latest_checkpoint(ctx.session)
    return QuestionPage(edition, questionnaire, question, tuple(answers), silent, checkpoint)


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

    Nothing is written for one's own answers, or where there was nothing to read. Answers that were
    found not to be what their State signed are reported beside it, in an entry for each State.
    """
    met = list(answers)
    _report_doubtful(ctx, edition_id, met)
    foreign = [each for each in met if each.has_content and each.state_code != ctx.actor.state_code]
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
        questions=questions_read([each.key for each in foreign]),
    )


def _report_doubtful(ctx: RequestContext, edition_id: str, answers: Iterable[ReadAnswer]) -> None:
    doubtful = sorted(each.key for each in answers if each.is_doubtful)
    for state in sorted({state for state, _question in doubtful}):
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="answer.doubted",
            at=ctx.now,
            edition=edition_id,
            states=(state,),
            questions=tuple(question for whose, question in doubtful if whose == state),
        )
