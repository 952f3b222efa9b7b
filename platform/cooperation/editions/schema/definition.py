"""The schema of a questionnaire: what each type of question has, needs and may not have.

Errors name the place; they are for the author of the file, in plain English.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cooperation.editions.rules import (
    CHOICE_TYPES,
    NEEDS,
    PART_CODE,
    QUESTION_CODE,
    SECTION_CODE,
    TABLE_TYPES,
    ColumnType,
    Condition,
    Function,
    PublicationRule,
    QuestionType,
    leaves,
)
from cooperation.editions.schema.condition import ConditionDefinition, build_condition
from cooperation.editions.schema.functions import OLDER

MOST_QUESTIONS_IN_PART = 8
MOST_MEGABYTES = 10
FORMATS = frozenset({"pdf", "docx", "odt", "xlsx", "png", "jpeg"})

_TEXT = {"max_characters"}
_CHOICE = {"options"}
_TABLE = {"columns", "rows", "max_rows"}
_MEMBERS_OF_TYPE: dict[QuestionType, set[str]] = {
    QuestionType.SHORT_TEXT: _TEXT,
    QuestionType.LONG_TEXT: _TEXT,
    QuestionType.SINGLE: _CHOICE,
    QuestionType.MULTIPLE: _CHOICE | {"max_choices", "ordered"},
    QuestionType.YES_NO: _CHOICE,
    QuestionType.NUMBER: {"unit", "minimum", "maximum", "decimals"},
    QuestionType.DATE: {"month_precision_allowed", "not_in_future"},
    QuestionType.TABLE: _TABLE,
    QuestionType.CONTACTS: _TABLE,
    QuestionType.FILE: {"formats", "max_files", "max_megabytes_each"},
}
_TYPED_MEMBERS = sorted(set().union(*_MEMBERS_OF_TYPE.values()))

_Words = Annotated[str, StringConstraints(min_length=1, max_length=600)]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_QuestionCode = Annotated[str, StringConstraints(pattern=f"^{QUESTION_CODE}$")]
_PartCode = Annotated[str, StringConstraints(pattern=f"^{PART_CODE}$")]
_FigureCode = Annotated[str, StringConstraints(pattern=r"^F\d{2}$")]
_Count = Annotated[int, Field(ge=1, le=10_000)]


def _check_unique(what: str, codes: list[str]) -> None:
    doubled = sorted({code for code in codes if codes.count(code) > 1})
    if doubled:
        raise ValueError(f"{what} given twice: {', '.join(doubled)}")


def _check_range(minimum: int | None, maximum: int | None) -> None:
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ValueError("minimum is more than maximum")


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OptionDefinition(_Checked):
    """An option, or a fixed row."""

    code: _Code
    text: _Words


class ColumnDefinition(_Checked):
    """A column of a table."""

    code: _Code
    title: _Words
    type: Annotated[ColumnType, Field(strict=False)]
    options: tuple[OptionDefinition, ...] = Field(default=(), strict=False)
    required: bool = False
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        _check_unique("option", [option.code for option in self.options])
        if (self.type is ColumnType.SINGLE) != bool(self.options):
            raise ValueError("options belong to a column of type single, and it needs them")
        has_numbers = self.minimum is not None or self.maximum is not None or self.unit is not None
        if (has_numbers or self.decimals) and self.type is not ColumnType.NUMBER:
            raise ValueError("unit, minimum, maximum and decimals belong to type number")
        _check_range(self.minimum, self.maximum)
        return self


class QuestionDefinition(_Checked):
    """A question."""

    code: _QuestionCode
    title: _Words
    wording: _Words
    help: str = ""
    to_check: bool = False
    type: Annotated[QuestionType, Field(strict=False)]
    publication: Annotated[PublicationRule, Field(strict=False)]
    required: bool = False
    derived: bool = False
    function: Annotated[Function | None, Field(strict=False)] = None
    asked_if: "ConditionDefinition | None" = None
    audience_from: _QuestionCode | None = None
    figures: tuple[_FigureCode, ...] = Field(default=(), strict=False)
    options: tuple[OptionDefinition, ...] = Field(default=(), strict=False)
    rows: tuple[OptionDefinition, ...] = Field(default=(), strict=False)
    columns: tuple[ColumnDefinition, ...] = Field(default=(), strict=False)
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    max_characters: _Count | None = None
    max_rows: Annotated[int, Field(ge=1, le=50)] | None = None
    max_choices: _Count | None = None
    ordered: bool = False
    formats: tuple[str, ...] = Field(default=(), strict=False)
    max_files: _Count | None = None
    max_megabytes_each: Annotated[int, Field(ge=1, le=MOST_MEGABYTES)] | None = None
    month_precision_allowed: bool = False
    not_in_future: bool = False

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        allowed = _MEMBERS_OF_TYPE[self.type]
        for name in _TYPED_MEMBERS:
            if getattr(self, name) != type(self).model_fields[name].default and name not in allowed:
                raise ValueError(f"{self.code}: {name} does not belong to type {self.type}")
        for kind in ("options", "rows", "columns"):
            _check_unique(kind, [each.code for each in getattr(self, kind)])
        _check_range(self.minimum, self.maximum)
        self._has_what_its_type_needs()
        return self

    def _has_what_its_type_needs(self) -> None:
        needs: tuple[tuple[bool, bool, str], ...] = (
            (self.type in CHOICE_TYPES, len(self.options) > 1, "two options or more"),
            (self.type in TABLE_TYPES, bool(self.columns), "columns"),
            (
                self.type in TABLE_TYPES and not self.derived,
                bool(self.rows) != bool(self.max_rows),
                "either rows or max_rows",
            ),
            (self.type is QuestionType.FILE, bool(self.formats and self.max_files), "formats"),
            (self.type is QuestionType.FILE, bool(self.max_megabytes_each), "a size"),
            (bool(self.formats), set(self.formats) <= FORMATS, "known formats"),
            (self.ordered, self.max_choices is not None, "max_choices when ordered"),
        )
        for applies, is_there, what in needs:
            if applies and not is_there:
                raise ValueError(f"{self.code}: needs {what}")
        if self.max_choices is not None and self.max_choices > len(self.options):
            raise ValueError(f"{self.code}: max_choices is more than there are options")


class PartDefinition(_Checked):
    """A part: one page."""

    code: _PartCode
    title: _Words
    questions: tuple[QuestionDefinition, ...] = Field(
        min_length=1, max_length=MOST_QUESTIONS_IN_PART, strict=False
    )


class SectionDefinition(_Checked):
    """A section."""

    code: Annotated[str, StringConstraints(pattern=f"^{SECTION_CODE}$")]
    title: _Words
    parts: tuple[PartDefinition, ...] = Field(min_length=1, strict=False)


class QuestionnaireDefinition(_Checked):
    """A whole questionnaire."""

    version: Annotated[str, StringConstraints(pattern=r"^20\d{2}\.\d{1,3}$")]
    as_of: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    figures: dict[_FigureCode, _Words]
    sections: tuple[SectionDefinition, ...] = Field(min_length=1, strict=False)

    @property
    def parts(self) -> list[PartDefinition]:
        """All parts in order."""
        return [part for section in self.sections for part in section.parts]

    @property
    def questions(self) -> list[QuestionDefinition]:
        """All questions in order."""
        return [question for part in self.parts for question in part.questions]

    @property
    def functions(self) -> Mapping[str, Function]:
        """What questions are for, by code: as the definition says, or as its version meant it."""
        own = {each.code: each.function for each in self.questions if each.function}
        return own or OLDER.get(self.version, {})

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        _check_unique("section", [section.code for section in self.sections])
        _check_unique("part", [part.code for part in self.parts])
        _check_unique("question", [question.code for question in self.questions])
        earlier: dict[str, QuestionDefinition] = {}
        for question in self.questions:
            if question.asked_if is not None:
                _check_condition(question.code, build_condition(question.asked_if), earlier)
            earlier[question.code] = question
            unknown = set(question.figures) - set(self.figures)
            if unknown:
                raise ValueError(f"{question.code}: unknown figures {', '.join(sorted(unknown))}")
        functions = self.functions
        _check_unique("function", list(functions.values()))
        for question in self.questions:
            _check_function(question, functions.get(question.code))
            source = functions.get(question.audience_from or "")
            _check_audience(question, source)
        return self


def _check_condition(
    code: str, condition: Condition, earlier: dict[str, QuestionDefinition]
) -> None:
    for leaf in leaves(condition):
        target = earlier.get(leaf.question)
        if target is None:
            raise ValueError(f"{code}: asked_if refers to {leaf.question}, which is not earlier")
        unknown = set(getattr(leaf, "options", ())) - {option.code for option in target.options}
        if unknown:
            missing = ", ".join(sorted(unknown))
            raise ValueError(f"{code}: {leaf.question} has no option {missing}")


def _check_audience(question: QuestionDefinition, source: Function | None) -> None:
    if question.audience_from is None:
        return
    if source is not Function.CONSENT_CONTACTS:
        raise ValueError(f"{question.code}: audience_from must name the question on contacts")
    if question.publication is not PublicationRule.CHOICE:
        raise ValueError(f"{question.code}: audience_from belongs to the rule choice")


def _check_function(question: QuestionDefinition, function: Function | None) -> None:
    if function is None:
        return
    needs = NEEDS[function]
    codes = {each.code for each in question.options} | {each.code for each in question.columns}
    if (question.type, question.derived) != (needs.type, needs.derived) or needs.codes - codes:
        raise ValueError(f"{question.code}: not what the function {function} needs")
