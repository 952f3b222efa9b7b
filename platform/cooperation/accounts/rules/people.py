"""Who may invite and disable whom, and the states of accounts and invitations (product, Roles)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cooperation.access.rules import INSTITUTIONS, INVITING_ROLES, ROLES, Actor, Institution, Role
from cooperation.accounts.rules.idle import blocked_from
from cooperation.core.emails import plain_email
from cooperation.core.text import ENGLISH, Text, _

NAME_CHARACTERS = 120
EMAIL_CHARACTERS = 254
ORGAN_CHARACTERS = 60
INVITATION_LIFE = timedelta(days=7)
INVITATION_TRIES = 5
FOUNDED_BY_HEAD = ROLES[Role.HEAD].founds
"""Roles whose first person a head invites, while their circle does not exist."""


class PersonStatus(StrEnum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


class InvitationKind(StrEnum):
    """What an invitation leads to: the instance's first head, a State's first person, any other."""

    GENESIS = "genesis"
    STATE = "state"
    PERSON = "person"


class InvitationStatus(StrEnum):
    """The life of an invitation: `HELD` for its code letter, `WAITING` for a second person."""

    HELD = "held"
    WAITING = "waiting"
    OPEN = "open"
    USED = "used"
    VOID = "void"


@dataclass(frozen=True)
class Person:
    """A person with an account, as colleagues and administrators see her."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    status: PersonStatus
    institution: Institution
    state_code: str | None
    organ: str | None
    activated_at: datetime
    last_sign_in_at: datetime | None
    confirmed_at: datetime | None
    are_new_keys_due: bool
    are_roles_held: bool = False
    language: str = ENGLISH

    @property
    def blocked_from(self) -> datetime:
        """The instant from which her account counts as unused for too long."""
        return blocked_from(self.last_sign_in_at or self.activated_at, self.confirmed_at)

    def is_blocked(self, now: datetime) -> bool:
        """Tell whether her account is unused: blocked, while somebody can confirm it."""
        return self.is_active and self.blocked_from <= now

    @property
    def may_invite(self) -> bool:
        """Whether she invites colleagues and can make her circle's new keys."""
        return bool(self.roles & INVITING_ROLES)

    @property
    def is_active(self) -> bool:
        """Whether she may sign in."""
        return self.status is PersonStatus.ACTIVE

    @property
    def institution_name(self) -> Text:
        """Her institution in words."""
        if self.state_code is not None:
            return _("State %(code)s", code=self.state_code)
        return self.institution.label

    @property
    def role_names(self) -> tuple[Text, ...]:
        """Her roles in words, in the order of the list of roles."""
        return tuple(role.label for role in Role if role in self.roles)


def roles_to_invite(actor: Actor, founded: frozenset[Role]) -> tuple[Role, ...]:
    """Return the roles for which `actor` may invite.

    `founded` are the roles of `FOUNDED_BY_HEAD` whose circle exists: from then on only the circle's
    own people invite into it (vault.md, directory).
    """
    rules = [ROLES[own] for own in Role if own in actor.roles]
    found = [role for rule in rules for role in rule.invites]
    found += [role for rule in rules for role in rule.founds if role not in founded]
    return tuple(dict.fromkeys(found))


def what_opens(roles: tuple[Role, ...]) -> tuple[Text, ...]:
    """Return, for the page of an invitation, what people in these roles will be able to open."""
    return tuple(INSTITUTIONS[body].opens for body in dict.fromkeys(role.body for role in roles))


def state_of_newcomer(actor: Actor, role: Role) -> str | None:
    """Return the State that a newcomer in `role` acts for: the inviter's own, or none."""
    return actor.state_code if role.body is Institution.STATE else None


def normal_email(typed: str) -> str:
    """Return an e-mail address as it is looked up: as it is kept, in lower case."""
    return plain_email(typed).lower()


def successor_roles(roles: frozenset[Role]) -> tuple[Role, ...]:
    """Return the roles that a leaver's successor may be invited for, the leaver's main one first.

    One invitation gives one role. A focal point who signed too is followed by a focal point, who
    may take the role of signatory herself.
    """
    order = sorted(roles, key=lambda role: (role not in INVITING_ROLES, list(Role).index(role)))
    return tuple(order)
