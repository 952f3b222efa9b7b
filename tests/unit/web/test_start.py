"""A wrong or missing setting stops the start with one clear line, without its value."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def start(folder, **settings):
    given = {f"COOPERATION_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "init"],
        cwd=ROOT,
        env=os.environ | {"COOPERATION_INSTANCE_PATH": str(folder)} | given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"database_url": "mysql://us:hidden@host/c"}, "database_url"),
        ({"database_url": "hidden garbage"}, "database_url"),
        ({"database_url": "postgresql+psycopg://u:hidden@127.0.0.1:1/c"}, "database_url"),
        ({"smtp_hostt": "hidden"}, "COOPERATION_SMTP_HOSTT"),
        ({"base_url": "http://hidden.example.org"}, "base_url"),
        ({"base_url": "https://hidden.example.org"}, "contact_email"),
        ({"root_key": "1:hidden"}, "root key"),
    ],
)
def test_wrong_setting_stops_the_start_with_one_line(tmp_path, settings, named):
    ended = start(tmp_path / "instance", **settings)

    lines = ended.stderr.strip().splitlines()
    assert ended.returncode == 1
    assert len(lines) == 1, ended.stderr
    assert named in lines[0]
    assert "hidden" not in ended.stderr + ended.stdout


def test_keyring_that_others_may_read_stops_the_start(tmp_path):
    assert start(tmp_path).returncode == 0
    (tmp_path / "keyring.json").chmod(0o644)

    ended = start(tmp_path)

    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1


def test_database_without_its_keyring_stops_the_start(tmp_path):
    assert start(tmp_path).returncode == 0
    (tmp_path / "keyring.json").unlink()

    ended = start(tmp_path)

    assert ended.returncode == 1
    assert not (tmp_path / "keyring.json").exists()
    assert "keyring" in ended.stderr
