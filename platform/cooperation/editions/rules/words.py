"""Answers, conditions and rules in words, for pages and for exports.

The questionnaire's own texts are data, in English; only the words around them are translated.
"""

from cooperation.core.text import Text, _
from cooperation.editions.rules.answer import Answer, Row, digits_of
from cooperation.editions.rules.condition import All, Answered, Any, AnyOf, Condition
from cooperation.editions.rules.questionnaire import (
    Column,
    ColumnType,
    PublicationRule,
    Question,
    Questionnaire,
    QuestionType,
)

TYPE_LABELS: dict[QuestionType, Text] = {
    QuestionType.SHORT_TEXT: _("Short text"),
    QuestionType.LONG_TEXT: _("Text"),
    QuestionType.SINGLE: _("One choice"),
    QuestionType.MULTIPLE: _("Several choices"),
    QuestionType.YES_NO: _("Yes or no"),
    QuestionType.NUMBER: _("Number"),
    QuestionType.DATE: _("Date"),
    QuestionType.TABLE: _("Table"),
    QuestionType.CONTACTS: _("Contacts"),
    QuestionType.FILE: _("Files"),
}

COLUMN_LABELS: dict[ColumnType, Text] = {
    ColumnType.SHORT_TEXT: _("Short text"),
    ColumnType.EMAIL: _("E-mail"),
    ColumnType.URL: _("Web address"),
    ColumnType.DATE: _("Date"),
    ColumnType.NUMBER: _("Number"),
    ColumnType.SINGLE: _("One choice"),
    ColumnType.YES_NO: _("Yes or no"),
    ColumnType.TICK: _("Tick"),
}

PUBLICATION_LABELS: dict[PublicationRule, Text] = {
    PublicationRule.PUBLISHED: _("Published to the States Parties"),
    PublicationRule.CHOICE: _("The State chooses"),
    PublicationRule.RESTRICTED: _("Secretariat and Court"),
    PublicationRule.COURT: _("Court only"),
}

PUBLICATION_NOTES: dict[PublicationRule, Text] = {
    PublicationRule.PUBLISHED: _(
        "Once approved, the answer is published to the States Parties, the Court and the"
        " co-facilitators."
    ),
    PublicationRule.CHOICE: _(
        "Once approved, the answer is published to the States Parties, unless the State marks it"
        " for the Secretariat and the Court, or for the Court only."
    ),
    PublicationRule.RESTRICTED: _(
        "The Secretariat and the Court read the answer. It is not published."
    ),
    PublicationRule.COURT: _("Only the Court reads the answer."),
}


def condition_words(questionnaire: Questionnaire, condition: Condition) -> Text:
    """Return a condition as words, such as: the answer to ... is “Yes”."""
    if isinstance(condition, All):
        return _joined(questionnaire, condition.conditions, _(" and "))
    if isinstance(condition, Any):
        return _joined(questionnaire, condition.conditions, _(" or "))
    if isinstance(condition, Answered):
        if condition.is_answered:
            return _("%(code)s has an answer", code=condition.question)
        return _("%(code)s has no answer", code=condition.question)
    texts = questionnaire.question(condition.question).option_texts
    options = ", ".join(f"“{texts[option]}”" for option in condition.options)
    if isinstance(condition, AnyOf):
        if len(condition.options) == 1:
            return _(
                "the answer to %(code)s is %(options)s", code=condition.question, options=options
            )
        return _(
            "the answer to %(code)s is one of %(options)s", code=condition.question, options=options
        )
    return _(
        "the answer to %(code)s is none of %(options)s", code=condition.question, options=options
    )


def _joined(questionnaire: Questionnaire, conditions: tuple[Condition, ...], word: Text) -> Text:
    parts = [str(condition_words(questionnaire, each)) for each in conditions]
    return _("%(conditions)s", conditions=str(word).join(parts))


def option_text(question: Question, code: str) -> str:
    """Return an option's text; its code where the questionnaire does not know it."""
    return question.option_texts.get(code, code)


def row_text(question: Question, row: Row) -> str:
    """Return the name of a row: the fixed row's text, or its number."""
    return question.row_texts.get(row.code, row.code)


def cell_text(column: Column, row: Row) -> str:
    """Return a cell as words."""
    text = row.cell(column.code)
    if column.type is ColumnType.TICK:
        return str(_("Yes")) if text else ""
    return column.option_texts.get(text, text)


def answer_text(question: Question, answer: Answer) -> str:
    """Return the answer as plain text of one or more lines, for exports and comparisons."""
    lines: list[str] = []
    if answer.choice:
        lines.extend(_choice_lines(question, answer))
    elif answer.number is not None:
        lines.append(" ".join(filter(None, (digits_of(answer.number), question.unit))))
    elif answer.text or answer.day:
        lines.append(answer.text or answer.day or "")
    lines.extend(_row_line(question, row) for row in answer.rows)
    lines.extend(file.name for file in answer.files)
    if answer.comment:
        lines.append(str(_("Comment: %(comment)s", comment=answer.comment)))
    return "\n".join(lines)


def _choice_lines(question: Question, answer: Answer) -> list[str]:
    texts = [option_text(question, code) for code in answer.choice]
    if question.ordered:
        return [f"{place}. {text}" for place, text in enumerate(texts, start=1)]
    return texts


def _row_line(question: Question, row: Row) -> str:
    cells = (
        f"{column.title}: {cell_text(column, row)}"
        for column in question.columns
        if row.cell(column.code)
    )
    return f"{row_text(question, row)}: " + "; ".join(cells)
