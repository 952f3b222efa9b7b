"""Failpoints: a test process dies at the named point, no other process ever does."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from cooperation.core.failpoints import arm, reach
from cooperation.core.settings import Mode, Settings

PLATFORM = Path(__file__).parents[3] / "platform"
ACT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from cooperation.core.failpoints import arm, reach
from cooperation.core.settings import Settings
arm(Settings(instance_path=Path(sys.argv[2]), mode="test", failpoint=sys.argv[3]))
for step in ("first", "second", "second", "third"):
    print(step, flush=True)
    reach(f"probe.{step}")
"""


def act_with(failpoint: str, folder: Path) -> tuple[int, list[str]]:
    """Run an act of four steps in a process of its own; return how it ended and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", ACT, str(PLATFORM), str(folder), failpoint],
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("failpoint", "status", "said"),
    [
        ("probe.first", -signal.SIGKILL, ["first"]),
        ("probe.second:2", -signal.SIGKILL, ["first", "second", "second"]),
        ("probe.elsewhere", 0, ["first", "second", "second", "third"]),
    ],
)
def test_a_test_process_is_killed_at_the_named_point(tmp_path, failpoint, status, said):
    assert act_with(failpoint, tmp_path) == (status, said)


@pytest.mark.parametrize("mode", [Mode.PRODUCTION, Mode.DEMONSTRATION])
def test_a_failpoint_is_refused_outside_test_instances(tmp_path, mode, monkeypatch):
    monkeypatch.setenv("COOPERATION_FAILPOINT", "probe.first")

    with pytest.raises(ValidationError, match="failpoint belong to test instances only"):
        Settings(instance_path=tmp_path, mode=mode)


@pytest.mark.parametrize("mode", [Mode.PRODUCTION, Mode.DEMONSTRATION])
def test_a_process_in_another_mode_is_never_armed(tmp_path, mode):
    settings = Settings(instance_path=tmp_path, mode=mode)
    forced = settings.model_copy(update={"failpoint": "probe.first"})

    arm(forced)
    reach("probe.first")  # still alive
