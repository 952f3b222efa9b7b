"""What is wrong with an answer (`problems`), what it still needs (`gaps`).

A draft keeps both kinds: what has a problem stands aside, as typed (`aside`), and is a gap too.
Only *ready* refuses. Both are pairs of a field id (see `fields`) and a sentence.
"""

from datetime import date
from decimal import Decimal
from functools import partial

from cooperation.core.emails import email_problem
from cooperation.core.text import Text, _, ngettext
from cooperation.editions.rules.answer import Answer, Row
from cooperation.editions.rules.fields import YES, as_typed, field_name
from cooperation.editions.rules.questionnaire import (
    COMMENT_CHARACTERS,
    EMAIL_CHARACTERS,
    URL_CHARACTERS,
    Column,
    ColumnType,
    Question,
    QuestionType,
)
from cooperation.editions.rules.typed import (
    day_problem,
    no_number,
    number_problem,
    read_number,
    text_problem,
    url_problem,
)

Finding = tuple[str, Text]


def problems(
    question: Question, answer: Answer, *, today: date | None = None
) -> tuple[Finding, ...]:
    """Return what makes the answer, or parts of it, unfit to be counted, as (field id, sentence).

    `today` is needed for questions whose day may not lie in the future.
    """
    if question.derived:
        return ()
    answer = as_typed(question, answer)
    found = _number_problems(answer)
    if question.has_options:
        found += _choice_problems(question, answer)
    elif question.has_rows:
        found += _rows_problems(question, answer)
    elif question.type is QuestionType.FILE:
        found += _file_problems(question, answer)
    else:
        found += _value_problems(question, answer, today)
    comment = text_problem(answer.comment, COMMENT_CHARACTERS)
    if comment is not None:
        found.append((field_name(question, "comment"), comment))
    return tuple(found)


def gaps(question: Question, answer: Answer) -> tuple[Finding, ...]:
    """Return what a submission would miss in this answer, as (field id, sentence).

    Ask it only for questions that are asked.
    """
    if question.derived:
        return ()
    unfit = tuple(placed(question, each) for each in unfit_findings(question, answer))
    told = {name for name, _sentence in unfit}
    is_begun = answer.is_answered or told - {field_name(question, "comment")}
    if question.required and not is_begun:
        return (*unfit, (question.code, missing_sentence(question)))
    blank = (
        (field_name(question, row.code, column.code), _missing_cell(column))
        for row in answer.rows
        for column in question.columns
        if column.required and not row.cell(column.code)
    )
    return unfit + tuple(each for each in blank if each[0] not in told)


def unfit_findings(
    question: Question, answer: Answer, *, today: date | None = None
) -> tuple[Finding, ...]:
    """Return what stands aside, with its problem; a day that lay in the future may be fit now."""
    if not answer.unfit:
        return ()
    named = answer.unfit[0][0]
    found = problems(question, answer, today=today)
    return found or ((named, _("Check this answer and save it again.")),)


def placed(question: Question, finding: Finding) -> Finding:
    """Return the finding as a list of several questions names it: question, row, column first."""
    name, sentence = finding
    row_code, _dot, column_code = name.removeprefix(f"{question.code}.").partition(".")
    rows = {row.code: row.text for row in question.rows}
    titles = {column.code: column.title for column in question.columns}
    places = [question.code, rows.get(row_code, row_code), titles.get(column_code, "")]
    if column_code not in titles:
        places = [question.code]
    place = ", ".join(places)
    return name, _("%(place)s: %(problem)s", place=place, problem=sentence)


def is_complete(question: Question, answer: Answer) -> bool:
    """Tell whether the answer may be submitted as it is."""
    return not gaps(question, answer) and not problems(question, answer)


def missing_sentence(question: Question) -> Text:
    """Say what to do about a required question without an answer."""
    if question.has_options:
        return _("Choose an answer to %(code)s, %(title)s.", **_name(question))
    if question.has_rows:
        return _("Fill in at least one row of %(code)s, %(title)s.", **_name(question))
    if question.type is QuestionType.FILE:
        return _("Add a file to %(code)s, %(title)s.", **_name(question))
    return _("Answer %(code)s, %(title)s.", **_name(question))


def _name(question: Question) -> dict[str, object]:
    return {"code": question.code, "title": question.title}


def _missing_cell(column: Column) -> Text:
    return _("Fill in “%(column)s”.", column=column.title)


def _number_problems(answer: Answer) -> list[Finding]:
    return [(name, no_number()) for name, _typed in answer.unfit]


def _choice_problems(question: Question, answer: Answer) -> list[Finding]:
    if any(code not in question.option_codes for code in answer.choice):
        return [(question.code, _("Choose among the options on the page."))]
    if len(set(answer.choice)) < len(answer.choice):
        return [(question.code, _("Choose each option only once."))]
    most = question.choices_allowed
    if len(answer.choice) > most:
        sentence = ngettext("Choose %(number)s option.", "Choose at most %(number)s options.", most)
        return [(question.code, sentence)]
    return []


def _value_problems(question: Question, answer: Answer, today: date | None) -> list[Finding]:
    problem: Text | None = None
    if answer.number is not None:
        problem = number_problem(
            answer.number,
            minimum=question.minimum,
            maximum=question.maximum,
            decimals=question.decimals,
        )
    elif answer.day is not None:
        problem = day_problem(
            answer.day,
            month_allowed=question.month_precision_allowed,
            latest=today if question.not_in_future else None,
        )
    elif answer.text is not None:
        problem = text_problem(answer.text, question.max_characters)
    return [] if problem is None else [(question.code, problem)]


def _file_problems(question: Question, answer: Answer) -> list[Finding]:
    found: list[Finding] = []
    if len(answer.files) > question.max_files:
        sentence = ngettext(
            "Add at most %(number)s file.", "Add at most %(number)s files.", question.max_files
        )
        found.append((question.code, sentence))
    for file in answer.files:
        problem = file_problem(question, file.name, file.size)
        if problem is not None:
            found.append((question.code, problem))
    return found


def file_problem(question: Question, name: str, size: int) -> Text | None:
    """Say what is wrong with a file by its name and its size in bytes, before it is stored."""
    if text_problem(name, 200) is not None or "/" in name or "\\" in name or "\n" in name:
        return _("Give the file a plain name of 200 characters or fewer.")
    ending = name.rpartition(".")[2].lower()
    if ending not in question.endings:
        return _(
            "Add a file of one of these kinds: %(formats)s.", formats=", ".join(question.formats)
        )
    if size == 0:
        return _("The file is empty.")
    if size > question.max_megabytes_each * 1024 * 1024:
        return _("Add a file of %(most)s MB or less.", most=question.max_megabytes_each)
    return None


def _rows_problems(question: Question, answer: Answer) -> list[Finding]:
    if len(answer.rows) > len(question.row_codes) and not question.derived:
        sentence = _("Fill in at most %(count)s rows.", count=len(question.row_codes))
        return [(question.code, sentence)]
    found = []
    columns = {column.code: column for column in question.columns}
    for row in answer.rows:
        if row.code not in question.row_codes or not set(row.cells) <= set(columns):
            return [(question.code, _("Use the rows and columns on the page."))]
        found.extend(_row_problems(question, row))
    return found


def _row_problems(question: Question, row: Row) -> list[Finding]:
    found = []
    for column in question.columns:
        text = row.cell(column.code)
        problem = _cell_problem(column, text) if text else None
        if problem is not None:
            found.append((field_name(question, row.code, column.code), problem))
    return found


def _cell_problem(column: Column, text: str) -> Text | None:
    if column.type in {ColumnType.SINGLE, ColumnType.YES_NO}:
        return None if text in column.option_codes else _("Choose among the options on the page.")
    if column.type is ColumnType.TICK:
        return None if text == YES else _("Tick the box, or leave it.")
    if column.type is ColumnType.NUMBER:
        return _number_cell_problem(column, read_number(text))
    if column.type is ColumnType.EMAIL:
        return text_problem(text, EMAIL_CHARACTERS) or email_problem(text)
    if column.type is ColumnType.URL:
        return text_problem(text, URL_CHARACTERS) or url_problem(text)
    if column.type is ColumnType.DATE:
        return day_problem(text, month_allowed=False)
    return text_problem(text, column.max_characters)


def _number_cell_problem(column: Column, number: Decimal | None) -> Text | None:
    if number is None:
        return no_number()
    judge = partial(number_problem, number, minimum=column.minimum, maximum=column.maximum)
    return judge(decimals=column.decimals)
