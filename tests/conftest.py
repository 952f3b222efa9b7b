"""Fixtures live in tests/fixtures/, one module for each subject; tests never import each other."""

pytest_plugins = [
    "tests.fixtures.groups",
    "tests.fixtures.compiled",
    "tests.fixtures.database",
    "tests.fixtures.shell",
    "tests.fixtures.browser",
    "tests.fixtures.instance",
    "tests.fixtures.people",
    "tests.fixtures.passkeys",
    "tests.fixtures.responses",
    "tests.fixtures.signatories",
    "tests.fixtures.receipts",
    "tests.fixtures.emptiness",
    "tests.fixtures.publication",
    "tests.fixtures.office_web",
    "tests.fixtures.rehearsed",
    "tests.fixtures.bound",
    "tests.fixtures.crashes",
    "tests.fixtures.company",
    "tests.fixtures.landed",
    "tests.fixtures.hosts",
]
