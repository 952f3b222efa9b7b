"""The filter over the States."""

from wtforms import Form, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its types

from cooperation.core.text import _, label
from cooperation.register.rules import RegionalGroup
from cooperation.web.progress.standing import SHOWN, Filter


class ProgressFilter(Form):
    """Which States the table shows."""

    state = StringField(label(_("State")), default="")
    group = SelectField(
        label(_("Regional group")),
        choices=[SelectChoice("", label(_("All")))]
        + [SelectChoice(each.value, label(each.label)) for each in RegionalGroup],
        default="",
    )
    status = SelectField(
        label(_("Status")),
        choices=[SelectChoice("", label(_("All")))]
        + [SelectChoice(each.value, label(each.label)) for each in SHOWN],
        default="",
    )

    def wanted(self) -> Filter:
        """Return what was chosen; a value that is no choice chooses nothing."""
        if not self.validate():
            return Filter()
        name = " ".join((self.state.data or "").split())
        return Filter(name, self.group.data or "", self.status.data or "")
