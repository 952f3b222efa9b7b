from datetime import UTC, datetime

import pytest

from cooperation.core.clock import FixedClock
from cooperation.core.db import Base, Database, make_engine
from cooperation.core.settings import Mode, Settings
from cooperation.outbox.models import MailRow
from cooperation.vault.root import RootKeys


@pytest.fixture
def database(tmp_path):
    database = Database(make_engine(f"sqlite:///{tmp_path / 'mails.db'}"))
    Base.metadata.create_all(database.engine, tables=[MailRow.__table__])
    yield database
    database.engine.dispose()


@pytest.fixture
def root():
    return RootKeys({1: bytes(32)}, instance="test")


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path):
    return Settings(instance_path=tmp_path, mode=Mode.TEST, mail_from="platform@example.org")
