"""kill -9 under six people who save over HTTP: of the real server, and of its database.

Reliability R1, tests/fixtures/crash_rounds.py. Two rounds here; CRASH_ROUNDS=25 by `make crash`,
and ten on PostgreSQL, where every second round kills the whole database server instead.
"""

import os
import random
from collections.abc import Iterator

import pytest

from tests.fixtures.bound import BoundDatabase
from tests.fixtures.crash_rounds import Rounds, Witness, six_savers
from tests.fixtures.instance import Instance, RunningServer
from tests.fixtures.killable import KillableServer

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "2"))
ROUNDS_ON_POSTGRESQL = 10
SEED = int(os.environ.get("CRASH_SEED", "20261122"))


@pytest.fixture
def witness(instance: Instance) -> Iterator[Witness]:
    made = Witness(instance)
    yield made
    made.database.engine.dispose()


@pytest.fixture
def bound_witness(instance: Instance, killable_database: BoundDatabase) -> Iterator[Witness]:
    made = Witness(instance, **killable_database.settings())
    yield made
    made.database.engine.dispose()


@pytest.fixture
def server(instance: Instance, serve) -> RunningServer:
    return serve(instance)


@pytest.fixture
def bound_server(instance: Instance, killable_database: BoundDatabase, serve) -> RunningServer:
    return serve(instance, **killable_database.environment())


def test_no_acknowledged_save_is_lost_or_doubled(instance, server, witness):
    rounds = Rounds(six_savers(instance, server, witness), witness, SEED)
    chance = random.Random(SEED)

    for _ in range(ROUNDS):
        rounds.play(chance, server.kill, server.start)

    rounds.close()
    assert rounds.repeated >= ROUNDS


@pytest.mark.slow
def test_no_acknowledged_save_is_lost_with_the_database_server(
    instance, bound_server, bound_witness, killable_server: KillableServer
):
    rounds = Rounds(six_savers(instance, bound_server, bound_witness), bound_witness, SEED)
    chance = random.Random(SEED)

    def kill_database() -> None:
        killable_server.kill()
        killable_server.start()  # who saves asks again meanwhile, with the same key

    for number in range(ROUNDS_ON_POSTGRESQL):
        if number % 2:
            rounds.play(chance, kill_database, lambda: None)
        else:
            rounds.play(chance, bound_server.kill, bound_server.start)

    rounds.close()
    assert rounds.repeated >= ROUNDS_ON_POSTGRESQL
    assert sum(saver.waited for saver in rounds.savers) > 0, "nobody met a database that was away"
