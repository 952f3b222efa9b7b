"""What was typed and cannot be counted yet is kept as typed, beside the answer, never in it.

Source: design/answering.md 1: a draft takes what people write, also what is too long or not yet a
number; only *ready* refuses. So an answer's members hold nothing that `problems` finds fault with,
and conditions, counts and submissions never see the rest. Limits of size alone refuse.
"""

from dataclasses import replace
from datetime import date

from cooperation.core.text import Text, _
from cooperation.editions.rules.answer import Answer, Row
from cooperation.editions.rules.checks import Finding, problems
from cooperation.editions.rules.fields import field_name, form_fields
from cooperation.editions.rules.questionnaire import Question

FIELD_CHARACTERS = 50_000
"""The most that a draft keeps of one field; no question takes more than 4,000."""

ANSWER_CHARACTERS = 400_000
"""The most that a draft keeps of one answer, all its fields together."""


def set_aside(question: Question, answer: Answer, *, today: date) -> Answer:
    """Return the answer with whatever has a problem moved, as typed, to `unfit`."""
    bad = {name for name, _sentence in problems(question, answer, today=today)}
    if not bad:
        return answer
    comment = field_name(question, "comment")
    is_whole = question.code in bad
    unfit = tuple(
        (name, text)
        for name, texts in form_fields(question, answer).items()
        if name in bad or (is_whole and name != comment)
        for text in texts
    )
    fit = replace(answer, comment="" if comment in bad else answer.comment, unfit=unfit)
    if is_whole:
        return replace(fit, choice=(), text=None, number=None, day=None, rows=())
    return replace(fit, rows=_fit_rows(question, answer, bad))


def _fit_rows(question: Question, answer: Answer, bad: set[str]) -> tuple[Row, ...]:
    rows = (
        Row(
            row.code,
            {
                column: text
                for column, text in row.cells.items()
                if field_name(question, row.code, column) not in bad
            },
        )
        for row in answer.rows
    )
    return tuple(row for row in rows if row.cells)


def size_problems(question: Question, answer: Answer) -> tuple[Finding, ...]:
    """Return what is too large even for a draft, as (field id, sentence)."""
    lengths = {name: sum(map(len, texts)) for name, texts in form_fields(question, answer).items()}
    found = tuple(
        (name, _too_large(length, FIELD_CHARACTERS))
        for name, length in lengths.items()
        if length > FIELD_CHARACTERS
    )
    whole = sum(lengths.values())
    if not found and whole > ANSWER_CHARACTERS:
        return ((question.code, _too_large(whole, ANSWER_CHARACTERS)),)
    return found


def _too_large(now: int, most: int) -> Text:
    return _(
        "This is too long to be kept, even in a draft: it has %(now)s characters. Shorten it to "
        "%(most)s or fewer; until then the draft keeps what it had before.",
        now=now,
        most=most,
    )
