"""Serve an instance: workers under gunicorn, one sender that drains the outbox.

Two workers with four threads each are enough for a deadline week on two cores (design: stack). The
sender lives in the arbiter's process beside the workers and never opens content.
"""

import gc
import multiprocessing
import resource
import threading
from collections.abc import Mapping

from gunicorn.app.base import BaseApplication

from cooperation.accounts import service as accounts
from cooperation.core.settings import Settings
from cooperation.outbox.service import Sender
from cooperation.web.factory import create_app, make_clock
from cooperation.web.founding import Founded
from cooperation.web.quiet import configure_logs, hide_server
from cooperation.web.temporary import use_temporary_folder

WORKERS = 2
THREADS = 4
# gunicorn's heartbeat files hold no content; on tmpfs they never wait for a disk.
HEARTBEAT_FOLDER = "/dev/shm"  # noqa: S108  # nosec B108


class _Application(BaseApplication):  # type: ignore[misc] # gunicorn carries no types
    """gunicorn without its own command line and files."""

    def __init__(self, settings: Settings, options: Mapping[str, object]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options over."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Make the application once in each worker, and leave it out of later collections."""
        application = create_app(self._settings)
        gc.collect()
        gc.freeze()
        return application


def forbid_core_dumps() -> None:
    """Keep the memory of a crashed process off the disk (vault.md, Plaintext beside the vault)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send_mails(settings: Settings, founded: Founded) -> None:
    """Run the sender until the process is ended."""
    Sender(founded.database, founded.root, settings, make_clock(settings)).start()
    threading.Event().wait()


def serve(settings: Settings, founded: Founded) -> None:
    """Serve until told to stop; does not return before.

    Raises `TemporaryFolderRefused`.
    """
    forbid_core_dumps()
    hide_server()
    configure_logs()
    use_temporary_folder(settings, accounts.boot_folder(settings, founded.root))
    founded.database.engine.dispose()
    sender = multiprocessing.get_context("fork").Process(
        target=_send_mails, args=(settings, founded), daemon=True
    )
    sender.start()
    options = {
        "bind": f"{settings.bind_address}:{settings.port}",
        "workers": WORKERS,
        "threads": THREADS,
        "worker_class": "gthread",
        "worker_tmp_dir": HEARTBEAT_FOLDER,
        "timeout": 60,
        "graceful_timeout": 20,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "cooperation",
    }
    _Application(settings, options).run()
