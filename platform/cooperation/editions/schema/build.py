"""From a checked definition to the questionnaire that everything else works with."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from cooperation.editions.rules import (
    YES_NO_OPTIONS,
    Column,
    ColumnType,
    Condition,
    FixedRow,
    Function,
    Option,
    Part,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    with_dependencies,
)
from cooperation.editions.rules.questionnaire import LONG_TEXT_CHARACTERS, SHORT_TEXT_CHARACTERS
from cooperation.editions.schema.condition import build_condition
from cooperation.editions.schema.definition import (
    ColumnDefinition,
    OptionDefinition,
    PartDefinition,
    QuestionDefinition,
    QuestionnaireDefinition,
)


def build_questionnaire(definition: QuestionnaireDefinition, *, content_hash: str) -> Questionnaire:
    """Return the questionnaire of a checked definition."""
    known: dict[str, Condition | None] = {}
    sections = tuple(
        Section(
            section.code,
            section.title,
            tuple(_part(part, section.code, known, definition.functions) for part in section.parts),
        )
        for section in definition.sections
    )
    return Questionnaire(definition.version, content_hash, sections, definition.figures)


def _part(
    part: PartDefinition,
    section: str,
    known: dict[str, Condition | None],
    functions: Mapping[str, Function],
) -> Part:
    questions = []
    for definition in part.questions:
        asked_if = None if definition.asked_if is None else build_condition(definition.asked_if)
        asked_when = None if asked_if is None else with_dependencies(asked_if, known)
        known[definition.code] = asked_when
        question = _question(definition, section, part.code, (asked_if, asked_when))
        questions.append(replace(question, function=functions.get(definition.code)))
    return Part(part.code, part.title, section, tuple(questions))


def _question(
    definition: QuestionDefinition,
    section: str,
    part: str,
    conditions: tuple[Condition | None, Condition | None],
) -> Question:
    question = Question(
        code=definition.code,
        title=definition.title,
        wording=definition.wording,
        type=definition.type,
        section=section,
        part=part,
        publication=definition.publication,
        help=definition.help,
        to_check=definition.to_check,
        required=definition.required,
        derived=definition.derived,
        asked_if=conditions[0],
        asked_when=conditions[1],
        audience_from=definition.audience_from,
        figures=definition.figures,
        options=_options(definition.options),
        columns=tuple(_column(column) for column in definition.columns),
        rows=tuple(FixedRow(row.code, row.text) for row in definition.rows),
    )
    return _with_limits(question, definition)


def _with_limits(question: Question, definition: QuestionDefinition) -> Question:
    is_long = definition.type is QuestionType.LONG_TEXT
    most = LONG_TEXT_CHARACTERS if is_long else SHORT_TEXT_CHARACTERS
    return replace(
        question,
        unit=definition.unit,
        minimum=_number(definition.minimum),
        maximum=_number(definition.maximum),
        decimals=definition.decimals,
        max_characters=definition.max_characters or most,
        max_rows=definition.max_rows or 0,
        max_choices=definition.max_choices,
        ordered=definition.ordered,
        formats=definition.formats,
        max_files=definition.max_files or 0,
        max_megabytes_each=definition.max_megabytes_each or 0,
        month_precision_allowed=definition.month_precision_allowed,
        not_in_future=definition.not_in_future,
    )


def _column(definition: ColumnDefinition) -> Column:
    options = _options(definition.options)
    return Column(
        code=definition.code,
        title=definition.title,
        type=definition.type,
        options=YES_NO_OPTIONS if definition.type is ColumnType.YES_NO else options,
        required=definition.required,
        unit=definition.unit,
        minimum=_number(definition.minimum),
        maximum=_number(definition.maximum),
        decimals=definition.decimals,
    )


def _options(definitions: tuple[OptionDefinition, ...]) -> tuple[Option, ...]:
    return tuple(Option(option.code, option.text) for option in definitions)


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
