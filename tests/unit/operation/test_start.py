"""A wrong or missing setting stops the start with one clear line, without its value."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import app
import pytest

from cooperation.core.clock import FixedClock
from cooperation.core.settings import Settings
from cooperation.operation import commands
from cooperation.operation.doctor import examine
from cooperation.vault.pdf_seal import open_seal

ROOT = Path(__file__).parents[3]
UNREACHABLE = "postgresql+psycopg://u:hidden@127.0.0.1:1/c"


def environment(folder, settings):
    given = {f"COOPERATION_{name.upper()}": value for name, value in settings.items()}
    return {"COOPERATION_INSTANCE_PATH": str(folder)} | given


@pytest.fixture
def start(monkeypatch, capfd):
    """Do what a start does, in this process; the code it ends with and what it wrote."""

    def run(folder, **settings):
        with monkeypatch.context() as patched:
            for name, value in environment(folder, settings).items():
                patched.setenv(name, value)
            try:
                carrier = app.create_app()
                with carrier.app_context():
                    carrier.cli.main(["init"])
            except SystemExit as ended:
                code = ended.code
        written = capfd.readouterr()
        said = f"{code}\n" if isinstance(code, str) else ""  # as the interpreter says it
        return (1 if said else code or 0), written.out, written.err + said

    monkeypatch.setattr(commands, "forbid_core_dumps", lambda: None)
    mask = os.umask(0o077)
    yield run
    os.umask(mask)


def start_process(folder, **settings):
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "init"],
        cwd=ROOT,
        env=os.environ | environment(folder, settings),
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


def assert_stopped(ended, named):
    code, output, errors = ended
    lines = errors.strip().splitlines()
    assert code == 1
    assert len(lines) == 1, errors
    assert named in lines[0]
    assert "hidden" not in errors + output


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"database_url": "mysql://us:hidden@host/c"}, "database_url"),
        ({"database_url": "hidden garbage"}, "database_url"),
        ({"database_url": UNREACHABLE}, "database_url"),
        ({"smtp_hostt": "hidden"}, "COOPERATION_SMTP_HOSTT"),
        ({"base_url": "http://hidden.example.org"}, "base_url"),
        ({"base_url": "https://hidden.example.org"}, "contact_email"),
        ({"root_key": "1:hidden"}, "root key"),
    ],
)
def test_wrong_setting_stops_the_start_with_one_line(start, tmp_path, settings, named):
    assert_stopped(start(tmp_path / "instance", **settings), named)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"base_url": "http://hidden.example.org"}, "base_url"),
        ({"database_url": UNREACHABLE}, "database_url"),
    ],
)
def test_process_that_is_started_wrongly_writes_that_line_alone(tmp_path, settings, named):
    assert_stopped(start_process(tmp_path / "instance", **settings), named)


def test_seal_with_another_key_stops_the_start_before_anything_is_made(start, tmp_path):
    for name in ("one", "two"):
        settings = Settings(instance_path=tmp_path / name)
        open_seal(settings, organisation="A body", now=datetime.now(UTC))
    files = {
        "seal_certificate": str(tmp_path / "one" / "seal" / "seal.pem"),
        "seal_key": str(tmp_path / "two" / "seal" / "seal.pem"),
    }

    assert_stopped(start(tmp_path / "instance", **files), "seal's key")
    assert not any((tmp_path / "instance").iterdir())


def test_doctor_tells_the_seal_and_its_end(start, tmp_path):
    assert start(tmp_path)[0] == 0
    settings = Settings(instance_path=tmp_path)
    now = datetime.now(UTC)

    fresh, late = (
        next(each for each in examine(settings, FixedClock(at)) if each.name == "seal")
        for at in (now, now + timedelta(days=3640))
    )

    assert fresh.is_well
    assert "the platform's own" in fresh.finding
    assert not late.is_well
    assert "ends on" in late.finding


def test_keyring_that_others_may_read_stops_the_start(start, tmp_path):
    assert start(tmp_path)[0] == 0
    (tmp_path / "keyring.json").chmod(0o644)

    code, _output, errors = start(tmp_path)

    assert code == 1
    assert len(errors.strip().splitlines()) == 1


def test_database_without_its_keyring_stops_the_start(start, tmp_path):
    assert start(tmp_path)[0] == 0
    (tmp_path / "keyring.json").unlink()

    code, _output, errors = start(tmp_path)

    assert code == 1
    assert not (tmp_path / "keyring.json").exists()
    assert "keyring" in errors
