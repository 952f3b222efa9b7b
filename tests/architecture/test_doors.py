"""A slice's door lists what other slices use of it, each name with a word, and nobody goes past it.

Own views import the module that they need. Tests enter wherever they like.
"""

import ast

import pytest

from tests.architecture.test_imports import FOUNDATIONS, LEVELS, PACKAGE, TOP, imports, name_of

SLICES = sorted({name for level in LEVELS for name in level} - FOUNDATIONS - TOP)


def door_of(name):
    file = PACKAGE / name / "service.py"
    return file if file.exists() else PACKAGE / name / "service" / "__init__.py"


def names_used(path, name):
    tree = ast.parse(path.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    direct = [node for node in found if node.module == f"cooperation.{name}.service"]
    aliases = {
        alias.asname or alias.name
        for node in found
        if node.module == f"cooperation.{name}"
        for alias in node.names
        if alias.name == "service"
    }
    return {alias.name for node in direct for alias in node.names} | {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in aliases
    }


def lists_only(name):
    """Tell whether a door has modules behind it; a service of one module is its own door."""
    tree = ast.parse(door_of(name).read_text())
    return not any(isinstance(each, ast.FunctionDef | ast.ClassDef) for each in tree.body)


@pytest.mark.parametrize("name", [name for name in SLICES if lists_only(name)])
def test_a_door_lists_what_other_slices_use_each_with_a_word(name):
    tree = ast.parse(door_of(name).read_text())
    listed = next(
        ast.literal_eval(each.value) for each in tree.body if isinstance(each, ast.Assign)
    )
    others = [path for path in PACKAGE.rglob("*.py") if name_of(path)[1:2] != (name,)]
    used = set().union(*(names_used(path, name) for path in others))

    assert set(listed) == used
    assert {each for each in listed if each not in (ast.get_docstring(tree) or "")} == set()


@pytest.mark.parametrize("name", SLICES)
def test_nobody_goes_past_a_door(name):
    past = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in PACKAGE.rglob("*.py")
        if (own := name_of(path)[1:2]) and own[0] not in {name, *TOP}
        for target, line in imports(path)
        if target.startswith(f"cooperation.{name}.service.")
    ]

    assert past == []
