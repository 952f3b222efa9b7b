"""Whether an account was not used for fifteen months: asked at sign-in, after the password."""

from datetime import datetime

from cooperation.accounts.models import PersonRow
from cooperation.accounts.rules import PersonStatus, blocked_from
from cooperation.core.db import Session
from cooperation.core.errors import NotAllowed
from cooperation.core.text import _


class AccountBlocked(NotAllowed):
    """The password was right, and the account was not used for fifteen months."""

    sentence = _("This account was not used for fifteen months. A colleague must confirm you.")


def is_unused(row: PersonRow, now: datetime) -> bool:
    """Tell whether an active account is blocked until somebody confirms it."""
    last_used_at = row.last_sign_in_at or row.activated_at
    return row.status == PersonStatus.ACTIVE and blocked_from(last_used_at, row.confirmed_at) <= now


def is_person_unused(session: Session, person_id: str, now: datetime) -> bool:
    """Tell the same of a person's id; nobody unknown is blocked."""
    row = session.get(PersonRow, person_id)
    return row is not None and is_unused(row, now)
