"""The questionnaire: sections, parts, questions, options, columns; texts are data, in English.

Source: the data file of the questionnaire (codes never change; a changed question gets a suffix).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from cooperation.core.errors import NotFound
from cooperation.editions.rules.condition import Condition

SECTION_CODE = r"[A-Z]"
PART_CODE = rf"{SECTION_CODE}[0-9]{{1,2}}"
QUESTION_CODE = rf"{SECTION_CODE}-[0-9]{{2}}[a-z]?"

SHORT_TEXT_CHARACTERS = 300
LONG_TEXT_CHARACTERS = 4000
EMAIL_CHARACTERS = 254
URL_CHARACTERS = 500
COMMENT_CHARACTERS = 1000


class QuestionType(StrEnum):
    """How a question is answered."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    SINGLE = "single"
    MULTIPLE = "multiple"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    TABLE = "table"
    CONTACTS = "contacts"
    FILE = "file"


class ColumnType(StrEnum):
    """What a cell of a table holds."""

    SHORT_TEXT = "short_text"
    EMAIL = "email"
    URL = "url"
    DATE = "date"
    NUMBER = "number"
    SINGLE = "single"
    YES_NO = "yes_no"
    TICK = "tick"


class Function(StrEnum):
    """What an answer does, or what fills it in; a questionnaire has each at most once."""

    STATE_NAME = "state_name"
    KIND_OF_REPLY = "kind_of_reply"
    LANGUAGE_OF_REPLY = "language_of_reply"
    CONTACT_URGENT = "contact_urgent"
    CONSENT_AUDIENCE = "consent_audience"
    CONSENT_CONTACTS = "consent_contacts"
    CONSENT_COUNTING = "consent_counting"
    MARKED_ANSWERS = "marked_answers"
    APPROVED_BY = "approved_by"
    APPROVED_ON = "approved_on"


class PublicationRule(StrEnum):
    """Who may come to read an answer (design: product, Rules of an answer)."""

    PUBLISHED = "published"
    CHOICE = "choice"
    RESTRICTED = "restricted"
    COURT = "court"


CHOICE_TYPES = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.YES_NO})
TABLE_TYPES = frozenset({QuestionType.TABLE, QuestionType.CONTACTS})
COMMENTED_TYPES = CHOICE_TYPES | {QuestionType.NUMBER, QuestionType.DATE}


@dataclass(frozen=True)
class Option:
    """One of the answers on offer."""

    code: str
    text: str


YES_NO_OPTIONS = (Option("yes", "Yes"), Option("no", "No"), Option("not_known", "Not known"))
"""What a cell of type yes_no offers."""


@dataclass(frozen=True)
class FixedRow:
    """A row of a table that is there for everybody."""

    code: str
    text: str


@dataclass(frozen=True)
class Column:
    """A column of a table, with the type of its cells."""

    code: str
    title: str
    type: ColumnType
    options: tuple[Option, ...] = ()
    required: bool = False
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    max_characters: int = SHORT_TEXT_CHARACTERS

    @cached_property
    def option_codes(self) -> frozenset[str]:
        """The codes of the options."""
        return frozenset(option.code for option in self.options)

    @cached_property
    def option_texts(self) -> Mapping[str, str]:
        """The options' texts by code."""
        return {option.code: option.text for option in self.options}


@dataclass(frozen=True)
class Question:
    """One question with everything that its type needs.

    `asked_if` is the condition as written; `asked_when` is the same with the conditions of the
    questions it depends on, so that it can be decided from the answers alone; `None` means always.
    `to_check`: a person must check a legal reference in the help before States see it.
    """

    code: str
    title: str
    wording: str
    type: QuestionType
    section: str
    part: str
    publication: PublicationRule
    help: str = ""
    required: bool = False
    derived: bool = False
    function: Function | None = None
    asked_if: Condition | None = None
    asked_when: Condition | None = None
    audience_from: str | None = None
    figures: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[FixedRow, ...] = ()
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    max_characters: int = SHORT_TEXT_CHARACTERS
    max_rows: int = 0
    max_choices: int | None = None
    ordered: bool = False
    formats: tuple[str, ...] = ()
    max_files: int = 0
    max_megabytes_each: int = 0
    month_precision_allowed: bool = False
    not_in_future: bool = False
    to_check: bool = False

    @cached_property
    def option_codes(self) -> frozenset[str]:
        """The codes of the options."""
        return frozenset(option.code for option in self.options)

    @cached_property
    def option_texts(self) -> Mapping[str, str]:
        """The options' texts by code."""
        return {option.code: option.text for option in self.options}

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """The endings of file names that are taken: those of the kinds, and the usual `.jpg`."""
        more = ("jpg",) if "jpeg" in self.formats else ()
        return self.formats + more

    @property
    def has_options(self) -> bool:
        """Whether the answer is chosen among options."""
        return self.type in CHOICE_TYPES

    @property
    def has_rows(self) -> bool:
        """Whether the answer is a table, contacts included."""
        return self.type in TABLE_TYPES

    @property
    def has_comment(self) -> bool:
        """Whether a short comment may stand beside the answer."""
        return self.type in COMMENTED_TYPES and not self.derived

    @property
    def choices_allowed(self) -> int:
        """How many options may be chosen."""
        if self.type is not QuestionType.MULTIPLE:
            return 1
        return self.max_choices or len(self.options)

    @cached_property
    def row_texts(self) -> Mapping[str, str]:
        """The fixed rows' texts by code; empty where rows are free."""
        return {row.code: row.text for row in self.rows}

    @cached_property
    def row_codes(self) -> tuple[str, ...]:
        """Codes of the rows a page can show: the fixed rows, or `1` to `max_rows`."""
        if self.rows:
            return tuple(row.code for row in self.rows)
        return tuple(str(number) for number in range(1, self.max_rows + 1))


@dataclass(frozen=True)
class Part:
    """The unit of a page, of saving and of delegation: at most eight questions."""

    code: str
    title: str
    section: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Section:
    """A chapter of the questionnaire."""

    code: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Questionnaire:
    """A version of the questionnaire; `content_hash`: SHA-256 of its canonical form, in hex."""

    version: str
    content_hash: str
    sections: tuple[Section, ...]
    figures: Mapping[str, str]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All parts in order."""
        return tuple(part for section in self.sections for part in section.parts)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for part in self.parts for question in part.questions)

    @cached_property
    def _questions_by_code(self) -> Mapping[str, Question]:
        return {question.code: question for question in self.questions}

    @cached_property
    def _codes_by_function(self) -> Mapping[Function, str]:
        return {each.function: each.code for each in self.questions if each.function}

    @cached_property
    def _parts_by_code(self) -> Mapping[str, Part]:
        return {part.code: part for part in self.parts}

    def question(self, code: str) -> Question:
        """Return a question; raises `NotFound`."""
        found = self._questions_by_code.get(code)
        if found is None:
            raise NotFound
        return found

    def code_of(self, function: Function) -> str:
        """Return the code of the question with a function; blank, which is no code, without one."""
        return self._codes_by_function.get(function, "")

    @cached_property
    def sections_with_functions(self) -> tuple[str, ...]:
        """The codes of the sections that hold a question with a function, in order."""
        return tuple(dict.fromkeys(each.section for each in self.questions if each.function))

    def has_question(self, code: str) -> bool:
        """Tell whether there is a question with this code."""
        return code in self._questions_by_code

    def part(self, code: str) -> Part:
        """Return a part; raises `NotFound`."""
        found = self._parts_by_code.get(code)
        if found is None:
            raise NotFound
        return found

    def part_number(self, code: str) -> int:
        """Return the part's place, from 1."""
        return self.parts.index(self.part(code)) + 1

    def part_after(self, code: str) -> Part | None:
        """Return the part that follows, or nothing after the last."""
        number = self.part_number(code)
        return self.parts[number] if number < len(self.parts) else None

    def part_before(self, code: str) -> Part | None:
        """Return the part that precedes, or nothing before the first."""
        number = self.part_number(code)
        return self.parts[number - 2] if number > 1 else None
