"""An answer: one value type for all types of question, and its canonical bytes.

The canonical bytes are what is sealed and what a commitment binds: JSON in UTF-8 with sorted keys,
no spaces, strings in NFC, numbers as strings of digits, and only the members that hold something.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias

from cooperation.core.characters import nfc
from cooperation.core.errors import Broken
from cooperation.core.text import _

RowData: TypeAlias = dict[str, str | dict[str, str]]
FileData: TypeAlias = dict[str, str | int]
AnswerData: TypeAlias = dict[str, str | list[str] | list[RowData] | list[FileData]]


class UnreadableAnswerError(Broken):
    """Stored bytes that are no answer."""

    sentence = _("A stored answer cannot be read.")


@dataclass(frozen=True)
class FileRef:
    """A file of an answer; its bytes are sealed elsewhere. `size` in bytes, `sha256` in hex."""

    id: str
    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Row:
    """A row of a table.

    `code` is that of the fixed row, or the row's place from "1" where rows are free. `cells` hold
    text, an option's code, an ISO day, digits or "yes" by column code; blank cells are left out.
    """

    code: str
    cells: Mapping[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """Return a cell's text; blank where there is none."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Answer:
    """What a State answers to one question; which member is used follows from the question's type.

    `choice`: option codes, in the State's order where the question is ordered. `day`: ISO day, or
    ISO month where that is allowed. `unfit`: (field id, text as typed) of what cannot be counted
    yet: too long, no number, half a date. It stands in no other member, and an answer with any of
    it has problems, a gap, and no canonical bytes.
    """

    choice: tuple[str, ...] = ()
    text: str | None = None
    number: Decimal | None = None
    day: str | None = None
    rows: tuple[Row, ...] = ()
    files: tuple[FileRef, ...] = ()
    comment: str = ""
    unfit: tuple[tuple[str, str], ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer besides the comment."""
        return bool(
            self.choice
            or self.text
            or self.number is not None
            or self.day
            or self.rows
            or self.files
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was entered."""
        return not (self.is_answered or self.comment or self.unfit)

    def with_file(self, file: FileRef) -> "Answer":
        """Return the answer with one more file."""
        return replace(self, files=(*self.files, file))

    def without_file(self, file_id: str) -> "Answer":
        """Return the answer without a file."""
        return replace(self, files=tuple(each for each in self.files if each.id != file_id))

    def file(self, file_id: str) -> FileRef | None:
        """Return one of the answer's files, if it is there."""
        return next((each for each in self.files if each.id == file_id), None)


BLANK = Answer()


def digits_of(number: Decimal) -> str:
    """Return the one spelling of a number: no exponent, no superfluous zeros."""
    return format(number.normalize(), "f") if number else "0"


def _row_data(row: Row) -> RowData:
    return {"code": row.code, "cells": {code: nfc(text) for code, text in row.cells.items()}}


def _file_data(file: FileRef) -> FileData:
    return {
        "content_type": file.content_type,
        "id": file.id,
        "name": nfc(file.name),
        "sha256": file.sha256,
        "size": file.size,
    }


def answer_data(answer: Answer) -> AnswerData:
    """Return the members that hold something, as `canonical` writes them.

    For a sealed record that holds more than the answer; raises `ValueError` as `canonical` does.
    """
    if answer.unfit:
        raise ValueError("an answer with unfit parts has no canonical form")
    members: AnswerData = {
        "choice": list(answer.choice),
        "comment": nfc(answer.comment),
        "day": answer.day or "",
        "files": [_file_data(file) for file in answer.files],
        "number": "" if answer.number is None else digits_of(answer.number),
        "rows": [_row_data(row) for row in answer.rows],
        "text": nfc(answer.text or ""),
    }
    return {name: value for name, value in members.items() if value}


def canonical(answer: Answer) -> bytes:
    """Return the canonical bytes; raises `ValueError` for an answer with unfit parts."""
    members = answer_data(answer)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def parse_canonical(content: bytes) -> Answer:
    """Return the answer behind canonical bytes; raises `UnreadableAnswerError`."""
    try:
        members = json.loads(content.decode())
    except ValueError as error:
        raise UnreadableAnswerError from error
    return answer_from_data(members)


def answer_from_data(members: Mapping[str, object]) -> Answer:
    """Return the answer behind `answer_data`; raises `UnreadableAnswerError`."""
    try:
        number = members.get("number")
        return Answer(
            choice=tuple(_list(members, "choice")),
            text=_text(members, "text"),
            number=None if number is None else Decimal(str(number)),
            day=_text(members, "day"),
            rows=tuple(Row(row["code"], row["cells"]) for row in _list(members, "rows")),
            files=tuple(FileRef(**file) for file in _list(members, "files")),
            comment=_text(members, "comment") or "",
        )
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        raise UnreadableAnswerError from error


def _list(members: Mapping[str, object], name: str) -> list:  # type: ignore[type-arg] # JSON
    value = members.get(name, [])
    if not isinstance(value, list):
        raise TypeError(name)
    return value


def _text(members: Mapping[str, object], name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(name)
    return value
