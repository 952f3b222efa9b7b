"""The last hour before the deadline: saves that arrive twenty a second, whoever is still waiting.

`python -m benchmarks.last_hour --seconds 600` (reliability R25). A save counts from the moment at
which it was due, so that a server that falls behind is seen to be late. Afterwards the log is
verified and every acknowledged save counted in it.
"""

import argparse
import shutil
import threading
import time
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from benchmarks.ground import DRAFTING, PEOPLE, Ground, build_ground
from benchmarks.saving import Saver, at_once, savers_of
from benchmarks.server import Server, platform_server
from cooperation.audit import service as audit

FOLDER = Path(__file__).parents[1] / "instance-bench"
SAVES_EACH_SECOND = 20.0
SLOWEST_MILLISECONDS = 300


class Clockwork:
    """Hands out the moments at which a save is due, evenly, until the end."""

    def __init__(self, each_second: float, seconds: float) -> None:
        self._lock = threading.Lock()
        self._numbers = count()
        self._each_second = each_second
        self._last = int(each_second * seconds)
        self._started = time.monotonic()

    def next_due(self) -> float | None:
        """Return when the next save is due; nothing once the time is over."""
        with self._lock:
            number = next(self._numbers)
        return None if number >= self._last else self._started + number / self._each_second


def _work(official: Saver, clockwork: Clockwork) -> None:
    """Save at each moment that is handed out."""
    for turn in count():
        due = clockwork.next_due()
        if due is None:
            return
        time.sleep(max(0.0, due - time.monotonic()))
        official.save(turn, due)


def _saves_logged(ground: Ground) -> int:
    with ground.database.reading() as session:
        assert audit.verify(session).is_sound
        return len(audit.entries_for(session, action="answer.saved")) + len(
            audit.entries_for(session, action="part.saved")
        )


def _run(ground: Ground, server: Server, *, each_second: float, seconds: float) -> None:
    officials = savers_of(ground, server, DRAFTING)
    before = _saves_logged(ground)
    clockwork = Clockwork(each_second, seconds)
    at_once([lambda each=each: _work(each, clockwork) for each in officials])  # type: ignore[misc]
    waited = [each for official in officials for each in official.waited]
    failed = [each for official in officials for each in official.failed]
    slices = quantiles(waited, n=100)
    print(f"{len(waited):,} saves of {len(officials)} people in {seconds:.0f} s")
    print(f"from due to answered: median {median(waited):.0f} ms, p95 {slices[94]:.0f} ms")
    print(f"  p99 {slices[98]:.0f} ms, longest {max(waited):.0f} ms")
    print(f"  goal: p95 below {SLOWEST_MILLISECONDS} ms")
    print(f"refused or failed: {len(failed)} {sorted(set(failed))[:3]}")
    acknowledged = len(waited) - sum(each.isdecimal() for each in failed)
    print(f"acknowledged {acknowledged:,}, in the log {_saves_logged(ground) - before:,}")


def main() -> None:
    """Build the instance where there is none, and let people save."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.last_hour", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--each-second", type=float, default=SAVES_EACH_SECOND)
    words = parser.parse_args()
    if not (words.folder / PEOPLE).exists():
        shutil.rmtree(words.folder, ignore_errors=True)
        build_ground(words.folder)
    ground = Ground(words.folder)
    server = platform_server(ground)
    try:
        server.wait("/health")
        _run(ground, server, each_second=words.each_second, seconds=words.seconds)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
