"""Where and when a statement stands in the log, whatever its signer wrote (docs/decisions, 8)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from cooperation.vault.statements import instant_of, moment

_MOST_APART = timedelta(minutes=5)
"""How far a statement's own time may be from that of its entry; the platform writes one instant."""


class LogPlace(NamedTuple):
    """Where a statement stands: its entry's number and time, and the root of the log before it."""

    seq: int
    at: datetime
    root: bytes

    def fits(self, at: str) -> bool:
        """Tell whether a statement that says this time can be of this entry."""
        return abs(self.at - instant_of(at)) <= _MOST_APART


class LogTimes(NamedTuple):
    """The times at which statements were taken, for the question whether an end has passed.

    Kept are those that no later statement reaches: one, unless the clock was set back. So nothing
    that was over is open again, and what is made after a clock went wrong is not over at once.
    """

    latest: tuple[tuple[int, str], ...] = ()

    def through(self, place: LogPlace) -> "LogTimes":
        """Return the times with one more statement."""
        at = moment(place.at)
        return LogTimes((*(each for each in self.latest if each[1] > at), (place.seq, at)))

    def latest_since(self, seq: int) -> str:
        """Return the latest time of the statements taken after an entry, or an empty text."""
        return next((at for number, at in self.latest if number > seq), "")

    def is_back(self, place: LogPlace) -> bool:
        """Tell whether a place is dated before what stands before it, by more than minutes."""
        return bool(self.latest) and instant_of(self.latest[0][1]) - place.at > _MOST_APART
