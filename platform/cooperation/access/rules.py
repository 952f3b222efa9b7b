"""Bodies, roles and the actor, on one page: who there is, who invites whom, who is the second.

Source: design/product.md (Roles), vault.md (Whose key), reliability.md 1.2 to 1.5. Everything else
asks this page: the directory's rules are computed from it and handed to the vault as plain data.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cooperation.core.text import Text, _
from cooperation.vault.entries import CircleRule, Rules

ASSEMBLY = "assembly"
"""The circle whose members are the circles of all bodies."""
_STATE_PREFIX = "state/"


class Institution(StrEnum):
    """The body a person belongs to; `NONE` for administrators and auditors."""

    STATE = "state"
    SECRETARIAT = "secretariat"
    COURT = "court"
    CO_FACILITATORS = "co_facilitators"
    NONE = "none"

    @property
    def label(self) -> Text:
        """The body in words."""
        return INSTITUTIONS[self].label

    @property
    def is_office(self) -> bool:
        """Whether it is one body with one circle: no State, and not nobody's."""
        return self not in {Institution.STATE, Institution.NONE}

    @property
    def circle(self) -> str:
        """The circle of an office's people; empty for those who need none."""
        return self.value if self.is_office else ""

    @property
    def address(self) -> str:
        """The word that stands for an office in addresses of pages."""
        return self.value.replace("_", "-")


class Role(StrEnum):
    """A role of design/product.md; the values are what the log and demo.json say."""

    CONTRIBUTOR = "contributor"
    FOCAL_POINT = "focal_point"
    SIGNATORY = "signatory"
    OFFICER = "officer"
    HEAD = "head"
    COURT_READER = "court_reader"
    CO_FACILITATOR = "co_facilitator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> Text:
        """The role in words."""
        return ROLES[self].label

    @property
    def body(self) -> Institution:
        """The body whose people hold it."""
        return ROLES[self].body


@dataclass(frozen=True)
class Body:
    """What is declared of a body.

    `opens` says what its people open. `founder` is the role of its first person. `seconds` are the
    roles of which another person must consent to a role given here once the founding is over; none
    where one person grants it. `is_strict`: sessions live shorter.
    """

    label: Text
    opens: Text
    founder: Role | None = None
    seconds: frozenset[Role] = frozenset()
    is_strict: bool = False


@dataclass(frozen=True)
class RoleRule:
    """What is declared of a role.

    Its holders invite for the roles `invites` at any time, for `founds` while the body has nobody.
    `passkeys` is how many she must have. `held_as` is what is left of the role where it was changed
    after the backup that the instance was restored from.
    """

    label: Text
    body: Institution
    passkeys: int = 0
    invites: tuple[Role, ...] = ()
    founds: tuple[Role, ...] = ()
    held_as: Role | None = None


_SECONDS = frozenset({Role.HEAD, Role.OFFICER})

INSTITUTIONS: dict[Institution, Body] = {
    Institution.STATE: Body(
        _("State"),
        _(
            "Inside a State all hold the State's key: your colleague will be able to open "
            "everything of your State, drafts and court-only answers too, and what other States "
            "have published. Somebody who must not see everything should not get an account: send "
            "her the questions as a document."
        ),
        founder=Role.FOCAL_POINT,
    ),
    Institution.SECRETARIAT: Body(
        _("Secretariat"),
        _(
            "People of the Secretariat open submitted answers, except those for the Court alone, "
            "and everything published."
        ),
        founder=Role.HEAD,
        seconds=_SECONDS,
        is_strict=True,
    ),
    Institution.COURT: Body(
        _("Court"),
        _(
            "People of the Court open what States submit for the Court, alone or with the "
            "Secretariat, and everything published."
        ),
        founder=Role.COURT_READER,
        seconds=frozenset({Role.HEAD, Role.COURT_READER}),
        is_strict=True,
    ),
    Institution.CO_FACILITATORS: Body(
        _("Co-facilitators"),
        _("Co-facilitators open what is published, and see progress."),
        founder=Role.CO_FACILITATOR,
    ),
    Institution.NONE: Body(
        _("No institution"),
        _("Administrators and auditors open no answers at all."),
        seconds=_SECONDS,
    ),
}

ROLES: dict[Role, RoleRule] = {
    Role.CONTRIBUTOR: RoleRule(_("Contributor"), Institution.STATE),
    Role.FOCAL_POINT: RoleRule(
        _("Focal point"),
        Institution.STATE,
        passkeys=1,
        invites=(Role.CONTRIBUTOR, Role.FOCAL_POINT, Role.SIGNATORY),
    ),
    Role.SIGNATORY: RoleRule(_("Signatory"), Institution.STATE, passkeys=1),
    Role.OFFICER: RoleRule(_("Secretariat officer"), Institution.SECRETARIAT, passkeys=2),
    Role.HEAD: RoleRule(
        _("Head of the Secretariat"),
        Institution.SECRETARIAT,
        passkeys=2,
        invites=(Role.OFFICER, Role.HEAD, Role.ADMINISTRATOR, Role.AUDITOR),
        founds=(Role.COURT_READER, Role.CO_FACILITATOR),
        held_as=Role.OFFICER,
    ),
    Role.COURT_READER: RoleRule(
        _("Court reader"), Institution.COURT, passkeys=2, invites=(Role.COURT_READER,)
    ),
    Role.CO_FACILITATOR: RoleRule(
        _("Co-facilitator"), Institution.CO_FACILITATORS, passkeys=1, invites=(Role.CO_FACILITATOR,)
    ),
    Role.AUDITOR: RoleRule(_("Auditor"), Institution.NONE),
    Role.ADMINISTRATOR: RoleRule(
        _("Administrator"), Institution.NONE, passkeys=2, held_as=Role.AUDITOR
    ),
}

OFFICES = tuple(body for body in Institution if body.is_office)
INVITING_ROLES = frozenset(role for role, rule in ROLES.items() if rule.invites)
"""Roles whose holders invite into their own circle, and make its new keys."""


def roles_of_body(body: Institution) -> frozenset[Role]:
    """Return the roles that people of a body may hold."""
    return frozenset(role for role in Role if role.body is body)


def seconds_of(body: Institution, *, founds: bool) -> frozenset[Role]:
    """Return the roles of which one may be the second person; none where one is enough.

    A body that is founded, or founded anew, has nobody of its own: the Secretariat's are it.
    """
    found = INSTITUTIONS[body].seconds
    return INSTITUTIONS[Institution.SECRETARIAT].seconds if found and founds else found


def state_circle(code: str) -> str:
    """Return the name of a State's circle, which is also what the log calls its people."""
    return f"{_STATE_PREFIX}{code}"


def state_of_circle(circle: str) -> str | None:
    """Return the State's code of its circle, `None` for any other."""
    return circle.removeprefix(_STATE_PREFIX) if circle.startswith(_STATE_PREFIX) else None


def circle_of_institution(body: Institution, state_code: str | None) -> str:
    """Return the circle of a body's people, empty where they need none."""
    return state_circle(state_code) if state_code and body is Institution.STATE else body.circle


def institution_of_circle(circle: str) -> Institution:
    """Return the body whose people form this circle."""
    if not circle:
        return Institution.NONE
    return next((each for each in OFFICES if each.circle == circle), Institution.STATE)


def _rule_of(body: Institution) -> CircleRule:
    return CircleRule(
        roles=frozenset(roles_of_body(body)),
        governed_by=Institution.SECRETARIAT.circle if body is Institution.NONE else "",
        seconds=frozenset(seconds_of(body, founds=False)),
        joins="" if body is Institution.NONE else ASSEMBLY,
    )


DIRECTORY_RULES = Rules(
    circles={
        ASSEMBLY: CircleRule(governed_by=Institution.SECRETARIAT.circle, holds_circles=True),
        _STATE_PREFIX: _rule_of(Institution.STATE),
        **{body.circle: _rule_of(body) for body in (*OFFICES, Institution.NONE)},
    },
    inviting=frozenset(INVITING_ROLES),
    first=Institution.SECRETARIAT.circle,
    first_role=Role.HEAD.value,
)
"""What the directory is judged by: roles, who admits and renews, who consents, what holds what."""


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the guard sees her.

    `roles` come from the verified directory at each request, `circles` too: those whose keys she
    may hold. `state_code` is set for State roles only. `stepped_up_at` is the instant of the last
    fresh second factor of this session; where that was no passkey but must be one,
    `is_passkey_missing` is set and the instant counts for nothing.
    """

    person_id: str
    roles: frozenset[Role]
    institution: Institution
    state_code: str | None = None
    stepped_up_at: datetime | None = None
    is_passkey_missing: bool = False
    circles: tuple[str, ...] = ()

    @property
    def circle(self) -> str:
        """The circle of her own body's people, empty where they need none."""
        return circle_of_institution(self.institution, self.state_code)

    @property
    def main_role(self) -> Role:
        """The role that the log names: the one that comes last in the list of roles she holds."""
        return max(self.roles, key=list(Role).index)

    def is_of_state(self, state_code: str) -> bool:
        """Tell whether she acts for this State."""
        return self.institution is Institution.STATE and self.state_code == state_code

    def has(self, role: Role) -> bool:
        """Tell whether she holds this role."""
        return role in self.roles
