"""Forms of publication: which States go into a batch, which answers are released."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import Optional

from cooperation.core.forms import DayField
from cooperation.core.text import Text, _, label
from cooperation.register.rules import RegionalGroup

Choices = Sequence[tuple[str, str]]
"""Value and words."""


class ProposeForm(Form):
    """The States whose approved answers are proposed."""

    states = SelectMultipleField(label(_("States")), validate_choice=False)


class ReleaseForm(Form):
    """The answers that the State lets go out."""

    questions = SelectMultipleField(label(_("Answers")), validate_choice=False)


class RetractionForm(Form):
    """What the error was."""

    reason = TextAreaField(label(_("Reason")))


class ReaderFilter(Form):
    """Which States the list of published answers shows."""

    group = SelectField(
        label(_("Regional group")),
        choices=[
            SelectChoice("", label(_("All"))),
            *(SelectChoice(each.value, label(each.label)) for each in RegionalGroup),
        ],
        default="",
    )


class ReadersFilter(Form):
    """Whose readings of which answer the State looks at; `until` is where a page begins."""

    question = SelectField(label(_("Question")), default="")
    institution = SelectField(label(_("Institution")), default="")
    until = DayField(label(_("Until day (UTC)")), [Optional()])


def readers_filter(
    questions: Choices, institutions: Choices, fields: MultiDict[str, str]
) -> ReadersFilter:
    """Return the filter over who has read, with what there is to choose from."""
    form = ReadersFilter(fields)
    form.question.choices = _with_all(_("All questions"), questions)
    form.institution.choices = _with_all(_("All institutions"), institutions)
    return form


def _with_all(words: Text, choices: Choices) -> list[SelectChoice]:
    first = SelectChoice("", label(words))
    return [first, *(SelectChoice(value, text) for value, text in choices)]


def propose_form(choices: Choices, fields: MultiDict[str, str] | None = None) -> ProposeForm:
    """Return the form over the States with something to propose; all are chosen at first."""
    form = ProposeForm(fields, states=[value for value, _words in choices])
    form.states.choices = [SelectChoice(value, words) for value, words in choices]
    return form


def release_form(choices: Choices, fields: MultiDict[str, str] | None = None) -> ReleaseForm:
    """Return the form over the answers that wait for their release; none is chosen at first."""
    form = ReleaseForm(fields)
    form.questions.choices = [SelectChoice(value, words) for value, words in choices]
    return form
