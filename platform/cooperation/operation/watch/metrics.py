"""Figures without content for whoever watches the machine: counters, times, gauges (Prometheus).

Each worker counts in its own row of a page of memory that all processes share since before the
fork; nobody waits for anybody, and a worker that is killed leaves its counts behind. The sender's
process adds the rows up and asks the database for the rest, on 127.0.0.1 alone. No label holds a
State, a person, an address or a word that somebody typed.
"""

import mmap
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import structlog
from flask import Flask, Response, g
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from cooperation.core.db import DatabaseFailedError
from cooperation.core.errors import DomainError
from cooperation.operation.watch.measures import Measures
from cooperation.web.incoming import SAFE_METHODS, request

log = structlog.get_logger("cooperation")

LOOPBACK = "127.0.0.1"
ROWS = 8
"""Workers that may live at once, with some on their way out."""
KINDS = ("read", "write", "autosave")
STATUSES = (200, 302, 303, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 507)
OTHER = "other"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
EVENTS = ("saves", "conflicts", "busy_refusals", "space_refusals", "failures", "attempts_refused")
_EVENT_OF = {409: "conflicts", 503: "busy_refusals", 507: "space_refusals", 500: "failures"}
_SAVES = frozenset({"responses.save"})
_DOOR = "accounts"
_WIDTH = 8


class Tally:
    """Counters by name in shared memory, a row for each process."""

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self._memory = mmap.mmap(-1, ROWS * len(self._places) * _WIDTH)
        self._cells = memoryview(self._memory).cast("d")
        self._row = 0
        self._turn = threading.Lock()

    def use_row(self, row: int) -> None:
        """Count in this row from now on; two living processes never have the same."""
        self._row = row % ROWS
        self._turn = threading.Lock()  # a fork may have copied one that is held

    def add(self, name: str, value: float = 1.0) -> None:
        """Count; a name that was not foreseen is not counted."""
        place = self._places.get(name)
        if place is None:
            return
        with self._turn:
            self._cells[self._row * len(self._places) + place] += value

    def total(self, name: str) -> float:
        """Return the sum over all rows."""
        place, width = self._places[name], len(self._places)
        return sum(self._cells[row * width + place] for row in range(ROWS))


def names_of(parts: Sequence[str]) -> list[str]:
    """Return every counter of an application with these parts (blueprints)."""
    statuses = (*map(str, STATUSES), OTHER)
    requests = [f"{part}/{kind}/{each}" for part in parts for kind in KINDS for each in statuses]
    times = [f"time/{kind}/{each}" for kind in KINDS for each in (*BUCKETS, "more", "sum")]
    return [*requests, *times, *EVENTS]


def parts_of(app: Flask) -> list[str]:
    """Return the classes that requests are counted by: the platform's own parts."""
    return [*sorted(app.blueprints), OTHER]


def install_metrics(app: Flask, tally: Tally) -> None:
    """Count every request of an application."""

    def begin() -> None:
        g.began = time.monotonic()

    def count(response: Response) -> Response:
        _count(tally, response)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request_funcs.setdefault(None, []).insert(0, count)


def _count(tally: Tally, response: Response) -> None:
    part = request.blueprint or OTHER
    is_write = request.method not in SAFE_METHODS
    kind = ("autosave" if request.is_autosave else "write") if is_write else "read"
    status = response.status_code
    tally.add(f"{part}/{kind}/{status if status in STATUSES else OTHER}")
    seconds = time.monotonic() - g.get("began", time.monotonic())
    bucket = next((each for each in BUCKETS if seconds <= each), "more")
    tally.add(f"time/{kind}/{bucket}")
    tally.add(f"time/{kind}/sum", seconds)
    if is_write and request.endpoint in _SAVES and status < 400:
        tally.add("saves")
    if status in _EVENT_OF:
        tally.add(_EVENT_OF[status])
    if status == 429 and part == _DOOR:
        tally.add("attempts_refused")


class Figures(Collector):
    """Adds the rows up and measures the rest whenever somebody asks."""

    def __init__(self, tally: Tally, parts: Sequence[str], measure: Callable[[], Measures]) -> None:
        self._tally = tally
        self._parts = parts
        self._measure = measure

    def collect(self) -> Iterator[Metric]:
        """Give all figures; the gauges are left out while the database does not answer."""
        yield from self._requests()
        yield self._times()
        for name in EVENTS:
            what = name.replace("_", " ")
            yield CounterMetricFamily(
                f"cooperation_{name}", f"Number of {what}.", value=self._tally.total(name)
            )
        try:
            found = self._measure()
        except (DatabaseFailedError, DomainError, OSError):
            yield _gauge("up", "Whether the database answers.", 0)
            return
        yield _gauge("up", "Whether the database answers.", 1)
        yield from gauges(found)

    def _requests(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "cooperation_requests",
            "Requests by part of the platform, kind and status.",
            labels=["part", "kind", "status"],
        )
        for part in self._parts:
            for kind in KINDS:
                for status in (*map(str, STATUSES), OTHER):
                    number = self._tally.total(f"{part}/{kind}/{status}")
                    if number:
                        family.add_metric([part, kind, status], number)
        yield family

    def _times(self) -> Metric:
        family = HistogramMetricFamily(
            "cooperation_request_seconds", "Seconds from request to answer.", labels=["kind"]
        )
        for kind in KINDS:
            total, buckets = 0.0, []
            for edge in BUCKETS:
                total += self._tally.total(f"time/{kind}/{edge}")
                buckets.append((str(edge), total))
            total += self._tally.total(f"time/{kind}/more")
            family.add_metric(
                [kind], [*buckets, ("+Inf", total)], self._tally.total(f"time/{kind}/sum")
            )
        return family


def gauges(found: Measures) -> Iterator[Metric]:
    """Give the measures of one moment; what there is not is left out."""
    yield _gauge("log_entries", "Entries of the log.", found.entries)
    yield _gauge("log_entries_today", "Entries of the log within a day.", found.entries_today)
    yield _gauge("log_folders_bytes", "Folders that grow with the log.", found.folders)
    yield _gauge("sessions", "Sessions that have not ended.", found.sessions)
    yield _gauge("wal_bytes", "SQLite's write-ahead log.", found.wal)
    yield _gauge("outbox_oldest_seconds", "How long a mail has waited.", found.mail_waits)
    yield _gauge("checkpoint_age_seconds", "Age of the last checkpoint.", found.checkpoint_age)
    yield _labelled("outbox", "Mails by status.", "status", found.mails)
    yield _labelled("free_bytes", "Free space by folder.", "folder", found.free)
    raised = dict.fromkeys(found.alarms, 1)
    yield _labelled("alarm", "Alarms that stand.", "name", raised)


def _gauge(name: str, what: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(f"cooperation_{name}", what)
    if value is not None:
        family.add_metric([], value)
    return family


def _labelled(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"cooperation_{name}", what, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family


def serve_figures(port: int, figures: Figures) -> None:
    """Answer on loopback in a thread of this process, for as long as it lives."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    start_http_server(port, addr=LOOPBACK, registry=registry)
    log.info("figures served", port=port)
