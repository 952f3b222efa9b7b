"""Who has read a State's answers: by institution, answer and day, for the State itself.

Everything comes from the log. A page or a document names the answers it showed. Where one entry
stands for all that the reader could read, the page says "could have read", and counts an answer
only if it could be read by that way on that day. Persons are never named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import OFFICES, state_circle, state_of_circle
from cooperation.audit import service as audit
from cooperation.audit.rules import Reading, ReadingFilter
from cooperation.core.downloads import Download
from cooperation.core.errors import NotFound
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.publication.own.service.own import OwnAnswer, OwnAnswers, own_answers
from cooperation.publication.rules import readings_of
from cooperation.responses import service as responses
from cooperation.typeset.spreadsheet import Cell, write_csv

_OPENINGS_A_PAGE = 100
_DAYS_A_PAGE = 31


class Way(StrEnum):
    """How answers were opened."""

    PAGE = "page"
    DOCUMENT = "document"
    EXPORT = "export"

    @property
    def label(self) -> Text:
        """The way in words."""
        return _WAYS[self]


_WAYS = {
    Way.PAGE: _("Page opened"),
    Way.DOCUMENT: _("Document downloaded"),
    Way.EXPORT: _("Table downloaded"),
}


@dataclass(frozen=True)
class Visit:
    """What one institution opened on one day in one way.

    `questions` were shown for certain; `could_read_all` stands for an entry over all that the
    reader could read.
    """

    institution: str
    name: str
    way: Way
    questions: tuple[str, ...]
    could_read_all: bool
    times: int


@dataclass(frozen=True)
class ReadingDay:
    """The visits of one day (UTC)."""

    day: date
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class Opened:
    """By how many institutions an answer was opened, and by how many more it could have been."""

    certain: int = 0
    possible: int = 0

    @property
    def together(self) -> int:
        """All of them."""
        return self.certain + self.possible


@dataclass(frozen=True)
class Readers:
    """One page of who has read; `until` is where the next page begins, older days."""

    edition: Edition
    opened: Opened
    days: tuple[ReadingDay, ...]
    until: date | None


@dataclass(frozen=True)
class ReadersChoice:
    """What to choose from above the page: value and words."""

    questions: tuple[tuple[str, str], ...]
    institutions: tuple[tuple[str, str], ...]


def submitted_editions(ctx: RequestContext) -> list[str]:
    """Return the editions in which the State has submitted, latest first."""
    require(ctx.actor, Permission.READ_READERS)
    state_code = ctx.actor.state_code
    return [
        each.id
        for each in editions.visible_editions(ctx)
        if state_code and responses.latest_submission(ctx, each.id, state_code)
    ]


def readers_choice(ctx: RequestContext, edition_id: str) -> ReadersChoice:
    """Return the questions and institutions to choose from; raises `NotFound`."""
    _own_state(ctx, edition_id)
    questions = editions.questionnaire(ctx.session, edition_id).questions
    names = _names(ctx, edition_id)
    del names[state_circle(ctx.actor.state_code or "")]
    return ReadersChoice(
        questions=tuple((each.code, f"{each.code} {each.title}") for each in questions),
        institutions=tuple(names.items()),
    )


def find_readers(
    ctx: RequestContext,
    edition_id: str,
    *,
    question: str | None = None,
    institution: str | None = None,
    until: date | None = None,
) -> Readers:
    """Return who opened the State's answers, newest day first, from `until` on backwards.

    For the three State roles, and of their own State alone. Raises `NotFound`.
    """
    state_code = _own_state(ctx, edition_id)
    found = own_answers(ctx, edition_id)
    answer = _answer_of(found, question)
    wanted = ReadingFilter(state_code, edition_id, institution, question, last=until)
    days = audit.days_of_readings(ctx.session, wanted)
    shown, rest = _first_page(days)
    names = _names(ctx, edition_id)
    lines: tuple[ReadingDay, ...] = ()
    if shown:
        span = ReadingFilter(
            state_code, edition_id, institution, question, first=shown[-1], last=shown[0]
        )
        readings = audit.readings_of_state(ctx.session, span)
        lines = _as_days(_relevant(readings, answer, found), names, question)
    whole = ReadingFilter(state_code, edition_id, institution, question)
    over_all = _relevant(audit.openings_of_state(ctx.session, whole), answer, found)
    return Readers(found.edition, _count(over_all), lines, rest)


def count_readers(ctx: RequestContext, found: OwnAnswers) -> Mapping[str, Opened]:
    """Return by how many institutions each of the State's answers was opened, by question."""
    state_code = _own_state(ctx, found.edition.id)
    readings = audit.openings_of_state(ctx.session, ReadingFilter(state_code, found.edition.id))
    explicit: dict[str, set[str]] = {}
    for reading in readings:
        for code in () if reading.questions == "all" else reading.questions:
            explicit.setdefault(code, set()).add(reading.institution)
    unlisted = [reading for reading in readings if reading.questions == "all"]
    counts: dict[str, Opened] = {}
    for answer in found.answers:
        certain = explicit.get(answer.question.code, set())
        could = {each.institution for each in unlisted if _could_hold(each, answer, found)}
        counts[answer.question.code] = Opened(len(certain), len(could - certain))
    return counts


def export_readers(
    ctx: RequestContext,
    edition_id: str,
    *,
    question: str | None = None,
    institution: str | None = None,
) -> Download:
    """Return who opened the State's answers as CSV, one row a day, institution, way and answer."""
    state_code = _own_state(ctx, edition_id)
    found = own_answers(ctx, edition_id)
    wanted = ReadingFilter(state_code, edition_id, institution, question)
    readings = _relevant(
        audit.readings_of_state(ctx.session, wanted), _answer_of(found, question), found
    )
    days = _as_days(readings, _names(ctx, edition_id), question)
    header = (
        _("Edition"),
        _("Day (UTC)"),
        _("Institution"),
        _("How"),
        _("Question"),
        _("How certain"),
        _("Log entries that day"),
    )
    name = editions.edition_name(ctx.session, edition_id)
    content = write_csv(
        [str(title) for title in header],
        _rows(name, days, question),
        with_byte_order_mark=True,
    )
    return Download(f"readers-{name}-{state_code}.csv", "text/csv; charset=utf-8", content)


def _rows(edition: str, days: Iterable[ReadingDay], question: str | None) -> list[list[Cell]]:
    opened, could = str(_("opened")), str(_("could have read"))
    all_questions = question or str(_("all that the reader could read"))
    rows: list[list[Cell]] = []
    for each in days:
        for visit in each.visits:
            start: list[Cell] = [edition, each.day, visit.name, str(visit.way.label)]
            rows += [[*start, code, opened, visit.times] for code in visit.questions]
            if visit.could_read_all:
                rows.append([*start, all_questions, could, visit.times])
    return rows


def _own_state(ctx: RequestContext, edition_id: str) -> str:
    """Return the actor's State where it takes part in the edition; raises `NotFound`."""
    require(ctx.actor, Permission.READ_READERS)
    state_code = ctx.actor.state_code
    edition = editions.visible_edition(ctx, edition_id)
    participants = editions.participants(ctx.session, edition.id)
    if state_code is None or all(each.state_code != state_code for each in participants):
        raise NotFound
    return state_code


def _answer_of(found: OwnAnswers, question: str | None) -> OwnAnswer | None:
    return next((each for each in found.answers if each.question.code == question), None)


def _names(ctx: RequestContext, edition_id: str) -> dict[str, str]:
    """Return the names of all institutions that can read, by what the log calls them."""
    names = {each.value: str(each.label) for each in OFFICES}
    for participant in editions.participants(ctx.session, edition_id):
        names[state_circle(participant.state_code)] = participant.name
    return names


def _first_page(days: list[tuple[date, int]]) -> tuple[list[date], date | None]:
    """Return the days of one page, newest first, and the first day of the next one."""
    shown: list[date] = []
    openings = 0
    for day, number in days:
        if shown and (openings + number > _OPENINGS_A_PAGE or len(shown) == _DAYS_A_PAGE):
            return shown, day
        shown.append(day)
        openings += number
    return shown, None


def _relevant(
    readings: Iterable[Reading], answer: OwnAnswer | None, found: OwnAnswers
) -> list[Reading]:
    """Leave out entries over all that could be read where this one answer could not."""
    if answer is None:
        return list(readings)
    return [
        each for each in readings if each.questions != "all" or _could_hold(each, answer, found)
    ]


def _could_hold(reading: Reading, answer: OwnAnswer, found: OwnAnswers) -> bool:
    """Tell whether all that could be read by this act on that day held this answer."""
    if found.submission is None or not answer.is_answered:
        return False
    is_published = answer.published_at is not None
    if reading.action not in readings_of(answer.audience, is_published=is_published):
        return False
    if reading.last < (answer.published_at or found.submission.submitted_at):
        return False
    is_taken_back = answer.narrowed_at is not None and reading.first > answer.narrowed_at
    return not (is_taken_back and reading.action.startswith("published."))


def _count(readings: Iterable[Reading]) -> Opened:
    certain: set[str] = set()
    could: set[str] = set()
    for reading in readings:
        (could if reading.questions == "all" else certain).add(reading.institution)
    return Opened(len(certain), len(could - certain))


def _as_days(
    readings: Iterable[Reading], names: Mapping[str, str], question: str | None
) -> tuple[ReadingDay, ...]:
    """Put readings together by day, institution and way, in the order of the names and ways."""
    order = {institution: number for number, institution in enumerate(names)}
    ways = list(Way)

    def place(item: tuple[tuple[str, Way], list[Reading]]) -> tuple[int, str, int]:
        (institution, way), _readings = item
        return order.get(institution, len(order)), institution, ways.index(way)

    together: dict[date, dict[tuple[str, Way], list[Reading]]] = {}
    for reading in readings:
        way = _way_of(reading.action)
        visits = together.setdefault(reading.day, {})
        visits.setdefault((reading.institution, way), []).append(reading)
    return tuple(
        ReadingDay(
            day,
            tuple(
                _visit(institution, names, way, found, question)
                for (institution, way), found in sorted(visits.items(), key=place)
            ),
        )
        for day, visits in together.items()
    )


def _visit(
    institution: str,
    names: Mapping[str, str],
    way: Way,
    readings: list[Reading],
    question: str | None,
) -> Visit:
    codes = {
        code
        for reading in readings
        if reading.questions != "all"
        for code in reading.questions
        if question in (None, code)
    }
    return Visit(
        institution=institution,
        name=names.get(institution, state_of_circle(institution) or institution),
        way=way,
        questions=tuple(sorted(codes)),
        could_read_all=any(reading.questions == "all" for reading in readings),
        times=sum(reading.times for reading in readings),
    )


def _way_of(action: str) -> Way:
    if action.endswith(".exported"):
        return Way.EXPORT
    return Way.DOCUMENT if action.startswith("file.") else Way.PAGE
