"""The watch that the sender's process keeps: alarms, what time has ended, figures for outside.

It looks once a minute, opens no content and stops nothing. A machine's clock that jumps is told of,
and what it would end is left alone until it has stood for ten minutes.
"""

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from cooperation.accounts import service as accounts
from cooperation.core.clock import Clock
from cooperation.core.db import Database, DatabaseFailedError
from cooperation.core.errors import DomainError
from cooperation.core.settings import Settings
from cooperation.operation.watch.measures import AlarmLog, Measures, measure
from cooperation.operation.watch.metrics import Figures, Tally, serve_figures
from cooperation.vault.root import RootKeys
from cooperation.web.space import SpaceWatch

log = structlog.get_logger("cooperation")

_KEPT_SECONDS = 5.0
_JUMP_SECONDS = 90.0
_CALM_SECONDS = 600.0
_TROUBLE = (DatabaseFailedError, DomainError, OSError)


class ClockWatch:
    """Compares the clock with one that cannot be set: tells jumps, and how long there was none."""

    def __init__(self, wall: float, steady: float) -> None:
        self._wall = wall
        self._steady = steady
        self._jumped_at = steady - _CALM_SECONDS

    def look(self, wall: float, steady: float) -> float:
        """Return by how many seconds the clock has jumped since the last look."""
        jump = (wall - self._wall) - (steady - self._steady)
        self._wall, self._steady = wall, steady
        if abs(jump) < _JUMP_SECONDS:
            return 0.0
        self._jumped_at = steady
        return jump

    def is_calm(self, steady: float) -> bool:
        """Tell whether the clock has not jumped for a while."""
        return steady - self._jumped_at >= _CALM_SECONDS


class Guard:
    """What one process of an instance watches over."""

    def __init__(
        self,
        database: Database,
        root: RootKeys,
        settings: Settings,
        clock: Clock,
        space: SpaceWatch,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._root = root
        self._settings = settings
        self._clock = clock
        self._space = space
        self._steady = steady
        self._alarms = AlarmLog(lambda event, name: log.warning(event, name=name))
        self._jumps = ClockWatch(clock.now().timestamp(), steady())
        self._turn = threading.Lock()
        self._kept: tuple[float, Measures] | None = None

    def serve_figures(self, tally: Tally, parts: Sequence[str]) -> None:
        """Serve the figures where a port is set; one that is taken is told of and harms nobody."""
        if not self._settings.metrics_port:
            return
        try:
            serve_figures(self._settings.metrics_port, Figures(tally, parts, self.measures))
        except OSError as failure:
            log.warning("figures not served", reason=failure.strerror)

    def measures(self) -> Measures:
        """Return the measures, at most some seconds old."""
        with self._turn:
            if self._kept is None or self._steady() - self._kept[0] > _KEPT_SECONDS:
                found = measure(self._database, self._settings, self._space, self._clock.now())
                self._kept = (self._steady(), found)
            return self._kept[1]

    def look(self) -> None:
        """Tell of alarms, and end for good what time has ended."""
        jump = self._jumps.look(self._clock.now().timestamp(), self._steady())
        if jump:
            log.warning("the clock was moved", seconds=round(jump))
        self._alarms.tell(self._standing(), self._steady())
        if not self._jumps.is_calm(self._steady()):
            return
        try:
            accounts.write_down_ended(self._database, self._clock.now())
        except _TROUBLE as failure:  # again in a minute
            log.warning("chores_wait", error=type(failure).__name__)

    def _standing(self) -> set[str]:
        """Return the alarms that stand, by name."""
        found = set()
        try:
            self._root.require_at_hand()
        except DomainError:
            found.add("root key")
        try:
            found |= self.measures().alarms.keys()
        except _TROUBLE:
            found.add("database")
        return found
