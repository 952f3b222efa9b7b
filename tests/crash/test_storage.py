"""kill -9 of a process that writes rows with their log entries: what it acknowledged is there.

A few rounds here, 60 by `make crash`; there on PostgreSQL too, and eight of the whole database
server. The negative control acknowledges before the commit and must be found out (reliability R1).
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.core.db import Base, Database, is_sqlite, make_engine
from tests.fixtures.killable import KillableServer

ROUNDS = 60 if int(os.environ.get("CRASH_ROUNDS", "5")) > 5 else 4
ROUNDS_ON_POSTGRESQL = 20
ROUNDS_OF_THE_SERVER = 8
WRITERS = 3
SEED = int(os.environ.get("CRASH_SEED", "20261122"))
WRITER = Path(__file__).with_name("storage_writer.py")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(make_engine(f"sqlite:///{tmp_path / 'probes.db'}"))
    yield made
    made.engine.dispose()


@pytest.fixture
def bound_database(killable_server: KillableServer) -> Iterator[Database]:
    made = Database(make_engine(killable_server.address))
    yield made
    made.engine.dispose()


def started_writer(database: Database, order: str) -> subprocess.Popen[str]:
    address = database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, str(WRITER), address, order],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def said_by(writer: subprocess.Popen[str], count: int) -> list[str]:
    """Wait until it has acknowledged `count` rows; return them."""
    assert writer.stdout is not None
    return [writer.stdout.readline() for _ in range(count)]


def said_at_last(writer: subprocess.Popen[str]) -> list[str]:
    """Return what it said before its end."""
    assert writer.stdout is not None
    return writer.stdout.readlines()


def whole(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.endswith("\n")]


def acknowledged_before_kill(database: Database, count: int, order: str) -> list[str]:
    """Start the writer, kill it once it has acknowledged `count` rows, return all it said."""
    with started_writer(database, order) as writer:
        said = said_by(writer, count)
        writer.kill()
        return whole(said + said_at_last(writer))


def acknowledged_before_power_cut(
    database: Database, server: KillableServer, counts: list[int], order: str = "late"
) -> list[str]:
    """Kill the whole database server under several writers, start it, return all they said."""
    with ExitStack() as stack:
        writers = [stack.enter_context(started_writer(database, order)) for _ in counts]
        said = [line for pair in zip(writers, counts, strict=True) for line in said_by(*pair)]
        server.kill()
        for writer in writers:
            if order == "early":
                writer.kill()
            said += said_at_last(writer)
    server.start()
    database.engine.dispose()
    return whole(said)


def lost_of(database: Database, said: list[str]) -> list[str]:
    """Return what was acknowledged and is not there; log and rows must agree in any case."""
    with database.reading() as session:
        rows = set(session.scalars(sa.text("SELECT id FROM probes")))
        logged = {entry.subject for entry in audit.entries_for(session, action="part.saved")}
        assert audit.verify(session).is_sound
    if is_sqlite(database.engine):
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


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill_on_postgresql(bound_database):
    chance = random.Random(SEED)
    said: list[str] = []

    for _ in range(ROUNDS_ON_POSTGRESQL):
        said += acknowledged_before_kill(bound_database, chance.randint(1, 60), "late")

    assert lost_of(bound_database, said) == []


@pytest.mark.slow
def test_what_was_acknowledged_survives_the_database_server(bound_database, killable_server):
    chance = random.Random(SEED)
    Base.metadata.create_all(bound_database.engine)
    said = acknowledged_before_kill(bound_database, 1, "late")

    for _ in range(ROUNDS_OF_THE_SERVER):
        counts = [chance.randint(1, 60) for _writer in range(WRITERS)]
        said += acknowledged_before_power_cut(bound_database, killable_server, counts)
        assert lost_of(bound_database, said) == []


@pytest.mark.slow
def test_an_acknowledgement_before_the_commit_is_found_out_on_postgresql(
    bound_database, killable_server
):
    said = acknowledged_before_kill(bound_database, 2, "early")
    assert lost_of(bound_database, said) == said[-1:]

    said = acknowledged_before_power_cut(bound_database, killable_server, [2], "early")

    assert lost_of(bound_database, said) == said[-1:]
