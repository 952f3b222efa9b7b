"""Reading the settings at the start: a wrong or missing one stops it with one clear line."""

import os
import sys
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import SettingsError

from cooperation.core.settings import Settings

_PATH_VARIABLE = "COOPERATION_INSTANCE_PATH"


def read_settings(default_folder: Path) -> Settings:
    """Return the settings of the instance that the environment names, or of `default_folder`.

    Raises `ValidationError`, and `ValueError` for a variable that is no setting.
    """
    unknown = _unknown_names()
    if unknown:
        raise ValueError(f"{unknown[0]} in the environment is not a setting")
    folder = Path(os.environ.get(_PATH_VARIABLE) or default_folder)
    return Settings(instance_path=folder)


def _unknown_names() -> list[str]:
    """Return the variables that look like ours and are none: a mistyped name must not pass."""
    prefix = str(Settings.model_config.get("env_prefix"))
    known = {f"{prefix}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(prefix) and name not in known)


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
