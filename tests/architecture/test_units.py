"""The units of docs/units: as systemd reads them, with commands, settings and paths that exist."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from cooperation.core.settings import Settings
from cooperation.operation.commands import COMMANDS

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "docs" / "units"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
PROGRAMS = ("cooperation", "cooperation-backup")
HARD = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "PrivateTmp": "yes",
    "MemoryDenyWriteExecute": "yes",
    "LimitCORE": "0",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
}


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
    parser.read(UNITS / name)
    return parser


def names_of_commands() -> set[str]:
    groups = [command for command in COMMANDS if isinstance(command, click.Group)]
    inner = {f"{group.name} {name}" for group in groups for name in group.commands}
    return inner | {str(command.name) for command in COMMANDS if command not in groups}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_every_unit(tmp_path):
    """Programs are replaced by one that exists; nothing is started."""
    for name in (*SERVICES, *TIMERS):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", (UNITS / name).read_text(), flags=8)
        (tmp_path / name).write_text(text)

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )

    ours = [line for line in said.stderr.splitlines() if "cooperation" in line]
    assert (said.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_runs_a_command_that_exists(name):
    parts = unit(name)["Service"]["ExecStart"].split()

    if "flask" in parts[0]:
        assert parts[0] == "/opt/cooperation/.venv/bin/flask"
        assert parts[1:3] == ["--app", "app"]
        assert " ".join(parts[3:]) in names_of_commands()
        assert unit(name)["Service"]["WorkingDirectory"] == "/opt/cooperation"
    else:
        known = {f"/usr/local/bin/{each}" for each in PROGRAMS}
        assert parts[0] in known | {"/usr/bin/logger", "/opt/witness/bin/python"}


@pytest.mark.parametrize("name", [each for each in SERVICES if "alarm" not in each])
def test_a_unit_is_hardened(name):
    found = unit(name)["Service"]

    assert {option: found.get(option) for option in HARD} == HARD
    assert found.get("DynamicUser") == "yes" or found["User"] == "cooperation"


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_starts_a_unit_that_exists_and_is_described(name):
    assert name.replace(".timer", ".service") in SERVICES
    assert unit(name)["Timer"]["OnCalendar"]
    assert name in OPERATIONS or name.replace(".timer", ".*") in OPERATIONS


def test_the_server_restarts_and_keeps_its_keys_in_memory():
    server = unit("cooperation.service")["Service"]

    assert server["Restart"] == "always"
    assert server["RuntimeDirectory"].split() == ["cooperation", "cooperation/temporary"]
    assert server["ReadWritePaths"].split() == ["/var/lib/cooperation", "/run/cooperation"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_a_sound_script_that_the_install_puts_in_place(program):
    place = UNITS / program

    assert place.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", str(place)], check=False).returncode == 0
    assert f"docs/units/{program}" in OPERATIONS


def test_settings_and_commands_named_in_the_document_exist():
    named = set(re.findall(r"\bCOOPERATION_([A-Z_]+[A-Z])\b", OPERATIONS))
    called = set(re.findall(r"(?m)(?:^ *|`|\d\. `)cooperation ([a-z-]+)", OPERATIONS))
    called |= set(re.findall(r"flask --app app ([a-z-]+)", OPERATIONS))

    fields = {name.upper() for name in Settings.model_fields}
    known = {name.split()[0] for name in names_of_commands()}
    assert {name for name in named if name not in fields and name != "SEAL"} == set()
    assert called - known == set()


def test_links_within_the_document_lead_somewhere():
    headings = re.findall(r"^#+ (.+)$", OPERATIONS, re.MULTILINE)
    known = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", OPERATIONS)) - known == set()
