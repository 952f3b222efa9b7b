"""Tests on the object of a permission: pure functions of who acts and what is known of it.

Which permission asks which test stands on the page of policy (`access.policy`).
"""

from dataclasses import dataclass

from cooperation.access.rules import ROLES, Actor, Institution, Role


@dataclass(frozen=True)
class Target:
    """What a test is told of an object; what does not concern it stays empty.

    `institution` and `state_code` are those of an account, or `state_code` alone of what a State
    owns; `maker_id` made it; `is_frozen` says of an edition that it was opened.
    """

    state_code: str | None = None
    institution: Institution | None = None
    maker_id: str = ""
    is_frozen: bool = False


def is_not_another_states(actor: Actor, target: Target) -> bool:
    """A State's person meets nothing of another State."""
    own = actor.institution is not Institution.STATE or actor.state_code == target.state_code
    return own or target.state_code is None


def is_of_own_body(actor: Actor, target: Target) -> bool:
    """It is of the actor's own institution, and of her State."""
    return actor.institution is target.institution and actor.state_code == target.state_code


def is_account_in_reach(actor: Actor, target: Target) -> bool:
    """An administrator reaches all accounts, others those of their own institution.

    A head also reaches administrators and auditors, whom she invites.
    """
    if actor.has(Role.ADMINISTRATOR):
        return True
    is_heads = actor.has(Role.HEAD) and target.institution is Institution.NONE
    return is_heads or is_of_own_body(actor, target)


def is_of_body_she_invites_to(actor: Actor, target: Target) -> bool:
    """The account is of an institution whose roles the actor gives."""
    given = {role.body for own in actor.roles for role in ROLES[own].invites}
    return target.institution in given


def is_open_or_prepared_here(actor: Actor, target: Target) -> bool:
    """An edition is known to its readers once it was opened, to the Secretariat before."""
    return target.is_frozen or actor.institution is Institution.SECRETARIAT


def is_made_by_her_or_led(actor: Actor, target: Target) -> bool:
    """The actor made it herself, or is head."""
    return target.maker_id == actor.person_id or actor.has(Role.HEAD)
