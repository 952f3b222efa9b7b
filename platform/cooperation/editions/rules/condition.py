"""When a question is asked: the closed grammar any_of, none_of, answered, all, any.

`any_of` and `none_of` compare with the chosen options (of a multiple question: at least one, none
of them chosen); `answered` asks for an answer. The page's script runs the same rules on the same
data (`condition_data`). A question that depends on one which is not asked is not asked itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from cooperation.editions.rules.answer import BLANK, Answer

ConditionData: TypeAlias = dict[str, "str | bool | list[str] | list[ConditionData]"]


@dataclass(frozen=True)
class AnyOf:
    """At least one of the options is chosen."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class NoneOf:
    """None of the options is chosen."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Answered:
    """The question has an answer (`is_answered`), or has none."""

    question: str
    is_answered: bool = True


@dataclass(frozen=True)
class All:
    """Every condition holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Any:
    """At least one condition holds."""

    conditions: tuple["Condition", ...]


Leaf: TypeAlias = AnyOf | NoneOf | Answered
Condition: TypeAlias = Leaf | All | Any


class Conditional(Protocol):
    """What `is_asked` needs of a question."""

    @property
    def asked_when(self) -> Condition | None:
        """The complete condition."""


def holds(condition: Condition, answers: Mapping[str, Answer]) -> bool:
    """Tell whether the condition holds for these answers by question code."""
    if isinstance(condition, All):
        return all(holds(each, answers) for each in condition.conditions)
    if isinstance(condition, Any):
        return any(holds(each, answers) for each in condition.conditions)
    answer = answers.get(condition.question, BLANK)
    if isinstance(condition, Answered):
        return answer.is_answered == condition.is_answered
    is_chosen = any(option in condition.options for option in answer.choice)
    return is_chosen if isinstance(condition, AnyOf) else not is_chosen


def is_asked(question: Conditional, answers: Mapping[str, Answer]) -> bool:
    """Tell whether the question is asked, given the answers by question code."""
    return question.asked_when is None or holds(question.asked_when, answers)


def leaves(condition: Condition) -> tuple[Leaf, ...]:
    """Return the comparisons in a condition."""
    if isinstance(condition, All | Any):
        return tuple(leaf for each in condition.conditions for leaf in leaves(each))
    return (condition,)


def with_dependencies(
    condition: Condition, asked_when: Mapping[str, Condition | None]
) -> Condition:
    """Return the condition with those of the questions it depends on.

    `asked_when` holds the complete conditions of the earlier questions by code.
    """
    if isinstance(condition, All):
        return All(tuple(with_dependencies(each, asked_when) for each in condition.conditions))
    if isinstance(condition, Any):
        return Any(tuple(with_dependencies(each, asked_when) for each in condition.conditions))
    earlier = asked_when[condition.question]
    return condition if earlier is None else All((earlier, condition))


def condition_data(condition: Condition) -> ConditionData:
    """Return the condition in the grammar of the data file, for storage and the page's script."""
    if isinstance(condition, All):
        return {"all": [condition_data(each) for each in condition.conditions]}
    if isinstance(condition, Any):
        return {"any": [condition_data(each) for each in condition.conditions]}
    if isinstance(condition, Answered):
        return {"question": condition.question, "answered": condition.is_answered}
    name = "any_of" if isinstance(condition, AnyOf) else "none_of"
    return {"question": condition.question, name: list(condition.options)}
