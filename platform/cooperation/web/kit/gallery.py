"""Every macro of the kit on one page, for the browser tests; served by test instances only.

`?problem=1` shows the same fields in error.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.forms import DayField
from cooperation.core.text import _, label

blueprint = Blueprint("gallery", __name__)

_CHOICES = [
    SelectChoice("yes", label(_("Yes"))),
    SelectChoice("partly", label(_("Partly"))),
    SelectChoice("no", label(_("No"))),
    SelectChoice("not_known", label(_("Not known"))),
]
_MEASURES = [
    SelectChoice("physical", label(_("Physical protection"))),
    SelectChoice("identity", label(_("Change of identity"))),
    SelectChoice("support", label(_("Psychological support"))),
]
_NEEDED = InputRequired(label(_("Choose an answer.")))


class GalleryForm(Form):
    """One field of each kind."""

    law = RadioField(
        label(_("Does national law allow the temporary relocation of witnesses?")),
        [_NEEDED],
        choices=_CHOICES,
    )
    measures = SelectMultipleField(
        label(_("Which measures are available?")), [_NEEDED], choices=_MEASURES
    )
    procedure = TextAreaField(
        label(_("Describe the procedure and any obstacles")),
        [InputRequired(label(_("Describe the procedure.")))],
    )
    authority = StringField(
        label(_("Competent authority")), [InputRequired(label(_("Enter the authority.")))]
    )
    email = StringField(label(_("E-mail address")))
    days = StringField(label(_("Usual time of an answer")))
    language = SelectField(label(_("Language of the request")), choices=_CHOICES)
    since = DayField(label(_("In force since")))
    password = PasswordField(label(_("Password or passphrase")))
    code = StringField(label(_("Code from your authenticator")))
    file = FileField(label(_("Text of the law")))
    sure = BooleanField(
        label(_("I declare in the name of the Government that these answers are complete")),
        [InputRequired(label(_("Tick the box to go on.")))],
    )


def _filled() -> GalleryForm:
    if request.args.get("problem"):
        form = GalleryForm()
        form.validate()
        return form
    return GalleryForm(
        data={
            "law": "partly",
            "measures": ["physical", "support"],
            "procedure": "سطر أول بالعربية\nA second line in English.",
            "authority": "Ministry of Justice",
            "email": "name@example.org",
        }
    )


def _page(form: GalleryForm) -> str:
    return render_template("gallery/gallery.html", form=form, sought=GalleryForm(prefix="sought-"))


@blueprint.get("/gallery")
@requires(Permission.PUBLIC)
def gallery() -> ResponseReturnValue:
    """Show every macro."""
    form = _filled()
    return _page(form), 422 if form.errors else 200


@blueprint.post("/gallery")
@requires(Permission.PUBLIC)
def send() -> ResponseReturnValue:
    """Take the form; only the kit's script and the limits of requests are tried here."""
    form = GalleryForm(request.form)
    if not form.validate():
        return _page(form), 422
    return _page(form)


@blueprint.post("/gallery/save")
@requires(Permission.PUBLIC)
def save() -> ResponseReturnValue:
    """Answer an autosave, whatever the examples' fields are called."""
    for name in request.form:
        request.form.getlist(name)
    return {"status": "saved", "at": "14:32", "versions": {"version": "2"}}


@blueprint.get("/gallery/failure")
@requires(Permission.PUBLIC)
def failure() -> ResponseReturnValue:
    """Fail as no view should."""
    raise RuntimeError("a secret that no page may show")
