"""Whether an account is blocked, unused for fifteen months: asked at sign-in, after the password.

A colleague who invites people lifts the block, else two people of the Secretariat. It holds only
while they are there: an instance that slept, or an old backup that is opened to be read, would
otherwise shut everybody out for ever. Whoever is let in so is logged and told to the heads.
"""

from datetime import datetime

from cooperation.access.rules import INVITING_ROLES, Institution
from cooperation.accounts import queries
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.actors import acting_roles
from cooperation.accounts.rules import PersonStatus, blocked_from
from cooperation.core.db import Session
from cooperation.core.errors import NotAllowed
from cooperation.core.text import _

_VOUCH_TOGETHER = 2
"""So many people of the Secretariat vouch for somebody who has no colleague."""


class AccountBlocked(NotAllowed):
    """The password was right, and the account was not used for fifteen months."""

    sentence = _("This account was not used for fifteen months. A colleague must confirm you.")


def is_unused(row: PersonRow, now: datetime) -> bool:
    """Tell whether nobody has used or confirmed an active account for fifteen months."""
    last_used_at = row.last_sign_in_at or row.activated_at
    return row.status == PersonStatus.ACTIVE and blocked_from(last_used_at, row.confirmed_at) <= now


def is_blocked(session: Session, row: PersonRow, now: datetime) -> bool:
    """Tell whether an unused account waits for somebody who can confirm it, and is there."""
    return is_unused(row, now) and (
        has_colleague(session, row, now) or _has_secretariat(session, row, now)
    )


def is_person_blocked(session: Session, person_id: str, now: datetime) -> bool:
    """Tell whether a person's unused account waits; an unknown id has none."""
    row = session.get(PersonRow, person_id)
    return row is not None and is_blocked(session, row, now)


def has_colleague(session: Session, row: PersonRow, now: datetime) -> bool:
    """Tell whether an active, used account of her institution invites people.

    Heads invite those who belong to no institution.
    """
    wanted = Institution(row.institution)
    institution = Institution.SECRETARIAT if wanted is Institution.NONE else wanted
    return any(
        acting_roles(session, each.id) & INVITING_ROLES
        for each in _others_in_use(session, row, now, institution)
    )


def _has_secretariat(session: Session, row: PersonRow, now: datetime) -> bool:
    found = _others_in_use(session, row, now, Institution.SECRETARIAT)
    return len(found) >= _VOUCH_TOGETHER


def _others_in_use(
    session: Session, row: PersonRow, now: datetime, institution: Institution
) -> list[PersonRow]:
    state_code = row.state_code if institution is Institution.STATE else None
    found = queries.people(
        session, institution=institution, state_code=state_code, only_active=True
    )
    return [each for each in found if each.id != row.id and not is_unused(each, now)]
