"""The draft: one record per question, its states, its gaps, what is derived (design: product)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from cooperation.core.text import Text, _
from cooperation.editions.rules import (
    BLANK,
    Answer,
    Function,
    Part,
    Question,
    Questionnaire,
    Row,
    gaps,
    is_asked,
)
from cooperation.responses.rules.audience import Audience, audience_of, consent_of, is_marked


class ResponseStatus(StrEnum):
    """Where a State's response stands."""

    NOT_STARTED = "not_started"
    DRAFTING = "drafting"
    READY = "ready"
    SUBMITTED = "submitted"

    @property
    def label(self) -> Text:
        """The status in words."""
        return _RESPONSE_LABELS[self]


_RESPONSE_LABELS = {
    ResponseStatus.NOT_STARTED: _("Not started"),
    ResponseStatus.DRAFTING: _("In progress"),
    ResponseStatus.READY: _("Ready for signature"),
    ResponseStatus.SUBMITTED: _("Submitted"),
}


class PartStatus(StrEnum):
    """Where a part of the questionnaire stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"

    @property
    def label(self) -> Text:
        """The status in words."""
        return _PART_LABELS[self]


_PART_LABELS = {
    PartStatus.NOT_STARTED: _("Not started"),
    PartStatus.IN_PROGRESS: _("In progress"),
    PartStatus.DONE: _("Completed"),
}


class AnswerStatus(StrEnum):
    """What a submission says of a question; "not known" is an answer like any other."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class ResponseHead:
    """A response without its content. `version` rises with every change of it."""

    id: str
    bundle_id: str
    status: ResponseStatus
    done_parts: frozenset[str]
    saved_at: datetime
    ready_by: str | None
    version: int
    ready_at: datetime | None = None
    ready_hash: bytes | None = None


@dataclass(frozen=True)
class Origin:
    """Where a kept answer comes from: its salt, the audience it had, the year it last changed."""

    edition: str
    salt: bytes
    audience: Audience
    changed_in: str


@dataclass(frozen=True)
class DraftRecord:
    """What is sealed for one question of a draft. Without `origin` it was written this year."""

    answer: Answer = BLANK
    mark: Audience | None = None
    origin: Origin | None = None

    @property
    def is_kept(self) -> bool:
        """Whether this is last year's answer, confirmed unchanged."""
        return self.origin is not None

    @property
    def says_something(self) -> bool:
        """Whether anything was entered or marked."""
        return self.mark is not None or not self.answer.is_blank

    def says_the_same(self, other: "DraftRecord") -> bool:
        """Tell whether two people would read the same answer and mark in both."""
        return self.answer == other.answer and self.mark == other.mark


EMPTY_RECORD = DraftRecord()


@dataclass(frozen=True)
class Gap:
    """What a submission still misses in a question that is asked, as (field id, sentence)."""

    question: Question
    field: str
    sentence: Text


def answers_of(records: Mapping[str, DraftRecord]) -> dict[str, Answer]:
    """Return the answers of a draft by question."""
    return {code: record.answer for code, record in records.items()}


def answer_status(question: Question, answers: Mapping[str, Answer]) -> AnswerStatus:
    """Tell blank from not asked; whatever is answered counts only while it is asked."""
    if not is_asked(question, answers):
        return AnswerStatus.NOT_ASKED
    is_answered = answers.get(question.code, BLANK).is_answered
    return AnswerStatus.ANSWERED if is_answered else AnswerStatus.NO_ANSWER


def gaps_of(question: Question, answers: Mapping[str, Answer]) -> tuple[Gap, ...]:
    """Return what is still missing in one question; nothing where it is not asked."""
    if not is_asked(question, answers):
        return ()
    found = gaps(question, answers.get(question.code, BLANK))
    return tuple(Gap(question, field, sentence) for field, sentence in found)


def gaps_in(questions: Iterable[Question], answers: Mapping[str, Answer]) -> tuple[Gap, ...]:
    """Return all gaps, in the order of the questions."""
    return tuple(gap for question in questions for gap in gaps_of(question, answers))


def part_status(part: Part, *, done: frozenset[str], saved: frozenset[str]) -> PartStatus:
    """Return where a part stands: `done` are codes of parts, `saved` codes of saved questions."""
    if part.code in done:
        return PartStatus.DONE
    is_begun = any(question.code in saved for question in part.questions)
    return PartStatus.IN_PROGRESS if is_begun else PartStatus.NOT_STARTED


def marked_answers(
    questionnaire: Questionnaire,
    records: Mapping[str, DraftRecord],
    *,
    narrowed: Collection[str],
) -> tuple[tuple[Question, Audience], ...]:
    """Return the answers that the State narrowed by a mark, with the audience they are sealed to.

    That is the mark, unless consent or an earlier narrowing makes it narrower still.
    """
    answers = answers_of(records)
    consent = consent_of(questionnaire, answers)
    found = []
    for question in questionnaire.questions:
        mark = records.get(question.code, EMPTY_RECORD).mark
        is_answered = answer_status(question, answers) is AnswerStatus.ANSWERED
        if mark is not None and is_answered and is_marked(question, mark):
            audience = audience_of(question, mark, consent, narrowed=narrowed)
            found.append((question, audience))
    return tuple(found)


def marked_table(
    questionnaire: Questionnaire,
    records: Mapping[str, DraftRecord],
    *,
    narrowed: Collection[str],
) -> tuple[Row, ...]:
    """Return the table of marked answers as it is submitted: a row for each, with the typed reason.

    The rows of the draft's table carry the question's code and the reason only.
    """
    own = questionnaire.code_of(Function.MARKED_ANSWERS)
    typed = records.get(own, EMPTY_RECORD).answer.rows
    reasons = {row.cell("question"): row.cell("reason") for row in typed}
    rows = []
    marked = marked_answers(questionnaire, records, narrowed=narrowed)
    for number, (question, audience) in enumerate(marked, start=1):
        cells = {"question": question.code, "audience": audience.value}
        reason = reasons.get(question.code, "")
        rows.append(Row(str(number), cells | ({"reason": reason} if reason else {})))
    return tuple(rows)


@dataclass(frozen=True)
class SigningFacts:
    """What account, clock and earlier narrowings say at signing, for the derived questions."""

    state_name: str
    signatory: str
    day: date
    narrowed: frozenset[str]


def with_derived(
    questionnaire: Questionnaire, records: Mapping[str, DraftRecord], facts: SigningFacts
) -> dict[str, DraftRecord]:
    """Return the records with what account, clock and marks say filled in."""
    derived = {
        Function.STATE_NAME: Answer(text=facts.state_name),
        Function.MARKED_ANSWERS: Answer(
            rows=marked_table(questionnaire, records, narrowed=facts.narrowed)
        ),
        Function.APPROVED_BY: Answer(text=facts.signatory),
        Function.APPROVED_ON: Answer(day=facts.day.isoformat()),
    }
    filled = dict(records)
    for function, answer in derived.items():
        code = questionnaire.code_of(function)
        if code:
            filled[code] = replace(filled.get(code, EMPTY_RECORD), answer=answer)
    return filled
