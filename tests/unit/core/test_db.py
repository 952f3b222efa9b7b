"""Engines keep their safety settings, instants keep their zone, writers wait for each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from cooperation.core import db
from cooperation.core.db import (
    SQLITE_SETTINGS,
    Database,
    SettingRefusedError,
    UtcDateTime,
    connection_settings,
    make_engine,
)


def test_every_sqlite_connection_reports_the_safety_settings(sqlite_address, durable_sqlite):
    engine = make_engine(sqlite_address)

    for _ in range(3):
        raw = engine.raw_connection()
        assert connection_settings(raw.cursor()) == SQLITE_SETTINGS == durable_sqlite
        raw.close()
    assert durable_sqlite["synchronous"] == 2, "a commit waits for the disk"


def test_connection_that_refuses_a_setting_is_not_used():
    engine = make_engine("sqlite://")  # a database in memory cannot keep a write-ahead log

    with pytest.raises(SettingRefusedError):
        engine.connect()


def test_instants_come_back_in_utc_on_both_engines(address):
    engine = make_engine(address)
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", UtcDateTime))
    table.create(engine)
    there = datetime(2026, 11, 22, 3, 0, tzinfo=timezone(timedelta(hours=2)))

    with engine.begin() as connection:
        connection.execute(table.insert().values(at=there))
        at = connection.execute(sa.select(table.c.at)).scalar_one()

    assert at == there
    assert at.tzinfo is UTC
    engine.dispose()


def test_naive_instant_is_refused(sqlite_address):
    engine = make_engine(sqlite_address)
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", UtcDateTime))
    table.create(engine)

    with engine.connect() as connection, pytest.raises(sa.exc.StatementError):
        connection.execute(table.insert().values(at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_writers_wait_for_each_other_and_lose_nothing(sqlite_address):
    database = Database(make_engine(sqlite_address))
    table = sa.Table("counters", sa.MetaData(), sa.Column("value", sa.Integer))
    table.create(database.engine)
    with database.writing() as session:
        session.execute(table.insert().values(value=0))

    def count() -> None:
        for _ in range(25):
            with database.writing() as session:
                value = session.execute(sa.select(table.c.value)).scalar_one()
                session.execute(table.update().values(value=value + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        assert session.execute(sa.select(table.c.value)).scalar_one() == 100


def count_and_fail(database, table):
    with database.writing() as session:
        session.execute(table.insert().values(value=1))
        raise RuntimeError


def test_failed_transaction_leaves_nothing(sqlite_address):
    database = Database(make_engine(sqlite_address))
    table = sa.Table("counters", sa.MetaData(), sa.Column("value", sa.Integer))
    table.create(database.engine)

    with pytest.raises(RuntimeError):
        count_and_fail(database, table)

    with database.reading() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0


def test_writers_take_turns(sqlite_address):
    database = Database(make_engine(sqlite_address))
    table = sa.Table("counters", sa.MetaData(), sa.Column("value", sa.Integer))
    table.create(database.engine)

    def write(value):
        with database.writing() as session:
            session.execute(table.insert().values(value=value))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))

    with database.reading() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 40


def test_a_turn_that_does_not_come_is_told_as_busy(sqlite_address, monkeypatch):
    monkeypatch.setattr(db, "SECONDS_FOR_A_TURN", 0.01)
    database = Database(make_engine(sqlite_address))

    with (
        database.writing(),
        pytest.raises(db.DatabaseFailedError) as refused,
        database.writing(),
    ):
        pass

    assert db.is_busy(refused.value)
