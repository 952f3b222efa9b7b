"""Temporary files stay in memory: a private folder on tmpfs, for this process and its workers.

Libraries write temporary files in clear; they must not reach a disk (design: vault, "Plaintext
beside the vault"). Without a setting the folder lies beside the boot key, which is on tmpfs.
"""

import os
import tempfile
from pathlib import Path

from cooperation.core.errors import Broken
from cooperation.core.settings import Settings
from cooperation.core.text import _

_TMPFS = "tmpfs"


class TemporaryFolderRefused(Broken):
    """The temporary folder is not private, or lies on a disk."""


def file_system_of(folder: Path) -> str:
    """Return the kind of file system that holds `folder`, from the kernel's list of mounts."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, place, found, *_rest = line.split()
        if folder.absolute().is_relative_to(place) and len(place) >= len(best):
            best, kind = place, found
    return kind


def temporary_folder(settings: Settings, beside: Path) -> Path:
    """Return the folder of the setting, or one beside the boot key."""
    return settings.temporary_folder or beside / "temporary"


def check_temporary_folder(folder: Path) -> None:
    """Let pass a folder on tmpfs that its owner alone may open.

    Raises `TemporaryFolderRefused` with the reason.
    """
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise TemporaryFolderRefused(_("The temporary folder cannot be written to."))
    if file_system_of(folder) != _TMPFS:
        raise TemporaryFolderRefused(_("The temporary folder must be on tmpfs, off every disk."))
    if folder.stat().st_mode & 0o077:
        raise TemporaryFolderRefused(_("The temporary folder must be its owner's alone (700)."))


def use_temporary_folder(settings: Settings, beside: Path) -> None:
    """Let all temporary files of this process and its children go to the private folder.

    Raises `TemporaryFolderRefused` in every mode but test, whose boot folder may lie on a disk.
    """
    folder = temporary_folder(settings, beside)
    if settings.temporary_folder is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.boot_key_folder is None or settings.temporary_folder is not None:
        check_temporary_folder(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
