"""One mechanism for what people type: nobody else normalises, or lists unwanted characters."""

import ast
import re
from pathlib import Path

CODE = Path(__file__).parents[2] / "platform" / "cooperation"
HOME = CODE / "core" / "characters.py"
NORMALISING = {"normalize", "is_normalized"}
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def sources():
    for path in sorted(CODE.rglob("*.py")):
        if path != HOME:
            yield path, ast.parse(path.read_text())


def names_normalisation(node: ast.AST) -> bool:
    """Tell whether a node asks the library to normalise; decimals have another."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "unicodedata" and any(each.name in NORMALISING for each in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in NORMALISING
        and isinstance(node.value, ast.Name)
        and node.value.id == "unicodedata"
    )


def test_only_one_module_normalises():
    found = {
        path.relative_to(CODE).as_posix()
        for path, tree in sources()
        if any(names_normalisation(node) for node in ast.walk(tree))
    }

    assert not found, "use cooperation.core.characters: the library works in the square of a run"


def test_only_one_module_lists_unwanted_characters():
    found = {
        path.relative_to(CODE).as_posix()
        for path, tree in sources()
        if any(
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and DIRECTION.search(node.value)
            for node in ast.walk(tree)
        )
    }

    assert not found, "use cooperation.core.characters: one list for everything typed"


def test_the_rule_finds_what_it_looks_for():
    tree = ast.parse("import unicodedata\nunicodedata.normalize('NFC', text)")

    assert any(names_normalisation(node) for node in ast.walk(tree))
    assert DIRECTION.search("[\u202a-\u202e]")
