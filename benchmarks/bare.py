"""A Flask application that says one word, served as the platform is; its argument is the port."""

import sys

from flask import Flask
from gunicorn.app.base import BaseApplication

from cooperation.operation.serving import THREADS, WORKERS

WORD = "word"
_MEMORY = "/dev/shm"  # noqa: S108 - heartbeats wait for no disk, as the platform's


def bare_application() -> Flask:
    """Return the application; it says its word at /."""
    app = Flask("bare", static_folder=None)

    @app.get("/")
    def word() -> str:
        return WORD

    return app


class _Bare(BaseApplication):
    def load_config(self) -> None:
        options = {
            "bind": f"127.0.0.1:{sys.argv[1]}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "worker_tmp_dir": _MEMORY,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return bare_application()


if __name__ == "__main__":
    _Bare().run()
