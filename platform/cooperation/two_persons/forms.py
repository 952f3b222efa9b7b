"""The one form of an act of two persons: why the second person refuses."""

from wtforms import Form, TextAreaField

from cooperation.core.text import _, label


class RefuseForm(Form):
    """Why the second person refuses; the service says how long it may be."""

    reason = TextAreaField(label(_("Reason")))
