"""Reading the settings at the start: a wrong or missing one stops it with one clear line."""

import os
import sys
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import SettingsError

from cooperation.core.settings import Settings

_PATH_VARIABLE = "COOPERATION_INSTANCE_PATH"


def read_settings(default_folder: Path) -> Settings:
    """Return the settings of the instance that the environment names, or of `default_folder`."""
    folder = Path(os.environ.get(_PATH_VARIABLE) or default_folder)
    return Settings(instance_path=folder)


def settings_or_exit(default_folder: Path) -> Settings:
    """Return the settings, or end the process with one line that names the wrong one."""
    try:
        return read_settings(default_folder)
    except ValidationError as failure:
        first = failure.errors(include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        sys.exit(f"Setting {name}: {first['msg'].removeprefix('Value error, ')}")
    except (SettingsError, ValueError, OSError) as failure:
        sys.exit(f"Settings: {failure}")
