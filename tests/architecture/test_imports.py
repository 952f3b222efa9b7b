"""The house's rules of import, read from the source (design: architecture, sections 2 and 4).

Three tables: the order of slices, the order of parts inside a slice, who may import which package.
To change a rule, change it here, openly.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "platform"
PACKAGE = SOURCE / "cooperation"

LEVELS = (
    {"core", "offline"},
    {"typeset", "vault"},
    {"access"},
    {"audit"},
    {"outbox"},
    {"register"},
    {"circles"},
    {"two_persons"},
    {"accounts"},
    {"editions"},
    {"notes_verbales"},
    {"responses"},
    {"review"},
    {"publication"},
    {"analysis"},
    {"safekeeping"},
    {"web"},
    {"operation"},
    {"demonstration"},
)
LEVEL = {slice_: number for number, names in enumerate(LEVELS) for slice_ in names}
FOUNDATIONS = {"core", "offline", "vault", "typeset", "access"}
TOP = {"web", "operation", "demonstration"}
"""Houses of the whole: they ask any slice and any part of it, and have no parts of their own."""
DOORS = {"service", "rules"}
ROOMS = {
    "accounts": ("people", "signin", "joining"),
    "responses": ("submitted", "drafting", "signing"),
    "publication": ("batches", "reading", "own"),
}
"""The rooms of the large slices, each with parts of its own, lowest first; the slice's own tables,
rules and door are common to them."""
PARTS = ("rules", "models", "queries", "service", "forms", "views")
PACKAGES = {
    "idna": {"core"},
    "flask": {*TOP, "views"},
    "flask_login": {"web", "accounts"},
    "flask_wtf": {"web"},
    "flask_babel": {"web"},
    "wtforms": {"web", "forms"},
    "sqlalchemy": {"core", "models", "queries", "service"},
    "cryptography": {"vault", "offline"},
    "argon2": {"vault"},
    "pyhanko": {"vault"},
    "pyhanko_certvalidator": {"vault"},
    "webauthn": {"vault"},
    "pyrage": {"vault"},
    "defusedxml": {"rules"},
    "typst": {"typeset"},
    "docxtpl": {"typeset"},
    "openpyxl": {"typeset"},
}
PURE = {"defusedxml"}
"""What rules may use besides the standard library: the safe half of its XML."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.count(".") < 2 and node.module.startswith("cooperation"):
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno
            else:
                yield node.module, node.lineno


def breaches_of(path: Path) -> list[str]:
    own = name_of(path)
    if len(own) < 2:
        return []
    found = []
    for target, line in imports(path):
        reason = breach(own[1:], target)
        if reason:
            found.append(f"{path.relative_to(ROOT)}:{line}: {target}: {reason}")
    return found


def room_and_part(names: tuple[str, ...]) -> tuple[str, str]:
    """Return the room and the part of a module inside its slice; empty where it has none."""
    inside = names[1:]
    room = inside[0] if inside and inside[0] in ROOMS.get(names[0], ()) else ""
    rest = inside[1:] if room else inside
    part = rest[0] if rest else ""
    return room, "views" if part == "blueprint" else part


def breach(own: tuple[str, ...], target: str) -> str | None:
    own_slice = own[0]
    own_room, own_part = room_and_part(own)
    if not target.startswith("cooperation."):
        return outside_breach(own_slice, own_part, target.split(".")[0])
    names = tuple(target.split(".")[1:])
    other_slice = names[0]
    other_room, other_part = room_and_part(names)
    if other_slice == own_slice:
        return room_breach(own_slice, own_room, other_room) or inside_breach(
            own_slice, own_part, other_part
        )
    if LEVEL[other_slice] >= LEVEL[own_slice]:
        return f"{own_slice} may not look up to {other_slice}"
    if own_slice in TOP or other_slice in FOUNDATIONS:
        return None
    if other_room or other_part not in DOORS:
        return f"enter {other_slice} by its service or rules"
    if own_part == "rules" and other_part != "rules":
        return "rules may import other rules only"
    return None


def room_breach(own_slice: str, own_room: str, other_room: str) -> str | None:
    rooms = ROOMS.get(own_slice, ())
    if own_room and other_room and rooms.index(other_room) > rooms.index(own_room):
        return f"{own_room} may not look up to {other_room}"
    return None


def inside_breach(own_slice: str, own_part: str, other_part: str) -> str | None:
    if own_slice in FOUNDATIONS | TOP:
        return None
    known = own_part in PARTS and other_part in PARTS
    if known and PARTS.index(other_part) > PARTS.index(own_part):
        return f"{own_part} may not look up to {other_part}"
    return None


def outside_breach(own_slice: str, own_part: str, package: str) -> str | None:
    allowed = PACKAGES.get(package)
    if allowed is not None and own_slice not in allowed and own_part not in allowed:
        return f"{package} belongs in {sorted(allowed)}"
    if own_part == "rules" and package not in sys.stdlib_module_names | PURE:
        return "rules import the standard library, core and rules only"
    return None


@pytest.mark.parametrize("path", modules(), ids=lambda path: "/".join(name_of(path)))
def test_module_imports_only_downward_and_by_the_doors(path):
    assert breaches_of(path) == []


@pytest.mark.parametrize(
    ("own", "target"),
    [
        (("editions", "service"), "cooperation.responses.service"),
        (("responses", "rules"), "flask"),
        (("responses", "service"), "cryptography.hazmat"),
        (("publication", "service"), "cooperation.responses.models"),
        (("responses", "service"), "cooperation.responses.views"),
        (("responses", "rules"), "cooperation.editions.service"),
        (("responses", "drafting", "service"), "cooperation.responses.signing.service.planning"),
        (("review", "service"), "cooperation.responses.drafting.service.frame"),
    ],
)
def test_a_planted_breach_is_caught(own, target):
    assert breach(own, target) is not None


def test_every_folder_has_a_level():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}

    assert folders <= set(LEVEL)


def test_platform_holds_the_package_and_nothing_else():
    assert not (SOURCE / "__init__.py").exists()
    names = {path.name for path in SOURCE.iterdir() if path.name != "__pycache__"}
    assert names == {"cooperation"}
    assert not names & sys.stdlib_module_names


def test_no_module_is_called_utils():
    forbidden = {"utils", "helpers", "manager", "misc"}

    assert not [path for path in modules() if path.stem in forbidden]


def test_every_module_says_what_it_is_for():
    silent = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_no_function_is_longer_than_forty_lines():
    too_long = []
    for path in modules():
        for node, place in functions(path):
            first = node.body[0]
            documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            start = (first.end_lineno or 0) if documented else node.lineno - 1
            if (node.end_lineno or 0) - start > 40:
                too_long.append(place)

    assert too_long == []


def test_imports_stand_at_the_top_of_a_module():
    inner = [
        place
        for path in modules()
        for function, place in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inner == []
