"""From the fields of a part's page to the entries of a save; names as in `editions.rules.fields`.

Beside the question's own fields a page posts `Q.version`, what it showed (`Seen`), and where the
State may choose, `Q.audience`. A question whose `Q.version` is missing was not on the page. Of the
table `T` of marked answers only `T.{question}.reason` is typed.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from cooperation.core.text import _
from cooperation.editions.rules import (
    Answer,
    Finding,
    Function,
    Part,
    Question,
    Row,
    field_name,
    is_row_number,
    parse_form,
    set_aside,
    size_problems,
)
from cooperation.responses.rules.audience import Audience, marks_allowed
from cooperation.responses.rules.draft import DraftRecord
from cooperation.responses.rules.merge import UNREADABLE, Entry, Seen, Stored, read_seen

Fields = Mapping[str, Sequence[str]]

_OTHER = "other"


def version_field(question: Question) -> str:
    """Return the name of the hidden field that says which version a page shows."""
    return field_name(question, "version")


def other_field(question: Question) -> str:
    """Return the name of the hidden field that says over which other text a page lets decide."""
    return field_name(question, _OTHER)


def audience_field(question: Question) -> str:
    """Return the name of the field in which the State marks who may read."""
    return field_name(question, "audience")


def reason_field(question: Question, code: str) -> str:
    """Return the name of the field with the reason for marking the question `code`."""
    return field_name(question, code, "reason")


def is_typed(question: Question) -> bool:
    """Tell whether anything of this question is typed on its page."""
    return not question.derived or question.function is Function.MARKED_ANSWERS


def read_entries(
    part: Part, fields: Fields, stored: Mapping[str, Stored], today: date
) -> dict[str, Entry]:
    """Return what the page says, for each question that stood on it; never fails.

    What cannot be counted yet stands aside in its answer, as it was typed.
    """
    entries: dict[str, Entry] = {}
    for question in part.questions:
        if version_field(question) in fields and is_typed(question):
            now = stored.get(question.code, Stored())
            answer = _read_answer(question, fields, now.record.answer)
            answer = set_aside(question, answer, today=today)
            record = DraftRecord(answer, _read_mark(question, fields))
            entries[question.code] = Entry(record, seen_on_page(question, fields))
    return entries


def entry_problems(part: Part, entries: Mapping[str, Entry]) -> dict[str, tuple[Finding, ...]]:
    """Return by question what refuses to be kept even in a draft, as (field id, sentence)."""
    found = {}
    for question in part.questions:
        entry = entries.get(question.code)
        if entry is None:
            continue
        listed = _record_problems(question, entry.record)
        if entry.seen == UNREADABLE:
            listed += ((question.code, _("This page is incomplete. Open it again.")),)
        if listed:
            found[question.code] = listed
    return found


def _record_problems(question: Question, record: DraftRecord) -> tuple[Finding, ...]:
    if question.function is Function.MARKED_ANSWERS:
        return _reason_problems(question, record.answer)
    return size_problems(question, record.answer)


def _reason_problems(question: Question, answer: Answer) -> tuple[Finding, ...]:
    column = next(column for column in question.columns if column.code == "reason")
    return tuple(
        (reason_field(question, row.cell("question")), _("Choose among the options on the page."))
        for row in answer.rows
        if row.cell("reason") not in column.option_codes
    )


def _read_answer(question: Question, fields: Fields, now: Answer) -> Answer:
    if question.function is Function.MARKED_ANSWERS:
        return Answer(rows=_read_reasons(question, fields))
    return parse_form(question, renumbered(question, fields), files=now.files)


def _read_reasons(question: Question, fields: Fields) -> tuple[Row, ...]:
    opening, ending = f"{question.code}.", ".reason"
    rows: list[Row] = []
    for name in sorted(fields):
        reason = _first(fields, name)
        if name.startswith(opening) and name.endswith(ending) and reason:
            code = name[len(opening) : -len(ending)]
            rows.append(Row(str(len(rows) + 1), {"question": code, "reason": reason}))
    return tuple(rows)


def renumbered(question: Question, fields: Fields) -> Fields:
    """Return the fields with the rows of a free table counted 1, 2, 3 in their order.

    A script that adds and removes rows leaves holes and numbers above `max_rows`; what was typed
    there must not fall out.
    """
    if not question.has_rows or question.rows:
        return fields
    rows: dict[int, dict[str, Sequence[str]]] = {}
    others: dict[str, Sequence[str]] = {}
    for name, values in fields.items():
        code, _dot, rest = name.partition(".")
        number, _dot, column = rest.partition(".")
        if code == question.code and is_row_number(number) and column:
            rows.setdefault(int(number), {})[column] = values
        else:
            others[name] = values
    filled = [cells for _number, cells in sorted(rows.items()) if _has_text(cells)]
    for place, cells in enumerate(filled, start=1):
        for column, values in cells.items():
            others[field_name(question, str(place), column)] = values
    return others


def _has_text(cells: Mapping[str, Sequence[str]]) -> bool:
    return any(value.strip() for values in cells.values() for value in values)


def _read_mark(question: Question, fields: Fields) -> Audience | None:
    allowed = marks_allowed(question)
    if len(allowed) < 2:
        return None
    typed = _first(fields, audience_field(question))
    chosen = next((mark for mark in allowed if mark == typed), None)
    return None if chosen is allowed[0] else chosen


def seen_on_page(question: Question, fields: Fields) -> Seen:
    """Return which version the page showed; `UNREADABLE` where the field does not say it."""
    return read_seen(_first(fields, version_field(question)))


def other_seen(code: str, fields: Fields) -> Seen:
    """Return which other text of a question the page showed beside the person's own."""
    return read_seen(_first(fields, f"{code}.{_OTHER}"))


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""
