"""Entry: puts platform/ on the path and hands instance/ to the shell.

`flask --app app <command>` starts here; the commands make the application themselves, so that those
which create an instance can run before it exists.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "platform"))

from flask import Flask

from cooperation.demonstration.commands import demo
from cooperation.operation.commands import command_line
from cooperation.operation.start import settings_or_exit


def create_app() -> Flask:
    """Return the application that carries the commands."""
    return command_line(settings_or_exit(ROOT / "instance"), demo)
