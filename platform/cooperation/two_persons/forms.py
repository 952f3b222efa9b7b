"""The one form of an act of two persons: why the second person refuses."""

from wtforms import Form, TextAreaField
from wtforms.validators import InputRequired

from cooperation.core.forms import AtMost
from cooperation.core.text import _, label
from cooperation.two_persons.rules import TEXT_CHARACTERS


class RefuseForm(Form):
    """Why the second person refuses."""

    reason = TextAreaField(
        label(_("Reason")),
        [
            InputRequired(label(_("Say why: the person who proposed this reads it."))),
            AtMost(TEXT_CHARACTERS),
        ],
    )
