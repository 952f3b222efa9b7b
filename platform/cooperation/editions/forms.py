"""The shape of an edition's preparation."""

from datetime import date

from wtforms import Form, IntegerField, SelectField, ValidationError
from wtforms.validators import InputRequired

from cooperation.core.forms import DayField
from cooperation.core.text import _, label

_EARLIEST, _LATEST = date(2020, 1, 1), date(2101, 1, 1)


class DaysForm(Form):
    """The days and the questionnaire of an edition."""

    opens_on = DayField(
        label(_("Opening day")),
        [InputRequired(label(_("Enter the opening day.")))],
        description=label(_("The States Parties of this day take part.")),
    )
    deadline_on = DayField(
        label(_("Deadline")),
        [InputRequired(label(_("Enter the deadline.")))],
        description=label(_("Later responses are accepted and marked late, until the closing.")),
    )
    questionnaire_version = SelectField(label(_("Questionnaire")))

    def offer(self, versions: tuple[str, ...]) -> None:
        """Set the versions to choose from."""
        self.questionnaire_version.choices = [(version, version) for version in versions]

    def days(self) -> tuple[date, date]:
        """Return opening day and deadline; only after a validation that found no error."""
        opens_on, deadline_on = self.opens_on.data, self.deadline_on.data
        if opens_on is None or deadline_on is None:
            raise ValueError("the form was not validated")
        return opens_on, deadline_on

    def validate_opens_on(self, field: DayField) -> None:
        """Refuse a day far from any edition."""
        _check_day(field)

    def validate_deadline_on(self, field: DayField) -> None:
        """Refuse a day far from any edition."""
        _check_day(field)


class EditionForm(DaysForm):
    """A new edition."""

    year = IntegerField(label(_("Year")), [InputRequired(label(_("Enter the year.")))])


def _check_day(field: DayField) -> None:
    if field.data is not None and not _EARLIEST <= field.data <= _LATEST:
        raise ValidationError(label(_("Enter a day between 2020 and 2100.")))
