"""The shape of what is typed into the register: a day, a post, a file."""

from datetime import date

from wtforms import (
    BooleanField,
    FileField,
    Form,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from cooperation.core.forms import DayField
from cooperation.core.text import ENGLISH, _, label, offered_languages
from cooperation.register.rules import Address, AddressFields, PostKind

_EARLIEST, _LATEST = date(1998, 7, 17), date(2200, 1, 1)
_HIGHEST_VERSION = 2**31 - 1


class DayForm(Form):
    """The day for which the States Parties are listed."""

    day = DayField(label(_("Parties on")), [Optional()])

    def validate_day(self, field: DayField) -> None:
        """Refuse a day before the Statute or far away."""
        if field.data is not None and not _EARLIEST <= field.data <= _LATEST:
            raise ValidationError(label(_("Enter a day between 17 July 1998 and 2200.")))


def _languages() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in offered_languages().items()]


class AddressForm(Form):
    """One post of a State; `version` is what the person has read."""

    kind = SelectField(
        label(_("Post")),
        choices=[SelectChoice(kind.value, label(kind.label)) for kind in PostKind],
    )
    place = StringField(
        label(_("Place")), description=label(_("Blank: The Hague or New York, by the kind."))
    )
    lines = TextAreaField(label(_("Postal address")), description=label(_("At most six lines.")))
    email = StringField(
        label(_("E-mail address")),
        description=label(_("Blank: notes verbales are delivered by hand.")),
    )
    is_of_record = BooleanField(
        label(_("This is the address of record")),
        description=label(_("Notes verbales and the first invitation go there.")),
    )
    language = SelectField(label(_("Language of mails")), default=ENGLISH, choices=_languages)
    version = IntegerField(
        validators=[Optional(), NumberRange(min=0, max=_HIGHEST_VERSION)], widget=HiddenInput()
    )

    def show(self, address: Address) -> None:
        """Fill in a post as the register holds it."""
        self.kind.data = address.kind.value
        self.place.data = address.place
        self.lines.data = "\n".join(address.lines)
        self.email.data = address.email
        self.is_of_record.data = address.is_of_record
        self.language.data = address.language
        self.version.data = address.version

    def fields(self) -> AddressFields:
        """Return what was typed; call it after `validate`."""
        return AddressFields(
            kind=PostKind(self.kind.data),
            place=self.place.data or "",
            lines=tuple((self.lines.data or "").splitlines()),
            email=self.email.data or "",
            is_of_record=bool(self.is_of_record.data),
            language=self.language.data if len(offered_languages()) > 1 else "",
        )


class ImportForm(Form):
    """A CSV file of addresses."""

    file = FileField(
        label(_("CSV file")),
        description=label(_("UTF-8 with commas, semicolons or tabs, at most 1 MB.")),
    )
