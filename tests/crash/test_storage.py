"""kill -9 of a process that writes rows with their log entries: what it acknowledged is there.

A few rounds here, 60 by `make crash`. The negative control acknowledges before the commit and must
be found out (reliability R1).
"""

import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.core.db import Database, make_engine

ROUNDS = 60 if int(os.environ.get("CRASH_ROUNDS", "5")) > 5 else 4
SEED = int(os.environ.get("CRASH_SEED", "20261122"))
WRITER = Path(__file__).with_name("storage_writer.py")


@pytest.fixture
def database(tmp_path: Path):
    made = Database(make_engine(f"sqlite:///{tmp_path / 'probes.db'}"))
    yield made
    made.engine.dispose()


def acknowledged_before_kill(database: Database, count: int, order: str) -> list[str]:
    """Start the writer, kill it once it has acknowledged `count` rows, return all it said."""
    address = database.engine.url.render_as_string()
    with subprocess.Popen(
        [sys.executable, str(WRITER), address, order], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(count)]
        writer.kill()
        said += writer.stdout.readlines()
    return [line.strip() for line in said if line.endswith("\n")]


def lost_of(database: Database, said: list[str]) -> list[str]:
    """Return what was acknowledged and is not there; log and rows must agree in any case."""
    with database.reading() as session:
        rows = set(session.scalars(sa.text("SELECT id FROM probes")))
        logged = {entry.subject for entry in audit.entries_for(session, action="part.saved")}
        assert audit.verify(session).is_sound
    with closing(database.engine.raw_connection()) as connection:
        assert connection.cursor().execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert rows == logged
    return [probe for probe in said if probe not in rows]


def test_what_was_acknowledged_survives_a_kill(database):
    chance = random.Random(SEED)
    said: list[str] = []

    for _ in range(ROUNDS):
        said += acknowledged_before_kill(database, chance.randint(1, 60), "late")

    assert lost_of(database, said) == []


def test_an_acknowledgement_before_the_commit_is_found_out(database):
    said = acknowledged_before_kill(database, 2, "early")

    assert lost_of(database, said) == said[-1:]
