"""A question as the preview shows it: its type, rule, condition and limits in words."""

from dataclasses import dataclass

from cooperation.core.text import Text, _
from cooperation.editions.rules.questionnaire import (
    Column,
    ColumnType,
    Part,
    Question,
    Questionnaire,
)
from cooperation.editions.rules.words import (
    COLUMN_LABELS,
    PUBLICATION_LABELS,
    PUBLICATION_NOTES,
    TYPE_LABELS,
    condition_words,
)


@dataclass(frozen=True)
class ColumnPreview:
    """A column and what its cells hold."""

    title: str
    note: Text | str


@dataclass(frozen=True)
class QuestionPreview:
    """A question with everything about it in words."""

    question: Question
    type_label: Text
    publication_label: Text
    audience_note: Text
    asked_if: Text | None
    range_note: Text | None
    columns: tuple[ColumnPreview, ...]


def preview_part(questionnaire: Questionnaire, part: Part) -> list[QuestionPreview]:
    """Return the part's questions in words."""
    return [preview_question(questionnaire, question) for question in part.questions]


def preview_question(questionnaire: Questionnaire, question: Question) -> QuestionPreview:
    """Return one question in words."""
    asked_if = question.asked_if
    return QuestionPreview(
        question=question,
        type_label=TYPE_LABELS[question.type],
        publication_label=PUBLICATION_LABELS[question.publication],
        audience_note=audience_note(question),
        asked_if=None if asked_if is None else condition_words(questionnaire, asked_if),
        range_note=range_note(question),
        columns=tuple(_column(column) for column in question.columns),
    )


def audience_note(question: Question) -> Text:
    """Say who may come to read the answer."""
    if question.audience_from is not None:
        return _("Who may read the answer follows from %(code)s.", code=question.audience_from)
    return PUBLICATION_NOTES[question.publication]


def range_note(question: Question) -> Text | None:
    """Say which numbers are accepted, where there are limits."""
    unit = question.unit or ""
    if question.minimum is None or question.maximum is None:
        return _("A number: %(unit)s.", unit=unit) if unit else None
    return _(
        "A number from %(minimum)s to %(maximum)s %(unit)s.",
        minimum=question.minimum,
        maximum=question.maximum,
        unit=unit,
    )


def _column(column: Column) -> ColumnPreview:
    if column.type is ColumnType.SINGLE:
        return ColumnPreview(column.title, " / ".join(option.text for option in column.options))
    return ColumnPreview(column.title, COLUMN_LABELS[column.type])
