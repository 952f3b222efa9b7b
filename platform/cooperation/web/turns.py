"""One export at a time on a machine: it costs a processor for as long as it lasts.

Two or three at once left nothing for those who save (benchmarks/README.md, Readers beside writers).
The next waits its turn, holding no lock of the database; who finds a long queue is asked to come
back in a moment. After each turn nobody exports for a while, so that exports which follow each
other leave half of that processor to whoever saves.
"""

import fcntl
import os
import threading
import time
from pathlib import Path

from cooperation.core.errors import Unavailable
from cooperation.core.text import _

MOST_WAITING = 3
"""In one worker; one of its threads is left for everybody else."""
LONGEST_WAIT = 20.0
REST = 1.0
"""Of the time that an export took, until the next begins."""
_LOOK_EVERY = 0.02


class QueueTooLong(Unavailable):
    """Others export just now."""

    sentence = _(
        "Others are making exports just now. Try again in a minute; this one did not count."
    )


class Turns:
    """The queue of this machine's processes: a file of theirs that one of them locks at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def take(self) -> "Turn":
        """Wait for the turn and return it; raises `QueueTooLong`."""
        if not self._places.acquire(blocking=False):
            raise QueueTooLong
        turn = Turn(self._open(), self._places)
        until = time.monotonic() + LONGEST_WAIT
        while not turn.has_come():
            if time.monotonic() > until:
                turn.end()
                raise QueueTooLong
            time.sleep(_LOOK_EVERY)
        return turn

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            self._places.release()
            raise


class Turn:
    """A place in the queue, until it is ended."""

    def __init__(self, descriptor: int, places: threading.BoundedSemaphore) -> None:
        self._descriptor = descriptor
        self._places = places
        self._began: float | None = None

    def has_come(self) -> bool:
        """Try to be the only one; the file's lock ends with the process that holds it."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._began = time.monotonic()
        return True

    def end(self) -> None:
        """Let the next one go on after a rest; whoever did not come to export lets it at once."""
        taken = 0.0 if self._began is None else time.monotonic() - self._began
        rest = threading.Timer(taken * REST, os.close, (self._descriptor,))
        rest.daemon = True
        rest.start()
        self._places.release()
