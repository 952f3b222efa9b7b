"""Serve an instance: workers under gunicorn, one sender that drains the outbox.

Two workers with four threads each are enough for a deadline week on two cores (design: stack). The
sender is a process beside the workers and never opens content (decision 4).
"""

import ctypes
import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.core.clock import Clock
from cooperation.core.db import DatabaseFailedError
from cooperation.core.errors import DomainError
from cooperation.core.row_scope import AT_THE_DOOR, SENDING
from cooperation.core.settings import Settings
from cooperation.operation.founding import Founded
from cooperation.operation.watch.guard import Guard
from cooperation.operation.watch.metrics import ROWS, Tally, install_metrics, names_of, parts_of
from cooperation.operation.worker import LIMITS, Worker
from cooperation.outbox.service import Sender
from cooperation.responses import service as responses
from cooperation.web.checkpoints.issuing import issue_if_due, require_signer
from cooperation.web.factory import create_app, make_clock
from cooperation.web.journal import keep_journal
from cooperation.web.quiet import JsonLogger, configure_logs, hide_server
from cooperation.web.server import EXTENSION, Server
from cooperation.web.space import watch_space
from cooperation.web.temporary import temporary_folder, use_temporary_folder

_log = structlog.get_logger("cooperation")

WORKERS = 2
THREADS = 4

_CHORES_EVERY = 60
"""Seconds between two rounds of `do_chores`."""
_COLLECT_AFTER = 20_000
_SECONDS_OF_A_TURN = 0.0005
_LARGE_BLOCK = 128 * 1024
_ALLOCATOR = {-8: 2, -3: _LARGE_BLOCK, -1: _LARGE_BLOCK}
"""M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD of mallopt(3)."""


class _Application(BaseApplication):  # type: ignore[misc] # gunicorn carries no types
    """gunicorn without its own command line and files."""

    def __init__(
        self, application: Flask, options: Mapping[str, object], *, is_https: bool
    ) -> None:
        self._application = application
        self._options = options
        self.is_https = is_https
        super().__init__()

    def load_config(self) -> None:
        """Hand our options over."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Return what was made before the workers were."""
        return self._application


def forbid_core_dumps() -> None:
    """Keep the memory of a crashed process off the disk (vault.md, Plaintext beside the vault)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def keep_memory_low() -> None:
    """Let glibc give memory back: few heaps, and large blocks mapped by themselves.

    By default each thread keeps a heap of its own at its high-water mark; an export or a file then
    cost 30 MB for as long as the worker lives. Where there is no glibc, nothing is done.
    """
    allocator = ctypes.CDLL(None)
    if hasattr(allocator, "mallopt"):
        for option, value in _ALLOCATOR.items():
            allocator.mallopt(option, value)


def _start_sender(settings: Settings, founded: Founded, tally: Tally, parts: list[str]) -> None:
    """Fork the process that drains the outbox; it ends when the server does."""
    server = os.getpid()
    if os.fork():
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server, and so us in time
    database = founded.database.in_scope(SENDING)
    clock = make_clock(settings)
    sender = Sender(database, founded.root, settings, clock)
    guard = _make_guard(settings, founded, clock)
    guard.serve_figures(tally, parts)
    seconds = 0
    while os.getppid() == server:
        sender.start()
        if seconds % _CHORES_EVERY == 0:
            do_chores(settings, founded, clock)
            guard.look()
        time.sleep(1)
        seconds += 1
    sender.stop()
    os._exit(0)


def _make_guard(settings: Settings, founded: Founded, clock: Clock) -> Guard:
    database = founded.database.in_scope(AT_THE_DOOR)
    folder = temporary_folder(settings, accounts.boot_folder(settings, founded.root))
    return Guard(database, founded.root, settings, clock, watch_space(settings, folder))


def _give_row(arbiter: Any, worker: Any) -> None:
    """Give a new worker a row of the tally that no living one counts in."""
    taken = {each.tally_row for each in arbiter.WORKERS.values()}
    worker.tally_row = next(row for row in range(ROWS) if row not in taken)


def do_chores(settings: Settings, founded: Founded, clock: Clock) -> None:
    """Do what is nobody's request, of sign-ins, removed files and the log. Opens no content."""
    database = founded.database.in_scope(AT_THE_DOOR)
    try:
        accounts.tell_of_unfinished(database, founded.root, settings, clock.now())
        responses.destroy_removed_in_time(database, clock.now())
    except (DatabaseFailedError, DomainError, OSError) as failure:  # again in a minute
        _log.warning("chores_wait", error=type(failure).__name__)
    issue_if_due(database, settings, founded.root, clock)
    keep_journal(database, settings)


def spare_collections() -> None:
    """Leave what lives on out of garbage collections, and collect less often.

    A full collection in the middle of a page cost over 100 ms, and copies the memory that a worker
    shares. An export makes a hundred thousand objects, so that 700 at a time is too few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)


def share_the_turn() -> None:
    """Let threads of a worker take turns ten times as often as by default (5 ms).

    A save gives up its turn at each of thirty statements, holding the database's lock; beside an
    export it waited 5 ms for each, and everybody else with it.
    """
    sys.setswitchinterval(_SECONDS_OF_A_TURN)


def _make_application(settings: Settings) -> Flask:
    """Make the application and verify the directory once, for all processes to share.

    No connection to the database may cross the fork.
    """
    application = create_app(settings)
    held: Server = application.extensions[EXTENSION]
    with held.database.reading() as session:
        circles.verify_directory(session)
    held.database.engine.dispose()
    spare_collections()
    share_the_turn()
    return application


def serve(settings: Settings, founded: Founded) -> None:
    """Serve until told to stop; does not return before.

    Raises `TemporaryFolderRefused`, and `SignerRefusedError` where the log is not what was signed.
    """
    require_signer(founded.database, settings, founded.root.instance)
    keep_memory_low()
    hide_server()
    configure_logs()
    beside = accounts.boot_folder(settings, founded.root)
    use_temporary_folder(settings, beside)
    founded.database.engine.dispose()
    application = _make_application(settings)
    parts = parts_of(application)
    tally = Tally(names_of(parts))
    install_metrics(application, tally)
    _start_sender(settings, founded, tally, parts)
    options = {
        "bind": settings.listens_at,
        "workers": WORKERS,
        "threads": THREADS,
        "worker_class": Worker,
        "logger_class": JsonLogger,
        "worker_tmp_dir": str(temporary_folder(settings, beside)),  # heartbeats wait for no disk
        "timeout": 60,
        "graceful_timeout": 20,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "cooperation",
        "control_socket_disable": True,  # nobody steers the server past its service manager
        "pre_fork": _give_row,
        "post_fork": lambda _arbiter, worker: tally.use_row(worker.tally_row),
        **LIMITS,
    }
    _Application(application, options, is_https=settings.is_https).run()
