"""No test depends on the day: whoever starts a process says by which clock it goes.

A process beside a test whose clock stands would otherwise take the machine's time, and the test
would pass on some days alone. `make test ON="2038-01-20 12:00"` is the other half of the proof.
"""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
STARTS_A_PROCESS = re.compile(r"subprocess\.(?:run|Popen|check_\w+)\(|os\.fork\(|\.Process\(target")

ITS_OWN_CLOCK = "the clock of its instance: a file in the instance's folder moves it"
THE_TESTS_CLOCK = "the clock of the test that starts it is handed over"
THE_MACHINES = "instance and process both go by the machine's clock"
NONE = "it asks no clock"

CLOCKS = {
    "architecture/test_secrets.py": NONE,
    "architecture/test_units.py": NONE,
    "attack/scanner/test_scanner.py": THE_MACHINES,
    "bench/test_bench.py": THE_MACHINES,
    "crash/test_migrations.py": NONE,
    "crash/test_storage.py": THE_MACHINES,
    "crash/test_syncs.py": NONE,
    "fixtures/crashes.py": THE_TESTS_CLOCK,
    "fixtures/disks.py": NONE,
    "fixtures/emptiness.py": NONE,
    "fixtures/instance.py": ITS_OWN_CLOCK + "; hosts as in production: the machine's",
    "fixtures/processes.py": THE_TESTS_CLOCK,
    "mutation/__main__.py": NONE,
    "unit/core/test_failpoints.py": NONE,
    "unit/publication/test_verifying.py": NONE,
    "unit/responses/test_receipt.py": NONE,
    "unit/typeset/test_forks.py": NONE,
    "unit/operation/test_schema_at_the_start.py": THE_MACHINES,
    "unit/operation/test_start.py": THE_MACHINES,
    "unit/web/test_tables.py": NONE,
}

OF_THE_DAY = ("attack", "crash", "journeys", "walk")
"""Tests of the small instance, whose editions are those of the day: no year may be written down."""
A_YEAR = re.compile(r"/(?:2025|2026|2027)/|replace\(year=now\.year")
ONLY_A_NAME = {"attack/test_leaving_on_postgresql.py", "fixtures/passkeys.py"}


def test_no_test_of_the_days_instance_writes_a_year_down():
    """`instance.edition("open")` names it; 29 February has no namesake in the year before."""
    files = [
        *(TESTS / "fixtures").glob("*.py"),
        *(f for d in OF_THE_DAY for f in (TESTS / d).rglob("*.py")),
    ]
    found = {
        path.relative_to(TESTS).as_posix()
        for path in files
        if A_YEAR.search(path.read_text(encoding="utf-8"))
    }

    assert found <= ONLY_A_NAME


def test_every_process_that_a_test_starts_goes_by_a_clock_that_is_known():
    """A new one: `processes.run_alone`, `RunningServer.command`, or a line above."""
    found = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if STARTS_A_PROCESS.search(path.read_text(encoding="utf-8"))
    }

    assert found == set(CLOCKS)
