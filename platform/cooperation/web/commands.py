"""The command line: `flask --app app <command>`, listed in docs/operations.md.

Each command makes what it needs from the settings; none of them makes a reader on a real instance.
"""

import click
from flask import Flask

from cooperation.core.settings import Settings
from cooperation.web.factory import make_clock

_PARTS: tuple[click.Command, ...] = ()


def command_line(settings: Settings) -> Flask:
    """Return an application that carries the commands and serves nothing."""
    carrier = Flask(
        "cooperation.web",
        static_folder=None,
        instance_path=str(settings.instance_path.absolute()),
    )
    carrier.config["SETTINGS"] = settings
    carrier.config["CLOCK"] = make_clock(settings)
    for part in _PARTS:
        carrier.cli.add_command(part)
    return carrier
