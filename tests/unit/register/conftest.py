from datetime import UTC, datetime

import pytest

from cooperation.access.context import RequestContext
from cooperation.access.rules import Actor, Institution, Role
from cooperation.core.db import Base, Database, make_engine
from cooperation.core.settings import Mode, Settings
from cooperation.register import models, service
from cooperation.vault.root import RootKeys

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TABLES = (models.StateRow, models.MembershipEventRow, models.AddressRow, models.AddressImportRow)


@pytest.fixture
def database(tmp_path):
    assert service
    database = Database(make_engine(f"sqlite:///{tmp_path / 'register.db'}"))
    names = [*(table.__tablename__ for table in TABLES), "log_entries", "log_nodes"]
    Base.metadata.create_all(database.engine, tables=[Base.metadata.tables[name] for name in names])
    yield database
    database.engine.dispose()


@pytest.fixture
def session(database):
    with database.writing() as session:
        service.load_register(session, now=NOW)
        yield session


@pytest.fixture
def context(session, tmp_path):
    """Make a request context for a role; the officer's by default."""

    def make(role=Role.OFFICER, institution=Institution.SECRETARIAT, *, state_code=None, number=1):
        person_id = f"{number:08}-0000-4000-8000-000000000000"
        return RequestContext(
            session=session,
            actor=Actor(person_id, frozenset({role}), institution, state_code),
            now=NOW,
            root=RootKeys({1: bytes(32)}, instance="test"),
            settings=Settings(instance_path=tmp_path, mode=Mode.TEST),
        )

    return make


@pytest.fixture
def officer(context):
    return context()
