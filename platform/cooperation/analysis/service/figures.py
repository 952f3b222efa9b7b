"""Use cases of figures: open what the reader may read, count it, keep nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.analysis import queries
from cooperation.analysis.rules import (
    Counted,
    Figure,
    RateRow,
    Roster,
    figure_of,
    has_figure,
    is_open_to,
    response_rate,
)
from cooperation.audit import service as audit
from cooperation.core.errors import NotFound
from cooperation.editions import service as editions
from cooperation.editions.rules import BLANK, Edition, Part, Question, Questionnaire
from cooperation.publication import service as publication
from cooperation.publication.service import ReadAnswer
from cooperation.responses import service as responses
from cooperation.responses.rules import Counting
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import ActStatus

RELEASE = "figure.release"
"""The act of two Court readers that releases a table."""


@dataclass(frozen=True)
class FigureList:
    """The page of all figures: the response rate, and the questions by part."""

    edition: Edition
    rate: tuple[RateRow, ...]
    parts: tuple[tuple[Part, tuple[Question, ...]], ...]
    is_for_court: bool
    released: frozenset[str]


@dataclass(frozen=True)
class FigurePage:
    """The figure of a question as everybody counts it, and for the Court over all it may read."""

    edition: Edition
    question: Question
    part: Part
    published: Figure
    full: Figure | None
    roster: Roster
    full_roster: Roster | None
    before: Question | None
    after: Question | None
    is_released: bool


@dataclass(frozen=True)
class Ground:
    """What all figures of an edition stand on; `released` are questions with a released table."""

    edition: Edition
    questionnaire: Questionnaire
    groups: Mapping[str, str]
    counting: Mapping[str, Counting]
    is_for_court: bool
    released: frozenset[str]

    def roster(self, *, full: bool) -> Roster:
        """Return where each State counts, for all readers or for the Court."""
        return Roster(self.groups, self.counting, is_for_court=full)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions with a figure for this reader."""
        return tuple(
            question
            for question in self.questionnaire.questions
            if (has_figure(question) and is_open_to(question, court=self.is_for_court))
            or question.code in self.released
        )


def _released_questions(ctx: RequestContext, edition_id: str) -> frozenset[str]:
    """Return the questions of an edition with a released table."""
    done = two_persons.halves_of(ctx.session, RELEASE, ctx.now)
    return frozenset(
        row.question
        for row in queries.tables(ctx.session, edition_id)
        if row.id in done and done[row.id].status is ActStatus.APPROVED
    )


def ground_of(ctx: RequestContext, edition_id: str) -> Ground:
    """Return what figures of an edition stand on; raises `NotFound`."""
    require(ctx.actor, Permission.READ_FIGURES)
    edition = editions.visible_edition(ctx, edition_id)
    participants = editions.participants(ctx.session, edition_id)
    groups = {each.state_code: str(each.group) for each in participants}
    counting = {
        each.state_code: each.settings.counting
        for each in responses.submissions_of(ctx, edition_id)
        if each.state_code in groups
    }
    return Ground(
        edition=edition,
        questionnaire=editions.questionnaire_of(ctx.session, edition),
        groups=groups,
        counting=counting,
        is_for_court=publication.reads_for_court(ctx),
        released=_released_questions(ctx, edition_id),
    )


def list_figures(ctx: RequestContext, edition_id: str) -> FigureList:
    """Return the response rate and the questions that have figures for this reader."""
    ground = ground_of(ctx, edition_id)
    chosen = set(ground.questions)
    parts = [
        (part, tuple(question for question in part.questions if question in chosen))
        for part in ground.questionnaire.parts
    ]
    return FigureList(
        edition=ground.edition,
        rate=response_rate(ground.groups, ground.counting.keys()),
        parts=tuple((part, questions) for part, questions in parts if questions),
        is_for_court=ground.is_for_court,
        released=ground.released,
    )


def read_figure(ctx: RequestContext, edition_id: str, question_code: str) -> FigurePage:
    """Return a question's figure and log that it was read; raises `NotFound`."""
    page = _figure_page(ctx, edition_id, question_code)
    _log(ctx, "figures.read", edition_id, (page.question.code,))
    return page


def _figure_page(ctx: RequestContext, edition_id: str, question_code: str) -> FigurePage:
    ground = ground_of(ctx, edition_id)
    question = ground.questionnaire.question(question_code)
    if question not in ground.questions:
        raise NotFound
    published = _published(ctx, edition_id, (question.code,))
    full = _full(ctx, ground, (question.code,))
    place = ground.questions.index(question)
    return FigurePage(
        edition=ground.edition,
        question=question,
        part=ground.questionnaire.part(question.part),
        published=figure_of(
            question, _counted(published, question, ground), ground.roster(full=False)
        ),
        full=None
        if full is None
        else figure_of(question, _counted(full, question, ground), ground.roster(full=True)),
        roster=ground.roster(full=False),
        full_roster=ground.roster(full=True) if full is not None else None,
        before=ground.questions[place - 1] if place else None,
        after=ground.questions[place + 1] if place + 1 < len(ground.questions) else None,
        is_released=question.code in ground.released,
    )


def all_figures(ctx: RequestContext, edition_id: str) -> list[Figure]:
    """Return the figures of all questions over all that the reader may read; logs nothing."""
    ground = ground_of(ctx, edition_id)
    codes = tuple(question.code for question in ground.questions)
    full = _full(ctx, ground, codes)
    answers = _published(ctx, edition_id, codes) if full is None else full
    roster = ground.roster(full=ground.is_for_court)
    return [
        figure_of(question, _counted(answers, question, ground), roster)
        for question in ground.questions
    ]


_Answers = Mapping[tuple[str, str], ReadAnswer]


def _published(ctx: RequestContext, edition_id: str, questions: tuple[str, ...]) -> _Answers:
    return publication.collect_answers(
        ctx, edition_id, questions=questions, with_confidential=False
    )


def _full(ctx: RequestContext, ground: Ground, questions: tuple[str, ...]) -> _Answers | None:
    if not ground.is_for_court:
        return None
    return publication.collect_answers(
        ctx, ground.edition.id, questions=questions, with_confidential=True
    )


def _counted(answers: _Answers, question: Question, ground: Ground) -> list[Counted]:
    """Return what is counted of a question; an answer that its State narrowed is not there."""
    found = []
    for state in ground.groups:
        read = answers.get((state, question.code))
        if read is not None and read.is_open:
            answer = read.opened.answer if read.has_content else BLANK
            found.append(Counted(state, read.status, answer))
    return found


def _log(ctx: RequestContext, action: str, edition_id: str, questions: tuple[str, ...]) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=edition_id,
        states="all",
        questions=questions,
    )
