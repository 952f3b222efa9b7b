"""The bench does what its table says, to the end, on both engines, and hides no failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import answering, limits, reading, saving, signing_in
from benchmarks.ground import Ground, keep_people, strong_officer
from cooperation.access.rules import Role
from cooperation.demonstration.stage import Player
from tests.fixtures.instance import ROOT, Instance

PATIENCE = 500


@pytest.fixture
def ground(instance: Instance):
    players = [
        Player(
            Role(each["role"]),
            each["state"],
            each["name"],
            each["email"],
            each["password"],
            each["totp_secret"],
            number,
        )
        for number, each in enumerate(instance.people, start=1)
    ]
    keep_people(instance.path, [*players, strong_officer(instance.path, list(players))])
    made = Ground(instance.path)
    yield made
    made.database.engine.dispose()


def test_the_parts_of_the_bench_do_their_tasks(ground):
    tasks = [
        limits.commit_task(ground.folder),
        *reading.tasks(ground),
        *answering.tasks(ground),
        *signing_in.tasks(ground),
    ]

    for task in tasks:
        prepared = task.prepare()
        task.run(prepared)
        task.finish(prepared)

    assert {"sign in, password and code", "CSV of everything (the Court)"} < {
        task.name for task in tasks
    }


def test_work_at_the_same_time_that_fails_is_not_counted_as_done():
    done = []

    with pytest.raises(ZeroDivisionError):
        saving.at_once([lambda: done.append(1), lambda: 1 / 0])

    assert done == [1]


@pytest.mark.slow
@pytest.mark.parametrize("engine", [(), ("--postgresql",)], ids=["sqlite", "postgresql"])
def test_the_smallest_bench_runs_to_the_end(engine: tuple[str, ...], tmp_path: Path):
    command = ("benchmarks", "--smallest", "--runs", "1", "--folder", str(tmp_path / "bench"))

    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command, *engine],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "platform"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    for line in ("sign in, password and code", "memory of all", "3 export", "125 notes verbales"):
        assert line in ended.stdout
    assert "refused" not in ended.stdout
    assert not list(tmp_path.iterdir())
