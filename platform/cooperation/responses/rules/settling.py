"""Deciding between two texts for one question: take theirs, keep mine, or both in the field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from cooperation.editions.rules import Answer, Question, QuestionType, Row
from cooperation.responses.rules.draft import DraftRecord
from cooperation.responses.rules.merge import Entry, Seen, Stored

_PARAGRAPH = "\n\n"
_BETWEEN = {QuestionType.LONG_TEXT: _PARAGRAPH, QuestionType.SHORT_TEXT: " / "}
"""What stands between two texts in one field."""


class Choice(StrEnum):
    """What a person decides between her text and the one saved meanwhile."""

    THEIRS = "theirs"
    MINE = "mine"
    BOTH = "both"


@dataclass(frozen=True)
class Settling:
    """A decision: for which question, and which version of the other text it was made over."""

    question: str
    choice: Choice
    over: Seen


@dataclass(frozen=True)
class Settled:
    """What a decision leaves to be saved, and the joined text that goes back into the field."""

    entries: Mapping[str, Entry]
    joined: DraftRecord | None = None


def settle(
    settling: Settling,
    question: Question,
    entries: Mapping[str, Entry],
    stored: Mapping[str, Stored],
) -> Settled:
    """Return what is saved after a decision. Only the person's own text is ever written by it.

    "Theirs" and "both" write nothing for the question: the one leaves what is kept, the other puts
    both texts into the field, to be made one there.
    """
    entry = entries.get(settling.question)
    if entry is None:
        return Settled(entries)
    if settling.choice is Choice.MINE:
        return Settled({**entries, settling.question: replace(entry, seen=settling.over)})
    others = {code: each for code, each in entries.items() if code != settling.question}
    if settling.choice is Choice.THEIRS:
        return Settled(others)
    theirs = stored.get(settling.question, Stored()).record
    if not can_be_joined(question, theirs, entry.record):
        return Settled(entries)
    return Settled(others, joined(question, theirs, entry.record))


def can_be_joined(question: Question, theirs: DraftRecord, mine: DraftRecord) -> bool:
    """Tell whether both answers can stand in the question's field at once."""
    if question.type in _BETWEEN:
        return True
    if question.derived or theirs.answer.unfit or mine.answer.unfit:
        return False
    if _has_free_rows(question):
        return len(_rows(theirs.answer.rows, mine.answer.rows)) <= question.max_rows
    return question.type is QuestionType.MULTIPLE and not question.ordered


def joined(question: Question, theirs: DraftRecord, mine: DraftRecord) -> DraftRecord:
    """Return both texts in one, theirs first; of a table and of choices what either has."""
    first, second = theirs.answer, mine.answer
    answer = replace(second, comment=_texts(first.comment, second.comment, _PARAGRAPH))
    if _has_free_rows(question):
        answer = replace(answer, rows=_rows(first.rows, second.rows))
    elif question.type is QuestionType.MULTIPLE:
        chosen = {*first.choice, *second.choice}
        in_order = tuple(each.code for each in question.options if each.code in chosen)
        answer = replace(answer, choice=in_order)
    else:
        texts = _typed(question, first), _typed(question, second)
        text = _texts(*texts, _BETWEEN[question.type])
        answer = replace(answer, text=text or None, unfit=())
    return replace(mine, answer=answer)


def _has_free_rows(question: Question) -> bool:
    return question.has_rows and not question.rows


def _typed(question: Question, answer: Answer) -> str:
    """Return the text, also one that is too long to count."""
    return answer.text or dict(answer.unfit).get(question.code, "")


def _texts(first: str, second: str, between: str) -> str:
    if not first or first in second:
        return second
    if not second or second in first:
        return first
    return f"{first}{between}{second}"


def _rows(first: tuple[Row, ...], second: tuple[Row, ...]) -> tuple[Row, ...]:
    known = [row.cells for row in first]
    cells = known + [row.cells for row in second if row.cells not in known]
    return tuple(Row(str(place), each) for place, each in enumerate(cells, start=1))
