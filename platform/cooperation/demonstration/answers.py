"""Invented answers: plausible, in six languages, always the same for the same seed.

States differ: most answer nearly everything, some only what is required. The figures of a
demonstration are meant to look like figures, not like dice: each option has its own weight.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from cooperation.editions.rules import (
    BLANK,
    Answer,
    Column,
    ColumnType,
    Function,
    PublicationRule,
    Question,
    Questionnaire,
    QuestionType,
    Row,
    is_asked,
)
from cooperation.register.rules import RegionalGroup
from cooperation.responses.rules import Audience

LANGUAGES: dict[RegionalGroup, tuple[str, ...]] = {
    RegionalGroup.AFR: ("english", "french", "english", "french", "arabic"),
    RegionalGroup.APG: ("english", "english", "chinese", "arabic"),
    RegionalGroup.EEG: ("english", "russian", "english", "english"),
    RegionalGroup.GRULAC: ("spanish", "spanish", "english"),
    RegionalGroup.WEOG: ("english", "french", "english", "english", "spanish"),
}
NOT_KNOWN = frozenset({"not_known", "none", "other"})
WEIGHTS: dict[Function | None, list[int]] = {
    Function.CONSENT_AUDIENCE: [90, 4, 6],
    Function.CONSENT_COUNTING: [92, 5, 3],
}
MARK_SHARE = 0.06
COMMENT_SHARE = 0.12
ALONE = frozenset(
    {"none", "not_known", "none_at_present", "nothing", "nothing_at_present", "nothing_more",
     "none_the_usual_channel_only"}
)  # fmt: skip


@dataclass(frozen=True)
class InventedResponse:
    """The answers of one State and the marks it chose, by question code."""

    language: str
    answers: Mapping[str, Answer]
    marks: Mapping[str, Audience]


@cache
def _read(name: str) -> object:
    return yaml.safe_load(files(__package__).joinpath(name).read_text("utf-8"))


def _phrases() -> Mapping[str, Mapping[str, list[str]]]:
    return cast("Mapping[str, Mapping[str, list[str]]]", _read("phrases.yaml"))


def picked(what: str) -> tuple[str, ...]:
    """Return the codes of the questions that the demonstration picks for something."""
    return tuple(cast("Mapping[str, Iterable[str]]", _read("questions.yaml"))[what])


def _ranges() -> Mapping[str, tuple[int, int]]:
    return cast("Mapping[str, Mapping[str, tuple[int, int]]]", _read("questions.yaml"))["numbers"]


class _Inventor:
    """Invents one State's answers; `diligence` is the share of optional questions it answers."""

    def __init__(self, seed: str, state_name: str, language: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - invented data, not keys
        self._state_name = state_name
        self._language = language
        self._diligence = self._random.choice((0.95, 0.9, 0.8, 0.6))

    def answer(self, question: Question) -> Answer:
        """Invent an answer, or leave an optional question blank."""
        if not question.required and self._random.random() > self._diligence:
            return BLANK
        by_type = {
            QuestionType.SINGLE: self._single,
            QuestionType.YES_NO: self._single,
            QuestionType.MULTIPLE: self._multiple,
            QuestionType.LONG_TEXT: self._words,
            QuestionType.SHORT_TEXT: self._words,
            QuestionType.NUMBER: self._number,
            QuestionType.DATE: self._day,
            QuestionType.TABLE: self._table,
            QuestionType.CONTACTS: self._contacts,
        }
        make = by_type.get(question.type)
        return make(question) if make else BLANK

    def mark(self, question: Question) -> Audience | None:
        """Invent a mark where the question leaves the choice."""
        if question.publication is not PublicationRule.CHOICE or question.audience_from:
            return None
        if self._random.random() > MARK_SHARE:
            return None
        return self._random.choice((Audience.RESTRICTED, Audience.RESTRICTED, Audience.COURT))

    def _single(self, question: Question) -> Answer:
        fixed: dict[Function | None, str] = {
            Function.KIND_OF_REPLY: "update",
            Function.LANGUAGE_OF_REPLY: self._language,
        }
        codes = [option.code for option in question.options]
        if question.function in fixed:
            return Answer(choice=(fixed[question.function],))
        weights = WEIGHTS.get(question.function) or self._weights(codes)
        return Answer(choice=(self._random.choices(codes, weights)[0],), comment=self._comment())

    def _weights(self, codes: list[str]) -> list[int]:
        return [
            4 if code in NOT_KNOWN else max(6, 40 - 11 * place) for place, code in enumerate(codes)
        ]

    def _multiple(self, question: Question) -> Answer:
        codes = [option.code for option in question.options]
        if self._random.random() < 0.08:
            alone = [code for code in codes if code in ALONE]
            if alone:
                return Answer(choice=(alone[0],))
        offered = [code for code in codes if code not in ALONE and code != "other"]
        most = min(len(offered), question.choices_allowed, 4)
        count = self._random.randint(1, most)
        chosen = self._random.sample(offered, count)
        if not question.ordered:
            chosen.sort(key=codes.index)
        return Answer(choice=tuple(chosen))

    def _words(self, question: Question) -> Answer:
        by_language = _phrases().get(question.code)
        if not by_language:
            return BLANK
        return Answer(text=self._random.choice(by_language[self._language]))

    def _comment(self) -> str:
        if self._random.random() > COMMENT_SHARE:
            return ""
        return self._random.choice(_phrases()["comments"][self._language])

    def _number(self, question: Question) -> Answer:
        low, high = _ranges().get(question.code, (1, 90))
        return Answer(number=Decimal(self._random.randint(low, high)))

    def _day(self, question: Question) -> Answer:
        del question  # every expected day is as good as another
        month = self._random.randint(1, 12)
        return Answer(day=f"{2028 + self._random.randint(0, 2)}-{month:02}-15")

    def _table(self, question: Question) -> Answer:
        codes = question.row_codes if question.rows else ("1", "2")
        rows = tuple(Row(code, self._cells(question.columns, code)) for code in codes)
        return Answer(rows=tuple(row for row in rows if row.cells))

    def _cells(self, columns: tuple[Column, ...], row: str) -> dict[str, str]:
        made = {column.code: self._cell(column, row) for column in columns}
        return {code: text for code, text in made.items() if text}

    def _cell(self, column: Column, row: str) -> str:
        if column.type is ColumnType.TICK:
            return "yes" if self._random.random() < 0.5 else ""
        if column.type in {ColumnType.SINGLE, ColumnType.YES_NO}:
            codes = [option.code for option in column.options] or ["yes", "no"]
            return self._random.choices(codes, self._weights(codes))[0]
        if column.type is ColumnType.NUMBER:
            return str(self._random.randint(0, 12 if column.unit is None else 60))
        if column.type is ColumnType.DATE:
            return f"20{self._random.randint(10, 25)}-0{self._random.randint(1, 9)}-01"
        if column.type is ColumnType.URL:
            return f"https://laws.example.org/act-{row}"
        return self._short(column.code, row)

    def _short(self, column: str, row: str) -> str:
        number = self._random.randint(2, 98)
        words = {
            "title": f"Act on cooperation with the Court (part {row})",
            "number": f"{number}/20{self._random.randint(10, 25)}",
            "articles": f"{number}-{number + 7}",
            "authority": self._random.choice(
                ("Ministry of Justice", "Prosecutor general", "Financial intelligence unit")
            ),
            "currency": "EUR",
        }
        return words.get(column, "")

    def _contacts(self, question: Question) -> Answer:
        rows = (Row("1", self._contact(question.columns)),)
        return Answer(rows=rows)

    def _contact(self, columns: tuple[Column, ...]) -> dict[str, str]:
        number = self._random.randint(1000, 9999)
        slug = self._state_name.lower().replace(" ", "-")
        words = {
            "body": self._random.choice(("Ministry of Justice", "Ministry of Foreign Affairs")),
            "unit": "International cooperation",
            "name": "Focal point",
            "name_or_duty_desk": "Duty desk",
            "post": "Legal adviser",
            "topics": self._random.choice(("Bank, companies", "All requests", "Land, enforcement")),
            "e_mail": f"cooperation@{slug}.example.org",
            "telephone": f"+00 0{self._random.randint(100, 999)} {number}",
            "languages": self._language.capitalize(),
            "place": self._random.choice(("Capital", "The Hague", "New York")),
            "hours": "At all hours",
            "confirmed_on": "2026-03-01",
        }
        return {column.code: words[column.code] for column in columns if column.code in words}


def invent(
    questionnaire: Questionnaire, *, state_name: str, group: RegionalGroup, seed: str
) -> InventedResponse:
    """Invent the response of one State; derived questions and files are left out."""
    chooser = random.Random(f"language/{state_name}")  # noqa: S311 - invented data, not keys
    language = chooser.choice(LANGUAGES[group])
    inventor = _Inventor(f"{seed}/{state_name}", state_name, language)
    answers: dict[str, Answer] = {}
    marks: dict[str, Audience] = {}
    for question in questionnaire.questions:
        if question.derived or not is_asked(question, answers):
            continue
        answer = inventor.answer(question)
        if answer.is_blank:
            continue
        answers[question.code] = answer
        mark = inventor.mark(question)
        if mark is not None:
            marks[question.code] = mark
    return InventedResponse(language, answers, marks)
