"""What happens to a membership, and which of it is a warning (Rome Statute, article 127)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cooperation.core.text import Text, _


class EventKind(StrEnum):
    """The kinds of event that the register knows."""

    WITHDRAWAL_ANNOUNCED = "withdrawal_announced"
    WITHDRAWAL_NOTIFIED = "withdrawal_notified"
    WITHDRAWAL_REVOKED = "withdrawal_revoked"
    ACCESSION_DEPOSITED = "accession_deposited"
    ACCESSION_WITHDRAWN = "accession_withdrawn"

    @property
    def label(self) -> Text:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    EventKind.WITHDRAWAL_ANNOUNCED: _("Withdrawal announced"),
    EventKind.WITHDRAWAL_NOTIFIED: _("Withdrawal notified to the depositary"),
    EventKind.WITHDRAWAL_REVOKED: _("Notice of withdrawal revoked"),
    EventKind.ACCESSION_DEPOSITED: _("Instrument of accession deposited"),
    EventKind.ACCESSION_WITHDRAWN: _("Instrument of accession withdrawn"),
}

_OPENING = frozenset({EventKind.WITHDRAWAL_ANNOUNCED, EventKind.WITHDRAWAL_NOTIFIED})


@dataclass(frozen=True)
class MembershipEvent:
    """One event with its source; `is_confirmed` is false where the day could not be verified."""

    state_code: str
    kind: EventKind
    happened_on: date
    takes_effect_on: date | None
    instrument: str
    is_confirmed: bool
    note: str


def pending_events(events: Sequence[MembershipEvent], day: date) -> list[MembershipEvent]:
    """Return one State's announcements and notices that stand on `day`, oldest first.

    A later revocation ends them; so does the day on which a withdrawal takes effect.
    """
    known = sorted(
        (event for event in events if event.happened_on <= day), key=lambda event: event.happened_on
    )
    pending: list[MembershipEvent] = []
    for event in known:
        if event.kind in _OPENING:
            pending.append(event)
        elif event.kind is EventKind.WITHDRAWAL_REVOKED:
            pending.clear()
    return [
        event for event in pending if event.takes_effect_on is None or event.takes_effect_on > day
    ]
