"""Two password hashes at a time over all workers of a host (design: vault.md, Sign-in).

Each place is a locked file in the folder of the boot key; a lock ends with its process, so that a
killed worker frees its place. The wait is bounded, then the shell answers 503.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cooperation.core.errors import Unavailable

PLACES = 2
WAIT_SECONDS = 2.0
_PAUSE_SECONDS = 0.01


@contextmanager
def hashing_place(folder: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold one of the places while hashing; raises `Unavailable` when none is free in time."""
    descriptor = _take_place(folder, time.monotonic() + wait_seconds)
    try:
        yield
    finally:
        os.close(descriptor)


def _take_place(folder: Path, until: float) -> int:
    while True:
        for place in range(PLACES):
            path = folder / f"hashing-{place}.lock"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
        if time.monotonic() > until:
            raise Unavailable
        time.sleep(_PAUSE_SECONDS)
