"""The filter of the list, and one pair of fields for each answer to decide on."""

from collections.abc import Iterable, Mapping

from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from cooperation.core.forms import number_typed
from cooperation.core.text import _, label
from cooperation.register.rules import RegionalGroup
from cooperation.review.rules import Decision, ReviewStatus, Verdict

_CHOICES = [
    SelectChoice(Decision.APPROVED.value, label(_("Approve: fit to publish"))),
    SelectChoice(Decision.REFUSED.value, label(_("Refuse, with a reason"))),
    SelectChoice(Decision.PENDING.value, label(_("Decide later"))),
]
_ALL = SelectChoice("", label(_("All")))


class ListFilter(Form):
    """Which States the list shows."""

    status = SelectField(
        label(_("Status")),
        choices=[_ALL, *(SelectChoice(each.value, label(each.label)) for each in ReviewStatus)],
        default="",
    )
    group = SelectField(
        label(_("Regional group")),
        choices=[_ALL, *(SelectChoice(each.value, label(each.label)) for each in RegionalGroup)],
        default="",
    )


class DecisionsForm(Form):
    """Decision, reason and the version seen, for each answer of a part.

    Made by `decisions_form`; `submission` is the one that the officer's page showed.
    """

    submission = HiddenField()

    def verdicts(self, codes: Iterable[str]) -> dict[str, Verdict]:
        """Return what was entered, by question."""
        found: dict[str, Verdict] = {}
        for code in codes:
            found[code] = Verdict(
                Decision(self[f"decision.{code}"].data or Decision.PENDING),
                " ".join((self[f"reason.{code}"].data or "").split(" ")).strip(),
                number_typed(str(self[f"seen.{code}"].data or "0")),
            )
        return found


def decisions_form(
    codes: Iterable[str],
    fields: MultiDict[str, str] | None = None,
    data: Mapping[str, object] | None = None,
) -> DecisionsForm:
    """Return a form with the fields `decision.CODE`, `reason.CODE` and `seen.CODE`."""
    members: dict[str, object] = {}
    for code in codes:
        members[f"decision.{code}"] = RadioField(label(_("Decision")), choices=_CHOICES)
        members[f"reason.{code}"] = TextAreaField(label(_("Reason, read by the State")))
        members[f"seen.{code}"] = HiddenField()
    made: type[DecisionsForm] = type("PartDecisionsForm", (DecisionsForm,), members)
    return made(fields, data=data)
