"""What people read in place of the codes of roles and institutions."""

from cooperation.access.rules import Institution, Role
from cooperation.audit.rules.entry import SYSTEM
from cooperation.core.text import Text, _

ROLE_LABELS: dict[str, Text] = {
    Role.CONTRIBUTOR.value: _("Contributor"),
    Role.FOCAL_POINT.value: _("Focal point"),
    Role.SIGNATORY.value: _("Signatory"),
    Role.OFFICER.value: _("Officer"),
    Role.HEAD.value: _("Head of the Secretariat"),
    Role.COURT_READER.value: _("Court reader"),
    Role.CO_FACILITATOR.value: _("Co-facilitator"),
    Role.AUDITOR.value: _("Auditor"),
    Role.ADMINISTRATOR.value: _("Administrator"),
    SYSTEM: _("The platform itself"),
}

INSTITUTION_LABELS: dict[str, Text] = {
    Institution.SECRETARIAT.value: _("Secretariat"),
    Institution.COURT.value: _("Court"),
    Institution.CO_FACILITATORS.value: _("Co-facilitators"),
}


def actor_label(role: str, institution: str) -> Text:
    """Return who acted, by role and institution; the role is blank where it is not shown."""
    if institution.startswith("state/"):
        place = _("State %(code)s", code=institution.removeprefix("state/"))
    elif institution in INSTITUTION_LABELS:
        place = INSTITUTION_LABELS[institution]
    else:
        return ROLE_LABELS.get(role, _("A person without institution"))
    if not role:
        return place
    return _("%(role)s, %(institution)s", role=ROLE_LABELS.get(role, role), institution=place)
