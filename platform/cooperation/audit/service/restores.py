"""Whether the instance was restored from a backup, and a head has not confirmed it yet.

The log itself says both, so that no other table has to be believed (docs/decisions, 7).
"""

from cooperation.audit import queries
from cooperation.audit.rules import RESTORED
from cooperation.audit.service.entries import entries_for
from cooperation.core.db import Session
from cooperation.core.errors import Conflict
from cooperation.core.text import _

CONFIRMED = "restore.confirmed"


class RestoreUnconfirmedError(Conflict):
    """Nothing is published or issued before a head has looked at what was restored."""

    sentence = _(
        "The platform was restored from a backup. Before anything is published or issued again, a "
        "head of the Secretariat confirms the restore on her home page."
    )


def was_restored(session: Session) -> bool:
    """Tell whether the instance was ever restored from a backup."""
    return queries.number_of(session, action=RESTORED) > 0


def is_restore_unconfirmed(session: Session) -> bool:
    """Tell whether a restore waits for the word of a head."""
    if not was_restored(session):
        return False
    restored = entries_for(session, action=RESTORED)[-1]
    confirmed = entries_for(session, action=CONFIRMED)
    return not confirmed or confirmed[-1].seq < restored.seq


def refuse_before_confirmation(session: Session) -> None:
    """Raise `RestoreUnconfirmedError` while a restore waits for the word of a head."""
    if is_restore_unconfirmed(session):
        raise RestoreUnconfirmedError
