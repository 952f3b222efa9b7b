"""The server's clock, in UTC.

Tests move it by a file in the instance folder instead of sleeping; only test instances read that
file (design: reliability 4.2, rule 5).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time in UTC."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by the seconds that a file holds; for test instances only."""

    def __init__(self, offset_file: Path) -> None:
        self._offset_file = offset_file

    def now(self) -> datetime:
        """Return the present instant plus the offset; a missing file means no offset."""
        try:
            seconds = float(self._offset_file.read_text())
        except FileNotFoundError:
            seconds = 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)


class FixedClock:
    """A clock that stands still until it is moved; for unit tests and the demonstration builder."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """Return the instant that was last set."""
        return self._instant

    def move(self, step: timedelta) -> None:
        """Move the clock by `step`, forward or back."""
        self._instant += step

    def set(self, instant: datetime) -> None:
        """Set the clock to `instant`, aware, in UTC."""
        self._instant = instant
