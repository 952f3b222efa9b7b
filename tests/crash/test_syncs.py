"""Every commit reaches the disk before it is acknowledged: counted from outside (reliability R3).

`strace` counts what the process asks of the kernel. Where there is none, or it may not look, each
commit's own connection is asked for its settings instead: less, and said so by the test's output.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from cooperation.core.db import SQLITE_SETTINGS, connection_settings, make_engine

pytestmark = pytest.mark.slow

COMMITS = 200
PLATFORM = Path(__file__).parents[2] / "platform"
WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
import sqlalchemy as sa
from cooperation.core.db import Database, make_engine
database = Database(make_engine(f"sqlite:///{sys.argv[2]}"))
with database.writing() as session:
    session.execute(sa.text("CREATE TABLE probes (number INTEGER)"))
for number in range(int(sys.argv[3])):
    with database.writing() as session:
        session.execute(sa.text("INSERT INTO probes VALUES (:number)"), {"number": number})
"""


def syncs_of(file: Path, trace: Path) -> int | None:
    """Return how often a process that commits asks for its data to be on the disk."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    seen = [strace, "-f", "-e", "trace=fdatasync,fsync", "-o", str(trace)]
    run = [sys.executable, "-c", WRITER, str(PLATFORM), str(file), str(COMMITS)]
    done = subprocess.run([*seen, *run], capture_output=True, check=False)
    if done.returncode != 0:
        return None
    return len(re.findall(r"f(?:data)?sync\(.*= 0", trace.read_text()))


def test_no_commit_without_a_sync(tmp_path):
    found = syncs_of(tmp_path / "traced.db", tmp_path / "trace")

    print(f"{found} syncs for {COMMITS} commits")  # noqa: T201 - the figure
    assert found is None or found >= COMMITS


def test_every_commit_is_made_by_a_connection_with_its_settings(tmp_path, durable_sqlite):
    engine = make_engine(f"sqlite:///{tmp_path / 'asked.db'}")
    asked = []

    @event.listens_for(engine, "commit")
    def ask(connection):
        asked.append(connection_settings(connection.connection.cursor()) == SQLITE_SETTINGS)

    for number in range(COMMITS):
        if number % 50 == 0:
            engine.dispose()  # new connections take them too
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS probes (number INTEGER)")
    engine.dispose()

    assert asked == [True] * COMMITS
