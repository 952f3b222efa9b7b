"""The figure of one question: over its options, its numbers, or the cells of its fixed rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cooperation.analysis.rules.counting import Distribution, Reply, distribution_of
from cooperation.analysis.rules.numbers import Spread, spread_of
from cooperation.analysis.rules.roster import Roster
from cooperation.core.text import _
from cooperation.editions.rules import (
    Answer,
    Column,
    ColumnType,
    FixedRow,
    Option,
    PublicationRule,
    Question,
    QuestionType,
)
from cooperation.responses.rules import AnswerStatus

TICKED = "yes"
COUNTED_COLUMNS = frozenset(
    {ColumnType.SINGLE, ColumnType.YES_NO, ColumnType.TICK, ColumnType.NUMBER}
)
OPEN_RULES = frozenset({PublicationRule.PUBLISHED, PublicationRule.CHOICE})


@dataclass(frozen=True, slots=True)
class Counted:
    """One State's record on a question, opened; blank where there is no answer."""

    state: str
    status: AnswerStatus
    answer: Answer


@dataclass(frozen=True)
class LineFigure:
    """One fixed row of a table, in one of its columns; one of the two is there."""

    row: FixedRow
    distribution: Distribution | None
    spread: Spread | None


@dataclass(frozen=True)
class ColumnFigure:
    """One column of a table, row by row."""

    column: Column
    lines: tuple[LineFigure, ...]

    @property
    def is_tick(self) -> bool:
        """Whether its cells are boxes."""
        return self.column.type is ColumnType.TICK


@dataclass(frozen=True)
class Figure:
    """What is counted for one question; one of the three is there."""

    question: Question
    distribution: Distribution | None = None
    spread: Spread | None = None
    columns: tuple[ColumnFigure, ...] = ()

    @property
    def ticks(self) -> tuple[ColumnFigure, ...]:
        """The columns of boxes, which are shown as one table."""
        return tuple(column for column in self.columns if column.is_tick)


def has_figure(question: Question) -> bool:
    """Tell whether answers to the question can be counted."""
    if question.has_options or question.type is QuestionType.NUMBER:
        return True
    return bool(question.rows and counted_columns(question))


def is_single_choice(question: Question) -> bool:
    """Tell whether a State chooses exactly one option: such a figure can be protected."""
    return question.type in {QuestionType.SINGLE, QuestionType.YES_NO}


def is_open_to(question: Question, *, court: bool) -> bool:
    """Tell whether this reader may open any answer to the question."""
    return court or question.publication in OPEN_RULES


def counted_columns(question: Question) -> tuple[Column, ...]:
    """Return the columns of a table whose cells can be counted."""
    return tuple(column for column in question.columns if column.type in COUNTED_COLUMNS)


def figure_of(question: Question, records: Sequence[Counted], roster: Roster) -> Figure:
    """Return the figure of a question that has one; `records`: at most one of each State."""
    if question.has_options:
        replies = [Reply(each.state, each.status, each.answer.choice) for each in records]
        is_multiple = question.type is QuestionType.MULTIPLE
        distribution = distribution_of(question.options, replies, roster, is_multiple=is_multiple)
        return Figure(question, distribution=distribution)
    if question.type is QuestionType.NUMBER:
        return Figure(question, spread=_spread(question, records, roster))
    columns = tuple(
        _column_figure(question, column, records, roster) for column in counted_columns(question)
    )
    return Figure(question, columns=columns)


def _spread(question: Question, records: Sequence[Counted], roster: Roster) -> Spread:
    numbers = {each.state: each.answer.number for each in records if each.answer.number is not None}
    return spread_of(_replies_with(numbers, records), numbers, roster, unit=question.unit)


def _replies_with(numbers: dict[str, Decimal], records: Sequence[Counted]) -> list[Reply]:
    return [Reply(each.state, _status(each, each.state in numbers)) for each in records]


def _status(record: Counted, has_value: bool) -> AnswerStatus:
    if record.status is AnswerStatus.NOT_ASKED:
        return AnswerStatus.NOT_ASKED
    return AnswerStatus.ANSWERED if has_value else AnswerStatus.NO_ANSWER


def _column_figure(
    question: Question, column: Column, records: Sequence[Counted], roster: Roster
) -> ColumnFigure:
    cells: dict[str, dict[str, str]] = {row.code: {} for row in question.rows}
    for record in records:
        for row in record.answer.rows:
            text = row.cell(column.code)
            if text and row.code in cells:
                cells[row.code][record.state] = text
    lines = tuple(_line(row, column, cells[row.code], records, roster) for row in question.rows)
    return ColumnFigure(column, lines)


def _line(
    row: FixedRow,
    column: Column,
    cells: dict[str, str],
    records: Sequence[Counted],
    roster: Roster,
) -> LineFigure:
    if column.type is ColumnType.NUMBER:
        numbers = {state: Decimal(text) for state, text in cells.items()}
        spread = spread_of(_replies_with(numbers, records), numbers, roster, unit=column.unit)
        return LineFigure(row, None, spread)
    replies = [_cell_reply(record, column, cells.get(record.state, "")) for record in records]
    options = options_of(column)
    return LineFigure(row, distribution_of(options, replies, roster, is_multiple=False), None)


def _cell_reply(record: Counted, column: Column, text: str) -> Reply:
    """Read one cell: a box left empty in an answered table says no, a choice left empty nothing."""
    is_answered = bool(text) or column.type is ColumnType.TICK
    if record.status is not AnswerStatus.ANSWERED:
        return Reply(record.state, record.status)
    return Reply(record.state, _status(record, is_answered), (text,) if text else ())


def options_of(column: Column) -> tuple[Option, ...]:
    """Return what a cell of the column may say."""
    if column.type is ColumnType.TICK:
        return (Option(TICKED, str(_("Ticked"))),)
    return column.options or (Option("yes", str(_("Yes"))), Option("no", str(_("No"))))
