"""A database of another version: every command and the server refuse it with one clear line.

And of an older one: nothing but `init` and `serve` touch it, and these keep a copy first.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import app
import pytest

from cooperation.core import schema
from cooperation.operation import commands
from tests.fixtures.landed import unpack

ROOT = Path(__file__).parents[3]
COMMANDS = (["init"], ["serve"], ["audit", "verify"], ["outbox", "send"], ["rotate-root"])
Disk = namedtuple("Disk", "total used free")


def environment_of(folder):
    return {
        "COOPERATION_INSTANCE_PATH": str(folder),
        "COOPERATION_MODE": "test",
        "COOPERATION_BOOT_KEY_FOLDER": str(folder / "boot"),
    }


@pytest.fixture
def run(monkeypatch, capfd):
    """Run a command in this process; return its code, what it wrote, its errors."""

    def command(folder, words):
        for name, value in environment_of(folder).items():
            monkeypatch.setenv(name, value)
        code = 0
        try:
            carrier = app.create_app()
            with carrier.app_context():
                carrier.cli.main(words)
        except SystemExit as ended:
            code = ended.code or 0
        written = capfd.readouterr()
        said = f"{code}\n" if isinstance(code, str) else ""
        return (1 if said else code), written.out, written.err + said

    monkeypatch.setattr(commands, "forbid_core_dumps", lambda: None)
    mask = os.umask(0o077)
    yield command
    os.umask(mask)


@pytest.fixture
def newer(tmp_path):
    """The folder of an instance that a newer version has written to."""
    folder = unpack("0010", tmp_path / "instance").path
    with closing(sqlite3.connect(folder / "cooperation.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    return folder


def everything_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_newer_schema_is_refused_with_one_line(run, newer, words):
    before = everything_in(newer)

    code, output, errors = run(newer, words)

    assert code == 1
    assert errors.strip().splitlines() == [str(schema.SchemaUnknownError.sentence)]
    assert output == ""
    assert everything_in(newer)["cooperation.db"] == before["cooperation.db"]
    assert schema.COPY not in everything_in(newer)


def test_the_server_does_not_start_on_a_newer_schema(newer):
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "serve"],
        cwd=ROOT,
        env=os.environ | environment_of(newer),
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == [str(schema.SchemaUnknownError.sentence)]


def test_the_doctor_names_a_newer_schema(run, newer):
    code, output, _errors = run(newer, ["doctor"])

    lines = [line for line in output.splitlines() if line.split()[1] == "schema"]
    assert code == 1
    assert lines[0].startswith("BAD")
    assert str(schema.SchemaUnknownError.sentence) in lines[0]


@pytest.mark.parametrize("words", [["audit", "verify"], ["outbox", "send"]], ids=" ".join)
def test_an_older_schema_is_left_alone_by_other_commands(run, tmp_path, words):
    folder = unpack("0010", tmp_path / "instance").path

    code, _output, errors = run(folder, words)

    assert code == 1
    assert errors.strip().splitlines() == [str(schema.SchemaOldError.sentence)]


def test_init_says_where_the_copy_from_before_the_upgrade_is(run, tmp_path):
    folder = unpack("0010", tmp_path / "instance").path

    code, output, errors = run(folder, ["init"])

    assert (code, errors) == (0, "")
    assert str(folder / schema.COPY) in output
    assert run(folder, ["init"])[1] == "The instance is founded and its schema is up to date.\n"


def test_no_upgrade_begins_without_room_for_the_copy(run, tmp_path, monkeypatch):
    folder = unpack("0010", tmp_path / "instance").path
    before = everything_in(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Disk(10, 9, 1_000_000))

    code, _output, errors = run(folder, ["init"])

    assert code == 1
    assert "There is no room for a copy" in errors
    assert len(errors.strip().splitlines()) == 1
    assert everything_in(folder)["cooperation.db"] == before["cooperation.db"]
