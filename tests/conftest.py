"""Fixtures live in tests/fixtures/, one module for each subject; tests never import each other."""

from importlib.util import find_spec

pytest_plugins = [
    name
    for name in (
        "tests.fixtures.database",
        "tests.fixtures.shell",
        "tests.fixtures.browser",
        "tests.fixtures.instance",
        "tests.fixtures.people",
        "tests.fixtures.rehearsal",
    )
    if find_spec(name) is not None
]
