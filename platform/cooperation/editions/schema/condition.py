"""The schema of "asked if" and its turning into the rules' conditions."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cooperation.editions.rules import All, Answered, Any, AnyOf, Condition, NoneOf


class ConditionDefinition(BaseModel):
    """One comparison (`question` with any_of, none_of or answered), or a list under all or any."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    question: str | None = None
    any_of: tuple[str, ...] | None = Field(default=None, min_length=1, strict=False)
    none_of: tuple[str, ...] | None = Field(default=None, min_length=1, strict=False)
    answered: bool | None = None
    all_of: tuple["ConditionDefinition", ...] | None = Field(
        default=None, min_length=2, strict=False, alias="all"
    )
    one_of: tuple["ConditionDefinition", ...] | None = Field(
        default=None, min_length=2, strict=False, alias="any"
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        leaf = (self.any_of, self.none_of, self.answered)
        joined = (self.all_of, self.one_of)
        if sum(member is not None for member in leaf + joined) != 1:
            raise ValueError("a condition has exactly one of any_of, none_of, answered, all, any")
        if (self.question is not None) != any(member is not None for member in leaf):
            raise ValueError("question belongs to any_of, none_of and answered")
        return self


def build_condition(definition: ConditionDefinition) -> Condition:
    """Return the condition that a checked definition describes."""
    if definition.all_of is not None:
        return All(tuple(build_condition(each) for each in definition.all_of))
    if definition.one_of is not None:
        return Any(tuple(build_condition(each) for each in definition.one_of))
    question = definition.question or ""
    if definition.any_of is not None:
        return AnyOf(question, definition.any_of)
    if definition.none_of is not None:
        return NoneOf(question, definition.none_of)
    return Answered(question, is_answered=bool(definition.answered))
