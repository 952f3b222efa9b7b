from datetime import UTC, datetime

import pytest

from cooperation.access.rules import Actor, Institution, Role
from cooperation.audit import service
from cooperation.core.db import Base, Database, make_engine

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(tmp_path):
    database = Database(make_engine(f"sqlite:///{tmp_path / 'log.db'}"))
    tables = [Base.metadata.tables[name] for name in ("log_entries", "log_nodes")]
    Base.metadata.create_all(database.engine, tables=tables)
    yield database
    database.engine.dispose()


@pytest.fixture
def actor():
    return Actor(
        "11111111-1111-4111-8111-111111111111", frozenset({Role.HEAD}), Institution.SECRETARIAT
    )


@pytest.fixture
def filled(database, actor):
    """A log of eleven entries, each of another edition."""
    with database.writing() as session:
        for number in range(11):
            service.record(
                session, actor=actor, action="edition.prepared", at=NOON, edition=str(2000 + number)
            )
    return database
