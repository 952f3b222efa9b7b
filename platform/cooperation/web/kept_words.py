"""The words of a kept form as people know them: questions and labels, not names of fields.

Names of questions' fields are those of `editions.rules.fields`; every other label is that of the
forms of WTForms, those of the page's own slice first.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException
from wtforms import Form, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.fields.core import UnboundField
from wtforms.widgets import HiddenInput

from cooperation.core.db import DatabaseFailedError
from cooperation.core.errors import DomainError
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Question, Questionnaire
from cooperation.responses.rules import Audience
from cooperation.web.server import server

_MACHINERY = re.compile(
    r"_.*|then|part|next|credential|seen\..*|(.*[._])?(version|base|hash|id|submission|remove)"
)
"""What a page sends for itself: nobody typed it."""
_ENTRY = _("Entry")


@dataclass(frozen=True)
class KeptWord:
    """One entry of a form: what was asked, and what was entered."""

    label: str
    value: str


def words_of(action: str, fields: tuple[tuple[str, str], ...]) -> tuple[KeptWord, ...]:
    """Return what a person entered in the form that goes to `action`, in its order."""
    endpoint, arguments = _place_of(action)
    questions = _questionnaire_of(arguments)
    labels = _labels_for(endpoint)
    found = (_word_of(name, value, questions, labels) for name, value in fields if value.strip())
    return tuple(word for word in found if word is not None)


def _place_of(action: str) -> tuple[str, Mapping[str, object]]:
    try:
        return current_app.url_map.bind("").match(urlsplit(action).path, method="POST")
    except HTTPException:
        return "", {}


def _questionnaire_of(arguments: Mapping[str, object]) -> Questionnaire | None:
    """Return what the form's edition asks; without the database the codes have to do."""
    if "edition_id" not in arguments:
        return None
    try:
        with server().database.reading() as session:
            edition_id = editions.edition_id(session, str(arguments["edition_id"]))
            return editions.questionnaire(session, edition_id)
    except (DatabaseFailedError, DomainError):
        return None


def _word_of(
    name: str, value: str, questions: Questionnaire | None, labels: Mapping[str, "_Label"]
) -> KeptWord | None:
    if _MACHINERY.fullmatch(name):
        return None
    code, _dot, rest = name.partition(".")
    if questions is not None and questions.has_question(code):
        return _answer_word(questions.question(code), rest, value)
    label = labels.get(code, _UNKNOWN)
    if label.is_hidden:
        return None
    about = ""
    if questions is not None and questions.has_question(rest):
        about = f" ({rest} {questions.question(rest).title})"
    return KeptWord(f"{label.text}{about}", label.choices.get(value, value))


def _answer_word(question: Question, rest: str, value: str) -> KeptWord | None:
    title = f"{question.code} {question.title}"
    texts = {option.code: option.text for option in question.options}
    if rest == "audience":
        return None if value == Audience.STATES else KeptWord(title, _audience_words(value))
    if rest == "comment":
        title = f"{title}: {_('Comment')}"
    elif rest:
        row, _dot, column_code = rest.rpartition(".")
        column = next((each for each in question.columns if each.code == column_code), None)
        row_text = next((each.text for each in question.rows if each.code == row), row)
        title = ", ".join(filter(None, (title, row_text, column.title if column else "")))
        texts = dict(column.option_texts) | {"yes": str(_("Yes"))} if column else {}
    return KeptWord(title, texts.get(value, value))


def _audience_words(value: str) -> str:
    return str(Audience(value).label) if value in set(Audience) else value


@dataclass(frozen=True)
class _Label:
    text: Text | str
    is_hidden: bool
    choices: Mapping[str, str]


_UNKNOWN = _Label(_ENTRY, is_hidden=False, choices={})


def _labels_for(endpoint: str) -> Mapping[str, _Label]:
    """Return the labels of all forms by field; those of the view's own slice win."""
    view = current_app.view_functions.get(endpoint)
    own = ".".join((view.__module__ if view else "").split(".")[:2])
    found = {}
    for form in sorted(_forms(Form), key=lambda form: form.__module__.startswith(f"{own}.")):
        for name, field in vars(form).items():
            if isinstance(field, UnboundField):
                found[name.partition(".")[0]] = _label_of(field)
    return found


def _forms(parent: type[Form]) -> Iterator[type[Form]]:
    for form in parent.__subclasses__():
        yield form
        yield from _forms(form)


def _label_of(field: "UnboundField[Any]") -> _Label:
    text = field.args[0] if field.args else field.kwargs.get("label", _ENTRY)
    is_hidden = issubclass(field.field_class, HiddenField) or isinstance(
        field.kwargs.get("widget"), HiddenInput
    )
    choices = field.kwargs.get("choices", ())
    choices = choices if isinstance(choices, list | tuple) else ()
    texts = {str(each.value): str(each.label) for each in choices if isinstance(each, SelectChoice)}
    return _Label(text, is_hidden, texts)
