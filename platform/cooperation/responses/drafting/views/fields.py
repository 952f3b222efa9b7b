"""A question as its page shows it: stored or typed values, errors, the two texts of a conflict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.core.text import Text
from cooperation.editions.rules import (
    Function,
    Question,
    QuestionType,
    condition_data,
    form_fields,
    is_row_number,
)
from cooperation.responses.drafting.service.answering import QuestionEntry
from cooperation.responses.rules import (
    AnswerConflict,
    DraftRecord,
    Fields,
    Seen,
    audience_field,
    can_be_joined,
    is_typed,
    reason_field,
    renumbered,
    seen_on_page,
    version_field,
)

SPARE_ROWS = 2
SPARE_CARDS = 1
MORE_ROWS = 2
WIDE_COLUMNS = 6

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ShownConflict:
    """Two texts for a question, and the name of whoever saved the other one; none for oneself."""

    texts: AnswerConflict
    name: str | None


def shown_conflict(ctx: RequestContext, conflict: AnswerConflict) -> ShownConflict:
    """Return a conflict as the page tells it."""
    saving = conflict.saving
    if saving is None or conflict.is_own:
        return ShownConflict(conflict, None)
    return ShownConflict(conflict, accounts.person_name(ctx.session, ctx.root, saving.by))


@dataclass(frozen=True)
class QuestionField:
    """One question of a part's page. `values` hold what the controls show, by field name."""

    state: QuestionEntry
    values: Values
    errors: Mapping[str, Text]
    seen: Seen
    conflict: ShownConflict | None = None
    is_joined: bool = False
    wants_more_rows: bool = False
    asks_before_replacing: bool = False

    @property
    def question(self) -> Question:
        """The question."""
        return self.state.question

    @property
    def code(self) -> str:
        """The question's code, which is also the id of its first control, or of its table."""
        return self.question.code

    @property
    def kind(self) -> str:
        """Which macro draws the controls."""
        question = self.question
        if question.function is Function.MARKED_ANSWERS:
            return "marked"
        if question.derived:
            return "derived"
        if question.ordered:
            return "ordered"
        if question.type in {QuestionType.SINGLE, QuestionType.YES_NO}:
            return "radios"
        if question.has_rows:
            return self._rows_kind
        return question.type.value

    @property
    def _rows_kind(self) -> str:
        if self.question.rows:
            return "fixed_rows"
        return "cards" if len(self.question.columns) >= WIDE_COLUMNS else "free_rows"

    @property
    def is_group(self) -> bool:
        """Whether the controls need a fieldset and a legend."""
        return self.kind not in {"short_text", "long_text", "number", "date"}

    @property
    def is_wide(self) -> bool:
        """Whether the controls take the whole width of the sheet."""
        return self.kind in {"fixed_rows", "free_rows", "cards", "marked"}

    @property
    def is_optional(self) -> bool:
        """Whether the question may stay blank."""
        return not self.question.required

    @property
    def own_error(self) -> Text | None:
        """What is wrong with the answer as a whole."""
        return self.errors.get(self.code)

    @property
    def is_bad(self) -> bool:
        """Whether anything in this question is refused."""
        prefix = f"{self.code}."
        return any(name == self.code or name.startswith(prefix) for name in self.errors)

    @property
    def chosen(self) -> Sequence[str]:
        """The chosen options."""
        return self.values.get(self.code, ())

    @property
    def value(self) -> str:
        """The value of the only control."""
        return self.chosen[0] if self.chosen else ""

    def field(self, *parts: str) -> str:
        """Return the name of one of the question's fields."""
        return ".".join((self.code, *parts))

    def text(self, *parts: str) -> str:
        """Return what stands in one of the question's fields."""
        values = self.values.get(self.field(*parts), ())
        return values[0] if values else ""

    def error(self, *parts: str) -> Text | None:
        """Return what is wrong with one of the question's fields."""
        return self.errors.get(self.field(*parts))

    @property
    def places(self) -> list[str]:
        """The chosen options by place, for a question whose choices are ordered."""
        chosen = list(self.chosen)
        most = max(self.question.choices_allowed, len(chosen))
        return chosen + [""] * (most - len(chosen))

    @property
    def row_numbers(self) -> list[str]:
        """Numbers of the rows to draw: those filled in and a few to spare."""
        last = max(self._filled_rows, default=0)
        spare = SPARE_CARDS if self.kind == "cards" else SPARE_ROWS
        if self.wants_more_rows:
            spare += MORE_ROWS
        most = max(self.question.max_rows, last)
        return [str(number) for number in range(1, min(last + spare, most) + 1)]

    @property
    def _filled_rows(self) -> list[int]:
        """Numbers of the rows with text, those beyond the question's own too."""
        typed = [name.split(".")[1:] for name, values in self.values.items() if any(values)]
        return [int(path[0]) for path in typed if len(path) > 1 and is_row_number(path[0])]

    @property
    def condition(self) -> object:
        """The condition as data for the page's script, or nothing."""
        asked_when = self.question.asked_when
        return None if asked_when is None else condition_data(asked_when)

    @property
    def can_be_joined(self) -> bool:
        """Whether both texts of the conflict can stand in the field at once."""
        conflict = self.conflict
        return conflict is not None and can_be_joined(
            self.question, conflict.texts.theirs, conflict.texts.yours
        )

    @property
    def mark(self) -> str:
        """The audience that is chosen in the control."""
        typed = self.text("audience")
        return typed or self.state.record.mark or (self.state.marks[0] if self.state.marks else "")


def stored_values(question: Question, record: DraftRecord) -> dict[str, list[str]]:
    """Return the fields that hold a record of a question."""
    if question.function is Function.MARKED_ANSWERS:
        return {
            reason_field(question, row.cell("question")): [row.cell("reason")]
            for row in record.answer.rows
        }
    values = form_fields(question, record.answer)
    if record.mark is not None:
        values[audience_field(question)] = [record.mark.value]
    return values


def field_of(
    state: QuestionEntry,
    *,
    typed: Fields | None = None,
    joined: DraftRecord | None = None,
    errors: Mapping[str, Text] | None = None,
    conflict: ShownConflict | None = None,
    wants_more_rows: bool = False,
    asks_before_replacing: bool = False,
) -> QuestionField:
    """Return the question with what was typed, where that is not saved, else with what is saved.

    Text and version belong together: typed text keeps the version that it began from, so that only
    a decision replaces what was saved meanwhile; both texts `joined` begin from the present one.
    """
    question = state.question
    values: Values = stored_values(question, joined or state.record)
    seen = state.seen
    was_on_page = typed is not None and version_field(question) in typed and is_typed(question)
    if typed is not None and was_on_page and joined is None:
        values = renumbered(question, typed)
        seen = seen_on_page(question, typed)
    found = errors or dict(reversed(state.problems))
    return QuestionField(
        state,
        values,
        found,
        seen,
        conflict,
        joined is not None,
        wants_more_rows,
        asks_before_replacing,
    )
