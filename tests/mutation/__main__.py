"""`make mutate`: change one thing at a time in the code that decides, and see a test fail (R27).

Works on a copy of the sources, since each mutant is written in place. Prints for each module how
many of its mutants the tests killed, and every one that survived; ends with 1 below the goal.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOAL = 90
"""Mutants of a hundred that must be killed (reliability R27)."""

COPIED = ("platform", "tests", "migrations", "benchmarks", "pyproject.toml", "app.py")
SECONDS_FOR_A_MUTANT = 90


@dataclass(frozen=True)
class Target:
    """A module and the tests that hold it."""

    module: str
    tests: tuple[str, ...]


TARGETS = (
    Target("access/guard.py", ("tests/unit/access",)),
    Target("access/policy.py", ("tests/unit/access",)),
    Target("vault/envelope.py", ("tests/unit/vault",)),
    Target("vault/grants.py", ("tests/unit/vault",)),
    Target("vault/commitment.py", ("tests/unit/vault", "tests/unit/responses/test_signed.py")),
    Target("vault/merkle.py", ("tests/unit/vault", "tests/unit/audit")),
    Target("vault/notes.py", ("tests/unit/vault", "tests/unit/audit")),
    Target("audit/rules/tree.py", ("tests/unit/audit",)),
    Target("audit/rules/entry.py", ("tests/unit/audit",)),
    Target("audit/rules/proofs.py", ("tests/unit/audit",)),
)


def copy_sources(folder: Path) -> None:
    """Copy what is mutated and what tests it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy(source, folder / name)


def write_plan(folder: Path, target: Target) -> Path:
    """Write the tool's settings for one module."""
    python = ROOT / ".venv" / "bin" / "python"
    command = f"{python} -m pytest -q -x -p no:cacheprovider -m 'not slow' {' '.join(target.tests)}"
    plan = folder / "plan.toml"
    plan.write_text(
        "[cosmic-ray]\n"
        f'module-path = "platform/cooperation/{target.module}"\n'
        f"timeout = {SECONDS_FOR_A_MUTANT}\n"
        "excluded-modules = []\n"
        f"test-command = {json.dumps(command)}\n"
        "[cosmic-ray.distributor]\n"
        'name = "local"\n'
    )
    return plan


def run_target(tool: str, folder: Path, target: Target) -> list[dict[str, object]]:
    """Run every mutant of a module; return what became of each."""
    plan = write_plan(folder, target)
    session = folder / "session.sqlite"
    session.unlink(missing_ok=True)
    for words in (("init", str(plan), str(session)), ("exec", str(plan), str(session))):
        subprocess.run([tool, *words], cwd=folder, check=True, capture_output=True)
    told = subprocess.run(
        [tool, "dump", str(session)], cwd=folder, check=True, capture_output=True, text=True
    )
    found = []
    for line in told.stdout.splitlines():
        item, result = json.loads(line)
        mutation = item["mutations"][0]
        outcome = "" if result is None else result["test_outcome"]
        found.append({**mutation, "outcome": outcome, "diff": (result or {}).get("diff", "")})
    return found


def is_idle(mutant: dict[str, object]) -> bool:
    """Tell whether a mutant changes nothing that runs: an annotation's bar between types."""
    diff = [line for line in str(mutant["diff"]).splitlines() if line[:1] in "+-"]
    changed = [line for line in diff if not line.startswith(("+++", "---"))]
    is_type = str(mutant["operator_name"]).startswith("core/ReplaceBinaryOperator_BitOr")
    return is_type and all(" | None" in line or ": " in line or "->" in line for line in changed)


def main() -> None:
    """Run all targets, or those whose name holds one of the words given."""
    tool, *words = sys.argv[1:]
    targets = [each for each in TARGETS if not words or any(word in each.module for word in words)]
    total = killed = 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        copy_sources(folder)
        for target in targets:
            mutants = [each for each in run_target(tool, folder, target) if not is_idle(each)]
            alive = [each for each in mutants if each["outcome"] == "survived"]
            total, killed = total + len(mutants), killed + len(mutants) - len(alive)
            print(f"{target.module:<24} {len(mutants) - len(alive)} of {len(mutants)}", flush=True)
            for each in alive:
                print(f"  survived: line {each['start_pos']} {each['operator_name']}")
    share = 100 * killed // max(total, 1)
    print(f"killed {killed} of {total}: {share} % (goal {GOAL} %)")
    sys.exit(0 if share >= GOAL else 1)


if __name__ == "__main__":
    main()
