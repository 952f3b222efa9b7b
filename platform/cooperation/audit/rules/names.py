"""What people read in place of the codes of roles and institutions in the log."""

from cooperation.access.rules import OFFICES, Role, state_of_circle
from cooperation.audit.rules.entry import SYSTEM
from cooperation.core.text import Text, _

_ROLES: dict[str, Text] = {
    **{role.value: role.label for role in Role},
    SYSTEM: _("The platform itself"),
}
_OFFICES: dict[str, Text] = {body.value: body.label for body in OFFICES}


def actor_label(role: str, institution: str) -> Text:
    """Return who acted, by role and institution; the role is blank where it is not shown."""
    state = state_of_circle(institution)
    place = _("State %(code)s", code=state) if state else _OFFICES.get(institution)
    if place is None:
        return _ROLES.get(role, _("A person without institution"))
    if not role:
        return place
    return _("%(role)s, %(institution)s", role=_ROLES.get(role, role), institution=place)
