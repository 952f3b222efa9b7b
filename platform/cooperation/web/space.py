"""Free space: what this machine's folders have left, and what still goes on when it is little.

Below the floor nothing more is written that can wait; reading, signing in, signing out, export and
what protects somebody go on, since each of them needs a few log entries only (reliability 4.2,
rule 7). The disk of a PostgreSQL server cannot be seen from here.
"""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cooperation.access.policy import Permission
from cooperation.core.settings import Settings
from cooperation.web.declaration import Declaration

MEGABYTE = 1024 * 1024
TEMPORARY_FLOOR = 24 * MEGABYTE
"""Two uploads at once; a folder in memory is small, so that it has a floor of its own."""
_LOOK_EVERY = 5.0
_TEMPORARY = "temporary folder"

_GOES_ON = frozenset(
    {
        Permission.USE_ACCOUNT,
        Permission.DISABLE_PERSON,
        Permission.NARROW_ANSWER,
        Permission.RETRACT_ANSWER,
        Permission.EXPORT_PUBLISHED,
    }
)
"""Signing out, ending sessions, shutting somebody out, taking answers back: small and urgent."""


class SpaceWatch:
    """Free bytes by folder, looked at every few seconds."""

    def __init__(
        self,
        folders: Mapping[str, Path],
        floor: int,
        look: Callable[[Path], int] | None = None,
    ) -> None:
        self._folders = folders
        self._floor = floor
        self._look = look or free_bytes
        self._seen: dict[str, int] = {}
        self._seen_at = -_LOOK_EVERY

    def free(self) -> Mapping[str, int]:
        """Return the free bytes by folder; one that is not there is left out."""
        now = time.monotonic()
        if now - self._seen_at >= _LOOK_EVERY:
            self._seen_at = now
            self._seen = {name: self._look(path) for name, path in self._existing()}
        return self._seen

    def low(self) -> list[str]:
        """Return the folders that are below their floor."""
        return [name for name, free in self.free().items() if free < self.floor_of(name)]

    def floor_of(self, name: str) -> int:
        """Return below how many bytes a folder is low; 0 where the floor is switched off."""
        return min(self._floor, TEMPORARY_FLOOR) if name == _TEMPORARY else self._floor

    def _existing(self) -> list[tuple[str, Path]]:
        return [(name, path) for name, path in self._folders.items() if path.exists()]


def free_bytes(folder: Path) -> int:
    """Return the bytes that this account may still write where `folder` lies."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def watch_space(settings: Settings, temporary: Path) -> SpaceWatch:
    """Return the watch over the folders that an instance writes to."""
    folders = {"instance": settings.instance_path}
    file = settings.database_file
    if file is not None:
        folders["database"] = file.parent
    if folders.get("database") == settings.instance_path.absolute():
        del folders["instance"]
    folders[_TEMPORARY] = temporary
    return SpaceWatch(folders, settings.free_space_floor_mb * MEGABYTE)


def may_wait(declaration: Declaration) -> bool:
    """Tell whether an unsafe request is refused while there is little space."""
    if declaration.is_public or declaration.own_transactions:
        return False
    return declaration.permission not in _GOES_ON
