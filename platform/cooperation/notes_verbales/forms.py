"""The shape of what people type for notes verbales."""

from collections.abc import Sequence
from datetime import date

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms import ValidationError as Refused
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.validators import InputRequired

from cooperation.core.forms import AtMost, DayField
from cooperation.core.text import Text, _, label

REFERENCE_CHARACTERS = 24
PHRASE_CHARACTERS = 300
CHANGES_CHARACTERS = 1000
LANGUAGES_CHARACTERS = 100
_EARLIEST, _LATEST = date(2020, 1, 1), date(2101, 1, 1)
_LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español"}


def _needed(sentence: Text) -> InputRequired:
    return InputRequired(label(sentence))


def _one_line(value: str | None) -> str:
    return " ".join((value or "").split())


def _check_day(field: DayField) -> None:
    if field.data is not None and not _EARLIEST <= field.data < _LATEST:
        raise Refused(label(_("Enter a day between 2020 and 2100.")))


class NoteForm(Form):
    """What the officer decides about the notes of an edition."""

    reference = StringField(
        label(_("Reference")),
        [_needed(_("Confirm or type the reference.")), AtMost(REFERENCE_CHARACTERS)],
        description=label(
            _(
                "The next free number of the session. Type another where letters written"
                " elsewhere have used it."
            )
        ),
    )
    language = SelectField(label(_("Language of the notes")))
    dated_on = DayField(label(_("Date of the notes")), [_needed(_("Enter the date of the notes."))])
    reply_languages = StringField(
        label(_("Languages of replies")),
        [_needed(_("Enter the languages of replies.")), AtMost(LANGUAGES_CHARACTERS)],
        filters=[_one_line],
        description=label(_("As the note says it: “English or French”.")),
    )
    co_facilitators = StringField(
        label(_("Co-facilitators")),
        [AtMost(PHRASE_CHARACTERS)],
        filters=[_one_line],
        description=label(_("Titles, names and countries, as they stand in the note.")),
    )
    mandate = StringField(
        label(_("Mandate")),
        [AtMost(PHRASE_CHARACTERS)],
        filters=[_one_line],
        description=label(
            _("Resolution and paragraph: “resolution ICC-ASP/…/Res.…, paragraph …”.")
        ),
    )
    changes = TextAreaField(
        label(_("What has changed since last year")),
        [AtMost(CHANGES_CHARACTERS)],
        filters=[_one_line],
        description=label(_("One or two sentences for the note.")),
    )

    def offer(self, languages: Sequence[str]) -> None:
        """Set the languages to choose from."""
        self.language.choices = [
            SelectChoice(code, _LANGUAGE_NAMES.get(code, code)) for code in languages
        ]

    def validate_dated_on(self, field: DayField) -> None:
        """Refuse a day far from any edition."""
        _check_day(field)


class DeliveryForm(Form):
    """On which day notes were delivered or acknowledged."""

    act = SelectField(
        label(_("What happened")),
        choices=[
            SelectChoice("delivered", label(_("Delivered"))),
            SelectChoice("acknowledged", label(_("Acknowledged"))),
        ],
        default="delivered",
    )
    day = DayField(label(_("Day")), [_needed(_("Enter the day."))])

    def validate_day(self, field: DayField) -> None:
        """Refuse a day far from any edition."""
        _check_day(field)


class ApprovalForm(Form):
    """The hash of what the head saw."""

    content_hash = HiddenField(validators=[InputRequired(), AtMost(64)])


class PrintedForm(Form):
    """The printing that is confirmed."""

    print_id = HiddenField(validators=[InputRequired(), AtMost(36)])
