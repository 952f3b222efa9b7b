"""The documents say what is there: commands, settings, screenshots, no address of a registry."""

import re
from pathlib import Path

import click
import pytest

from cooperation.demonstration.commands import demo
from cooperation.offline import verifier_hash
from cooperation.operation.commands import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def command_names() -> list[str]:
    names = []
    for command in (*COMMANDS, demo):
        if isinstance(command, click.Group):
            names += [f"{command.name} {name}" for name in command.commands]
        else:
            names.append(str(command.name))
    return names


def test_readme_opens_with_the_two_commands():
    first = README.split("```")[1]

    assert re.findall(r"^make (\w+)", first, re.MULTILINE) == ["demo", "test"]


@pytest.mark.parametrize("name", command_names())
def test_command_is_documented(name):
    assert f"flask --app app {name}`" in README
    assert f"| `{name}` |" in OPERATIONS


def test_every_documented_command_exists():
    documented = set(re.findall(r"`flask --app app ([a-z -]+)`", README))

    assert documented == set(command_names())


def test_every_make_target_is_documented():
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {name for name in targets if f"make {name}" not in README} == set()


def test_pictures_of_the_readme_exist():
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)

    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_readme_gives_the_hash_of_the_program_that_checks_receipts():
    assert f"```\n{verifier_hash()}\n```" in README


def test_changelog_names_security_first():
    parts = (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1:]

    assert all(part.split("\n\n", 1)[1].startswith("Security") for part in parts)


def test_locks_hold_hashes_and_no_address():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)
