"""The platform's server, and a bare one beside it, as processes of their own on loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.ground import Ground
from tests.fixtures.visitor import HttpLine, Visitor

ROOT = Path(__file__).parents[1]


class Server:
    """A server process with its workers."""

    def __init__(self, command: Sequence[str], port: int, log: Path, **settings: str) -> None:
        self.base_url = f"http://localhost:{port}"
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def wait(self, path: str) -> float:
        """Wait for the first answer; return the seconds it took."""
        started = time.monotonic()
        while time.monotonic() - started < 60:
            with suppress(OSError):
                if HttpLine(self.base_url, 2).send("GET", path, {}, None)[0] == 200:
                    return time.monotonic() - started
            time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def stop(self) -> None:
        """End the server and all its processes."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()

    def visitor(self) -> Visitor:
        """Return somebody in front of the server."""
        return Visitor(HttpLine(self.base_url), self.base_url)

    def processes(self) -> list[int]:
        """Return the ids of all processes of the server, which share its group."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    state = (folder / "stat").read_text().rpartition(")")[2].split()
                    if int(state[2]) == self._process.pid:
                        found.append(int(folder.name))
        return found

    def memory_mib(self) -> float:
        """Return the proportional set size of all processes together."""
        total = 0
        for process in self.processes():
            with suppress(OSError):
                text = Path(f"/proc/{process}/smaps_rollup").read_text()
                total += sum(int(line.split()[1]) for line in text.splitlines() if "Pss:" in line)
        return total / 1024


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def platform_server(ground: Ground) -> Server:
    """Start `flask --app app serve` on the measured instance."""
    port = _free_port()
    settings: Mapping[str, str] = {
        "COOPERATION_INSTANCE_PATH": str(ground.folder),
        "COOPERATION_MODE": "test",
        "COOPERATION_TOTP_STEP_UP": "true",
        "COOPERATION_PORT": str(port),
        "COOPERATION_BOOT_KEY_FOLDER": str(ground.folder / "boot"),
    }
    command = ("flask", "--app", "app", "serve")
    return Server(command, port, ground.folder / "server.log", **settings)


def bare_server(ground: Ground) -> Server:
    """Start a Flask application that says one word, with as many workers and threads."""
    port = _free_port()
    command = ("benchmarks.bare", str(port))
    return Server(command, port, ground.folder / "bare.log")
