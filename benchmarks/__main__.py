"""`python -m benchmarks`: build an instance, measure, print the table.

The instance lies beside the project, not in the machine's temporary folder, which is often memory:
there a durable commit would cost nothing. It is removed at the end; `--keep` leaves it for the next
run. A task that fails ends the bench: no table is printed.
"""

import argparse
import cProfile
import pstats
import shutil
from contextlib import nullcontext
from pathlib import Path

from benchmarks import (
    answering,
    beside,
    checkpoints,
    crowd,
    limits,
    notes,
    one_user,
    reading,
    signing_in,
)
from benchmarks.ground import FULL, PEOPLE, SMALLEST, Ground, build_ground
from benchmarks.postgresql import postgresql
from benchmarks.server import Server, bare_server, platform_server
from benchmarks.timing import Task, line_of, measure, print_table

FOLDER = Path(__file__).parents[1] / "instance-bench"
RUNS = 9
FEW_ENTRIES = 1_000
SMALLEST_SHARE = 0.1
"""Of the usual seconds, with the smallest load."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the instance lies")
    parser.add_argument("--keep", action="store_true", help="leave the instance for the next run")
    parser.add_argument("--runs", type=int, default=RUNS, help="samples of each figure")
    parser.add_argument("--only", default="", help="tasks whose name holds this, and the limits")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--smallest", action="store_true", help="does it run? It measures nothing")
    parser.add_argument("--profile", default="", help="profile the task whose name holds this")
    return parser.parse_args()


def tasks_of(ground: Ground, *, entries: int) -> list[Task]:
    """Return what is measured within this process; a log of so many entries for its proofs."""
    return [
        limits.request_task(),
        limits.commit_task(ground.folder),
        limits.hash_task(),
        *reading.tasks(ground),
        *answering.tasks(ground),
        *signing_in.tasks(ground),
        *notes.tasks(ground),
        *checkpoints.tasks(ground.folder, entries),
    ]


def _tasks(ground: Ground, words: argparse.Namespace) -> list[Task]:
    entries = FEW_ENTRIES if words.smallest else checkpoints.ENTRIES
    return tasks_of(ground, entries=entries)


def _profile(tasks: list[Task], wanted: str) -> None:
    task = next(task for task in tasks if wanted in task.name)
    prepared = task.prepare()
    task.run(prepared)
    task.finish(prepared)
    profiler = cProfile.Profile()
    for _turn in range(10 if task.runs is None else 2):
        prepared = task.prepare()
        profiler.runcall(task.run, prepared)
        task.finish(prepared)
    print(task.name)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def _serve_and_measure(ground: Ground, words: argparse.Namespace) -> None:
    server, bare = platform_server(ground), bare_server(ground)
    try:
        start = server.wait("/health")
        bare.wait("/")
        tasks = [*_tasks(ground, words), *one_user.tasks(ground, server, bare)]
        _measure(ground, server, tasks, words)
        print(f"\nThe server started in {start:.1f} s.")
    finally:
        server.stop()
        bare.stop()


def _measure(ground: Ground, server: Server, tasks: list[Task], words: argparse.Namespace) -> None:
    if words.only:
        bases = {base for task in tasks if words.only in task.name for base in task.bases}
        tasks = [task for task in tasks if words.only in task.name or task.name in bases]
    print(f"Measuring, {words.runs} runs in turn", flush=True)
    results = measure(tasks, runs=words.runs)
    lines = [line_of(result, results) for result in results.values()]
    share = SMALLEST_SHARE if words.smallest else 1.0
    if not words.only or words.only in "32 users":
        lines += crowd.lines(ground, server, share=share)
    if not words.only or words.only in "beside readers":
        lines += beside.lines(ground, server, share=share)
    print()
    print_table(lines)


def main() -> None:
    """Build the instance where there is none, and measure."""
    words = _arguments()
    folder: Path = words.folder
    cluster = folder.with_name(folder.name + "-postgresql")
    try:
        with postgresql(cluster) if words.postgresql else nullcontext():
            _run(folder, words)
    finally:
        if not words.keep:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(cluster, ignore_errors=True)


def _run(folder: Path, words: argparse.Namespace) -> None:
    if not (folder / PEOPLE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        size = SMALLEST if words.smallest else FULL
        print(f"Building an instance with {size.last_year} published responses", flush=True)
        build_ground(folder, size)
    ground = Ground(folder)
    try:
        if words.profile:
            _profile(_tasks(ground, words), words.profile)
        else:
            _serve_and_measure(ground, words)
    finally:
        ground.database.engine.dispose()


if __name__ == "__main__":
    main()
