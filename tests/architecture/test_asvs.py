"""The table of docs/security.md: every requirement that is aimed at, every named test real.

Aim (design/reliability.md 3): OWASP ASVS 5.0.0, levels 1 and 2 whole, level 3 for the chapters V6,
V7, V8, V11, V14 and V16.
"""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEVELS = {
    "V1.1": "22", "V1.2": "1111122223", "V1.3": "112222222223", "V1.4": "222", "V1.5": "123",
    "V2.1": "122", "V2.2": "112", "V2.3": "12223", "V2.4": "23",
    "V3.1": "3", "V3.2": "113", "V3.3": "12223", "V3.4": "11222233", "V3.5": "11122333",
    "V3.6": "3", "V3.7": "22333",
    "V4.1": "12233", "V4.2": "23333", "V4.3": "22", "V4.4": "1222",
    "V5.1": "2", "V5.2": "112333", "V5.3": "113", "V5.4": "222",
    "V6.1": "122", "V6.2": "111111112222", "V6.3": "11223333", "V6.4": "112233",
    "V6.5": "22222333", "V6.6": "2223", "V6.7": "33", "V6.8": "2222",
    "V7.1": "222", "V7.2": "1111", "V7.3": "22", "V7.4": "11222", "V7.5": "223", "V7.6": "22",
    "V8.1": "1233", "V8.2": "1123", "V8.3": "133", "V8.4": "23",
    "V9.1": "111", "V9.2": "1222",
    "V10.1": "22", "V10.2": "223", "V10.3": "22223", "V10.4": "1111122222233333",
    "V10.5": "22222", "V10.6": "22", "V10.7": "222",
    "V11.1": "2233", "V11.2": "22233", "V11.3": "11233", "V11.4": "1222", "V11.5": "23",
    "V11.6": "23", "V11.7": "33",
    "V12.1": "12233", "V12.2": "11", "V12.3": "22223",
    "V13.1": "2333", "V13.2": "222223", "V13.3": "2233", "V13.4": "1222233",
    "V14.1": "22", "V14.2": "12223333", "V14.3": "122",
    "V15.1": "12233", "V15.2": "12233", "V15.3": "1222222", "V15.4": "3333",
    "V16.1": "2", "V16.2": "22222", "V16.3": "2222", "V16.4": "222", "V16.5": "2223",
    "V17.1": "23", "V17.2": "22223333", "V17.3": "22",
}  # fmt: skip
"""The levels of the requirements of each section, in their order: 345 in all."""
DEEP = {"V6", "V7", "V8", "V11", "V14", "V16"}
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([123]) \| (.+) \|$", re.MULTILINE)


def aimed_at() -> dict[str, str]:
    """Return the level of each requirement that the table must answer."""
    return {
        f"{section}.{number}": level
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level != "3" or section.partition(".")[0] in DEEP
    }


@cache
def rows() -> list[tuple[str, str, str]]:
    """Return requirement, level and answer of each row."""
    return ROW.findall((ROOT / "docs" / "security.md").read_text())


@cache
def names_of_tests() -> frozenset[str]:
    """Return the name of every test function of the project."""
    trees = (ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(
        each.name
        for tree in trees
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    )


def test_every_requirement_that_is_aimed_at_is_answered_once():
    found = {requirement: level for requirement, level, _ in rows()}

    assert len(rows()) == len(found)
    assert {each: level for each, level in aimed_at().items() if found.get(each) != level} == {}
    assert sum(len(levels) for levels in LEVELS.values()) == 345


def test_every_named_test_exists():
    named = {name for _, _, answer in rows() for name in re.findall(r"`(test_\w+)`", answer)}

    assert len(named) > 100
    assert named - names_of_tests() == set()


def test_every_answer_says_something():
    assert [each for each, _, answer in rows() if len(answer) < 5] == []
