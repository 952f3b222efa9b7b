"""What every command needs: the settings, the clock, and one line where something is wrong."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import current_app

from cooperation.core.clock import Clock
from cooperation.core.damage import ENGINE_FAILURES, line_of
from cooperation.core.errors import DomainError
from cooperation.core.settings import Settings

_Words = ParamSpec("_Words")


def settings_now() -> Settings:
    """Return the settings that the command line was started with."""
    found_settings: Settings = current_app.config["SETTINGS"]
    return found_settings


def clock_now() -> Clock:
    """Return the instance's clock."""
    clock: Clock = current_app.config["CLOCK"]
    return clock


def one_line(command: Callable[_Words, None]) -> Callable[_Words, None]:
    """End a command that meets a known failure with its one sentence and status 1.

    The engine's own failures are known, in whatever place of whatever command they show.
    """

    @wraps(command)
    def run(*words: _Words.args, **named: _Words.kwargs) -> None:
        try:
            command(*words, **named)
        except DomainError as failure:
            sys.exit(str(failure.sentence))
        except ENGINE_FAILURES as failure:
            sys.exit(line_of(failure))
        except OSError as failure:
            sys.exit(f"{failure.filename or 'A file'}: {failure.strerror}")

    return run
