"""Fields of forms that several slices read: a day that people write, a number that a page hides."""

from datetime import date
from typing import Any

from wtforms import DateField, Form, StringField, ValidationError
from wtforms.widgets import TextInput

from cooperation.core.days import day_not_understood, days_meant
from cooperation.core.text import _, label

_LONGEST_NUMBER = 8


class AtMost:
    """Refuse a text longer than `maximum` characters."""

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum

    def __call__(self, form: Form, field: StringField) -> None:
        """Raise `ValidationError` with the sentence."""
        del form
        if len(field.data or "") > self.maximum:
            sentence = _("Use at most %(number)s characters.", number=self.maximum)
            raise ValidationError(label(sentence))


class DayField(DateField):
    """A day in words or figures (`core.days`); what is not understood comes back and is told."""

    widget = TextInput()
    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; blank is no day."""
        typed = str(valuelist[0]) if valuelist else ""
        if not typed.strip():
            return
        found = days_meant(typed)
        self.data = found[0] if len(found) == 1 else None
        if self.data is None:
            raise ValueError(str(day_not_understood(typed)))


def hash_typed(text: str) -> bytes:
    """Return the SHA-256 that a hidden field holds; nothing, which no hash equals, for all else."""
    is_hash = len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)
    return bytes.fromhex(text) if is_hash else b""


def number_typed(text: str) -> int:
    """Return the whole number that a hidden field holds, -1 for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER
    return int(text) if is_number else -1
