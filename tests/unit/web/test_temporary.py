"""Temporary files stay in memory, in a folder that is the platform's alone."""

import os
import tempfile
from pathlib import Path

import pytest

from cooperation.core.settings import Settings
from cooperation.web.temporary import (
    TemporaryFolderRefused,
    check_temporary_folder,
    use_temporary_folder,
)


@pytest.fixture
def memory_folder():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def own_temporary_folder(monkeypatch):
    monkeypatch.setenv("TMPDIR", os.environ.get("TMPDIR", tempfile.gettempdir()))
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)


def test_private_folder_in_memory_passes(memory_folder):
    check_temporary_folder(memory_folder)


def test_folder_that_others_may_open_is_refused(memory_folder):
    memory_folder.chmod(0o755)

    with pytest.raises(TemporaryFolderRefused):
        check_temporary_folder(memory_folder)


def test_missing_folder_is_refused(memory_folder):
    with pytest.raises(TemporaryFolderRefused):
        check_temporary_folder(memory_folder / "missing")


def test_folder_on_a_disk_is_refused(tmp_path):
    tmp_path.chmod(0o700)

    with pytest.raises(TemporaryFolderRefused):
        use_temporary_folder(
            Settings(instance_path=tmp_path, temporary_folder=tmp_path), beside=tmp_path
        )


def test_temporary_files_go_beside_the_boot_key(tmp_path, memory_folder):
    use_temporary_folder(Settings(instance_path=tmp_path), beside=memory_folder)

    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).is_relative_to(memory_folder)
