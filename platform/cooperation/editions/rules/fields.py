"""From the fields of a page to an answer and back.

Names of the fields of a question Q (they are also the ids of the elements in error):

- text, number: `Q`; date: `Q` holding an ISO day, or ISO month where allowed
- single, yes_no: `Q` = option code; multiple: `Q` once for each chosen option
- multiple and ordered: `Q` several times, first choice first (one list box for each place, its
  element ids being `Q.1`, `Q.2` ...); blank ones are dropped
- table, contacts: `Q.{row}.{column}`, row = code of the fixed row, or 1 to `max_rows` where rows
  are free; a tick holds `yes`; blank rows are dropped and the others move up
- file: `Q` is the upload, which the caller stores; `Q.remove` = ids of files to take out. All other
  files that the answer had stay, whether the page named them or not
- choice, number and date: `Q.comment`

Derived questions have no fields: `parse_form` gives a blank answer for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cooperation.core.characters import clean_line, clean_lines, clean_token
from cooperation.core.days import as_iso
from cooperation.core.emails import plain_email
from cooperation.editions.rules.answer import BLANK, Answer, FileRef, Row, digits_of
from cooperation.editions.rules.questionnaire import Column, ColumnType, Question, QuestionType
from cooperation.editions.rules.typed import read_number

Fields = Mapping[str, Sequence[str]]

YES = "yes"
_LONGEST_ROW_NUMBER = 5


def field_name(question: Question, *parts: str) -> str:
    """Return the name of a field of the question: `field_name(q, "1", "e_mail")`."""
    return ".".join((question.code, *parts))


def field_names(question: Question) -> tuple[str, ...]:
    """Return the names of all fields that the question's page may send, uploads aside."""
    if question.derived:
        return ()
    if question.has_rows:
        return tuple(
            field_name(question, row, column.code)
            for row in question.row_codes
            for column in question.columns
        )
    if question.type is QuestionType.FILE:
        return (field_name(question, "remove"),)
    if question.has_comment:
        return (question.code, field_name(question, "comment"))
    return (question.code,)


def parse_form(question: Question, fields: Fields, *, files: Sequence[FileRef] = ()) -> Answer:
    """Return the answer that the fields hold; never fails, `problems` tells what is wrong with it.

    `files` are those that the answer has now.
    """
    if question.derived:
        return BLANK
    if question.has_rows:
        return Answer(rows=_parse_rows(question, fields))
    if question.type is QuestionType.FILE:
        removed = frozenset(fields.get(field_name(question, "remove"), ()))
        return Answer(files=tuple(file for file in files if file.id not in removed))
    answer = _parse_value(question, fields.get(question.code, ()))
    if not question.has_comment:
        return answer
    return replace(answer, comment=clean_lines(_first(fields, field_name(question, "comment"))))


def form_fields(question: Question, answer: Answer) -> dict[str, list[str]]:
    """Return the fields that `parse_form` reads this answer from, with what is unfit."""
    fields: dict[str, list[str]] = {}
    if question.has_rows:
        for row in answer.rows:
            for column, text in row.cells.items():
                fields[field_name(question, row.code, column)] = [text]
    elif question.type is not QuestionType.FILE:
        fields[question.code] = _values(answer)
    if answer.comment:
        fields[field_name(question, "comment")] = [answer.comment]
    for name, typed in answer.unfit:
        fields.setdefault(name, []).append(typed)
    return fields


def as_typed(question: Question, answer: Answer) -> Answer:
    """Return the answer with what is unfit back in its place, as `parse_form` first read it."""
    if not answer.unfit:
        return answer
    return parse_form(question, form_fields(question, answer), files=answer.files)


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""


def _parse_value(question: Question, values: Sequence[str]) -> Answer:
    if question.has_options:
        return Answer(choice=_parse_choice(question, values))
    typed = values[0] if values else ""
    if question.type is QuestionType.LONG_TEXT:
        return Answer(text=clean_lines(typed) or None)
    line = clean_line(typed)
    if question.type is QuestionType.DATE:
        month_allowed = question.month_precision_allowed
        return Answer(day=as_iso(line, month_allowed=month_allowed) or None)
    if question.type is not QuestionType.NUMBER:
        return Answer(text=line or None)
    number = read_number(line)
    if line and number is None:
        return Answer(unfit=((question.code, line),))
    return Answer(number=number)


def _parse_choice(question: Question, values: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(value for value in map(clean_line, values) if value)
    if question.ordered:
        return chosen
    known = tuple(option.code for option in question.options if option.code in chosen)
    unknown = tuple(value for value in dict.fromkeys(chosen) if value not in question.option_codes)
    return known + unknown


def _parse_rows(question: Question, fields: Fields) -> tuple[Row, ...]:
    rows: list[Row] = []
    for code in (*question.row_codes, *_surplus_codes(question, fields)):
        cells = {}
        for column in question.columns:
            text = _parse_cell(column, _first(fields, field_name(question, code, column.code)))
            if text:
                cells[column.code] = text
        if cells:
            rows.append(Row(code if question.rows else str(len(rows) + 1), cells))
    return tuple(rows)


def _surplus_codes(question: Question, fields: Fields) -> tuple[str, ...]:
    """Return the numbers of rows beyond those that the question has, which are refused later."""
    if question.rows:
        return ()
    opening = f"{question.code}."
    typed = {name[len(opening) :].partition(".")[0] for name in fields if name.startswith(opening)}
    numbers = (int(code) for code in typed if is_row_number(code))
    return tuple(str(number) for number in sorted(numbers) if number > question.max_rows)


def is_row_number(text: str) -> bool:
    """Tell whether a part of a field's name may count rows."""
    return text.isascii() and text.isdigit() and len(text) < _LONGEST_ROW_NUMBER


def _parse_cell(column: Column, typed: str) -> str:
    line, token = clean_line(typed), clean_token(typed)
    if column.type is ColumnType.DATE:
        return as_iso(line)
    if column.type is ColumnType.EMAIL:
        return plain_email(typed)
    if column.type is ColumnType.NUMBER:
        number = read_number(typed)
        return line if number is None else digits_of(number)
    if column.type is ColumnType.SHORT_TEXT and any(map(str.isalpha, token)):
        return line
    return token  # a telephone number, too: nothing unseen has a meaning there


def _values(answer: Answer) -> list[str]:
    if answer.choice:
        return list(answer.choice)
    if answer.number is not None:
        return [digits_of(answer.number)]
    value = answer.text or answer.day
    return [value] if value else []
