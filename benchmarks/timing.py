"""Tasks, their runs in turn, and the table of what they took."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

Prepared = object


def nothing() -> Prepared:
    """Prepare nothing."""
    return None


def leave(prepared: Prepared) -> None:
    """Finish nothing."""
    del prepared


@dataclass(frozen=True)
class Task:
    """Something to be measured.

    `prepare` and `finish` are not timed; what the first returns is handed to the others. `repeats`
    calls make one sample, their mean. `bases` name the limits whose sum the result is compared
    with: it may take `at_most` times as long, or `milliseconds`. `runs` bounds the samples of what
    takes long or can be done so often only.
    """

    name: str
    run: Callable[[Prepared], object]
    prepare: Callable[[], Prepared] = nothing
    repeats: int = 1
    bases: tuple[str, ...] = ()
    at_most: float | None = None
    milliseconds: float | None = None
    runs: int | None = None
    finish: Callable[[Prepared], None] = leave


@dataclass
class Result:
    """What a task took, in milliseconds, sample by sample: by the clock, and of this process."""

    task: Task
    samples: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median by the clock."""
        return median(self.samples)

    @property
    def work(self) -> float:
        """The median of the processor's time in this process: what a busy machine changes less."""
        return median(self.worked)


def _sample(task: Task) -> tuple[float, float]:
    clock = worked = 0.0
    for _turn in range(task.repeats):
        prepared = task.prepare()
        started, began = time.perf_counter(), time.thread_time()
        task.run(prepared)
        clock += time.perf_counter() - started
        worked += time.thread_time() - began
        task.finish(prepared)
    return clock / task.repeats * 1000, worked / task.repeats * 1000


def measure(tasks: Sequence[Task], *, runs: int) -> dict[str, Result]:
    """Run all tasks in turn, once to warm up and `runs` times to measure."""
    results = {task.name: Result(task) for task in tasks}
    for turn in range(runs + 1):
        for task in tasks:
            if turn > (runs if task.runs is None else min(runs, task.runs)):
                continue
            gc.collect()
            clock, worked = _sample(task)
            if turn:
                results[task.name].samples.append(clock)
                results[task.name].worked.append(worked)
    return results


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    name: str
    value: str
    work: str
    ratio: str
    goal: str
    verdict: str


def verdict_of(*facts: bool) -> str:
    """Return the last column: reached where all facts hold."""
    return "reached" if all(facts) else "MISSED"


def line_of(result: Result, results: dict[str, Result]) -> Line:
    """Return a result's line, compared with its bases."""
    task, value = result.task, result.median
    base = sum(results[name].median for name in task.bases)
    ratio = value / base if base else None
    goals, facts = [], []
    if task.at_most is not None and ratio is not None:
        goals.append(f"<= {task.at_most:g} x")
        facts.append(ratio <= task.at_most)
    if task.milliseconds is not None:
        goals.append(f"{'about' if facts else '<='} {task.milliseconds:g} ms")
        if not facts:
            facts.append(value <= task.milliseconds)
    return Line(
        task.name,
        _milliseconds(value),
        _milliseconds(result.work),
        f"{ratio:.1f} x" if ratio is not None else "",
        ", ".join(goals),
        verdict_of(*facts) if facts else "",
    )


def _milliseconds(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.1f} ms"


def print_table(lines: Sequence[Line]) -> None:
    """Print the lines in columns."""
    head = Line("what", "median", "of it work", "ratio", "goal", "")
    rows = [tuple(vars(line).values()) for line in (head, *lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        name, *numbers, goal, verdict = row
        cells = [f"{text:>{width}}" for text, width in zip(numbers, widths[1:4], strict=True)]
        print("  ".join((f"{name:<{widths[0]}}", *cells, f"{goal:<{widths[4]}}", verdict)).rstrip())
