"""A damaged database is one clear line: in doctor, backup, start and every command."""

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import app
import pytest
import sqlalchemy as sa

from cooperation.core import schema
from cooperation.core.damage import DatabaseDamagedError, require_sound
from cooperation.core.db import DatabaseFailedError, make_engine
from cooperation.operation import commands
from tests.fixtures.instance import Instance

PAGE = 4096
LINE = "The database is damaged."


def damage(path: Path, *, pages: int = 60) -> None:
    """Overwrite pages with noise, the first one not among them."""
    chance = random.Random(9)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        for _page in range(pages):
            file.seek(chance.randrange(1, path.stat().st_size // PAGE) * PAGE)
            file.write(chance.randbytes(PAGE))


@pytest.fixture(scope="module")
def damaged(small_instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance whose file was damaged; nothing that is tried on it changes it."""
    instance = small_instance.copy_to(tmp_path_factory.mktemp("damaged") / "instance")
    damage(instance.path / "cooperation.db")
    return instance.path


@pytest.fixture
def command(monkeypatch, capfd, damaged):
    """Run a command in this process; return its code and all that it wrote."""

    def run(*words: str, folder: Path = damaged) -> tuple[int, str]:
        with monkeypatch.context() as patched:
            patched.setenv("COOPERATION_INSTANCE_PATH", str(folder))
            patched.setenv("COOPERATION_MODE", "test")
            patched.setenv("COOPERATION_LIGHT_PASSWORDS", "true")
            try:
                carrier = app.create_app()
                with carrier.app_context():
                    carrier.cli.main(list(words))
            except SystemExit as ended:
                code = ended.code
        written = capfd.readouterr()
        said = f"{code}\n" if isinstance(code, str) else ""
        return (1 if said else int(code or 0)), written.out + written.err + said

    monkeypatch.setattr(commands, "forbid_core_dumps", lambda: None)
    mask = os.umask(0o077)
    yield run
    os.umask(mask)


@pytest.mark.parametrize(
    "words",
    [
        ("init",),
        ("serve",),
        ("audit", "verify"),
        ("outbox", "send"),
        ("rotate-root", "--prepare"),
        ("rotate-root",),
        ("retire-root", "1"),
    ],
    ids=" ".join,
)
def test_each_command_says_it_in_one_line(command, words):
    code, said = command(*words)

    assert code == 1
    assert len(said.strip().splitlines()) == 1, said
    assert LINE in said


def test_no_backup_is_made_of_it(command, tmp_path):
    code, said = command("backup", str(tmp_path / "file"), "--plain")

    assert (code, said.count("\n")) == (1, 1), said
    assert LINE in said
    assert not (tmp_path / "file").exists()


def test_the_doctor_tells_it_and_ends_with_one(command):
    code, said = command("doctor")

    found = {line[:3]: line for line in said.splitlines() if " database " in line[:14]}
    assert code == 1
    assert LINE in found["BAD"]
    assert "Traceback" not in said


def test_a_file_that_is_no_database_is_told_the_same(command, tmp_path):
    (tmp_path / "cooperation.db").write_bytes(b"no database at all " * 1000)

    for words in (("init",), ("audit", "verify")):
        code, said = command(*words, folder=tmp_path)
        assert (code, said.count("\n")) == (1, 1), said
        assert LINE in said


def test_wherever_it_shows_it_is_a_failure_of_the_database(damaged):
    engine = make_engine(f"sqlite:///{damaged / 'cooperation.db'}")

    with pytest.raises(DatabaseDamagedError) as failure:
        _read_all(engine)
    engine.dispose()

    assert isinstance(failure.value, DatabaseFailedError)


def _read_all(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608


def test_a_whole_database_passes(small_instance):
    engine = make_engine(small_instance.settings().database_address)

    require_sound(engine)
    schema.require_current(engine)
    engine.dispose()
