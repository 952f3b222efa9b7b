"""What `audit verify` costs for logs of 100,000 and 300,000 entries: time, and memory at its peak.

`python -m benchmarks.verifying FOLDER` builds both in a new folder, verifies each in a process of
its own, and fails where the longer one needs more memory than the shorter, beyond what chance adds.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.checkpoints import build
from cooperation.audit import service as audit
from cooperation.core.db import Database, make_engine

SIZES = (100_000, 300_000)
CHANCE = 4
"""MiB by which two runs may differ."""


def _peak() -> float:
    """Return the most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _verify(folder: Path) -> None:
    database = Database(make_engine(f"sqlite:///{folder / 'long-log.db'}"))
    with database.reading() as session:
        size = audit.log_state(session).size
        before, start = _peak(), time.process_time()
        found = audit.verify(session)
        seconds, more = time.process_time() - start, _peak() - before
        assert found.size == size
        assert found.root == audit.log_state(session).root
    print(f"{size} {seconds:.1f} {more:.1f}")


def _call(*words: str) -> str:
    command = [sys.executable, "-m", "benchmarks.verifying", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Measure, print one line for each length."""
    first, *rest = sys.argv[1:]
    if first == "--build":
        build(Path(rest[0]), int(rest[1])).database.engine.dispose()
        return
    if first == "--verify":
        _verify(Path(rest[0]))
        return
    peaks = []
    for entries in SIZES:
        folder = str(Path(first) / f"log-{entries}")
        _call("--build", folder, str(entries))
        size, seconds, more = _call("--verify", folder).split()
        print(
            f"{int(size):>9,} entries  {seconds:>5} s of processor  {more:>5} MiB more at the peak"
        )
        peaks.append(float(more))
    assert peaks[-1] - peaks[0] <= CHANCE, "memory grows with the log"


if __name__ == "__main__":
    main()
