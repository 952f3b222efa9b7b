"""The confirmation of a list."""

from wtforms import BooleanField, Form, HiddenField
from wtforms.validators import InputRequired

from cooperation.core.text import _, label


class ReviewForm(Form):
    """One declaration about the list with this fingerprint."""

    fingerprint = HiddenField()
    confirmed = BooleanField(validators=[InputRequired(label(_("Tick the box to go on.")))])
