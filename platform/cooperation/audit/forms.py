"""The filter above the log."""

from datetime import date

from wtforms import Form, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from cooperation.audit.rules import ACTIONS
from cooperation.core.forms import DayField
from cooperation.core.text import _, label

_EARLIEST, _LATEST = date(2020, 1, 1), date(2200, 1, 1)
_HIGHEST_NUMBER = 2**31 - 1


def _upper(value: str | None) -> str:
    return (value or "").strip().upper()


class LogFilterForm(Form):
    """Action, State and day; `before` is the number under which the page begins."""

    action = SelectField(
        label(_("Action")),
        choices=[SelectChoice("", label(_("All actions")))]
        + [SelectChoice(code, label(text)) for code, text in ACTIONS.items()],
        default="",
    )
    state = StringField(
        label(_("State (code)")),
        [Optional(), Regexp(r"^[A-Z0-9]{2,8}\Z", message=label(_("Enter a State's code: KEN.")))],
        filters=[_upper],
    )
    day = DayField(label(_("Day (UTC)")), [Optional()])
    before = IntegerField(
        label(_("Before number")), [Optional(), NumberRange(min=0, max=_HIGHEST_NUMBER)]
    )

    def validate_day(self, field: DayField) -> None:
        """Refuse a day on which there can be no log."""
        if field.data is not None and not _EARLIEST <= field.data <= _LATEST:
            raise ValidationError(label(_("Enter a day between 2020 and 2200.")))
