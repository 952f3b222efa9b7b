"""Failpoints in the source and in tests/crash/points.txt are the same (core/failpoints.py)."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "platform" / "cooperation"
POINTS = ROOT / "tests" / "crash" / "points.txt"
NAME = re.compile(r"[a-z_]+\.[a-z_]+")


def called_points() -> list[ast.expr]:
    """Return what every call of `reach` in the source is given."""
    return [
        call.args[0]
        for path in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in {"reach", "failpoints.reach"}
        and call.args
    ]


def listed_points() -> list[str]:
    lines = POINTS.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def test_every_failpoint_is_a_literal_name_written_once():
    values = [point.value for point in called_points() if isinstance(point, ast.Constant)]

    assert len(values) == len(called_points())
    assert [each for each in values if not NAME.fullmatch(str(each))] == []
    assert [each for each, count in Counter(values).items() if count > 1] == []


def test_every_failpoint_is_listed_for_the_crash_tests():
    written = {point.value for point in called_points() if isinstance(point, ast.Constant)}

    assert sorted(listed_points()) == sorted(written)
