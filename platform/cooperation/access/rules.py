"""Roles, institutions and the actor: who acts, as the verified directory says (design: product)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Institution(StrEnum):
    """The body a person belongs to; `NONE` for administrators and auditors."""

    STATE = "state"
    SECRETARIAT = "secretariat"
    COURT = "court"
    CO_FACILITATORS = "co_facilitators"
    NONE = "none"


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


INSTITUTION_OF: dict[Role, Institution] = {
    Role.CONTRIBUTOR: Institution.STATE,
    Role.FOCAL_POINT: Institution.STATE,
    Role.SIGNATORY: Institution.STATE,
    Role.OFFICER: Institution.SECRETARIAT,
    Role.HEAD: Institution.SECRETARIAT,
    Role.COURT_READER: Institution.COURT,
    Role.CO_FACILITATOR: Institution.CO_FACILITATORS,
    Role.AUDITOR: Institution.NONE,
    Role.ADMINISTRATOR: Institution.NONE,
}


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the guard sees her.

    `roles` come from the verified directory at each request. `state_code` is set for State roles
    only. `stepped_up_at` is the instant of the last fresh second factor of this session; where that
    was no passkey but must be one, `is_passkey_missing` is set and the instant counts for nothing.
    """

    person_id: str
    roles: frozenset[Role]
    institution: Institution
    state_code: str | None = None
    stepped_up_at: datetime | None = None
    is_passkey_missing: bool = False

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
