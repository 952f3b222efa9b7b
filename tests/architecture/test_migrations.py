"""Migrations: one line without gaps, equal to the models, the same up, down and up again."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.core import schema
from cooperation.core.db import Base, make_engine
from cooperation.vault.root import RootKeys
from cooperation.web import slices


def columns_of(engine):
    found = sa.inspect(engine)
    return {
        table: sorted((each["name"], str(each["type"])) for each in found.get_columns(table))
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_revisions_are_numbered_without_gaps():
    names = sorted(path.stem for path in (schema.SCRIPTS / "versions").glob("*.py"))
    numbers = [int(re.match(r"(\d{4})_", name).group(1)) for name in names]

    assert numbers == list(range(1, len(numbers) + 1))


def test_migrated_database_equals_the_models(address):
    assert slices.BLUEPRINTS
    engine = make_engine(address)

    schema.upgrade(engine)

    assert schema.differences(engine) == []
    assert schema.revision(engine) == schema.head_revision()
    engine.dispose()


ORGAN = "Office of the Prosecutor, Trial Division"


def insert(engine, table, **values):
    """Write a row of a schema that the models have left behind."""
    found = sa.Table(table, sa.MetaData(), autoload_with=engine)
    now, filled = datetime(2026, 11, 22, tzinfo=UTC), {}
    for column in found.columns:
        kind = column.type
        if not column.nullable and column.name not in values:
            filled[column.name] = (
                now
                if isinstance(kind, sa.DateTime)
                else b"x"
                if isinstance(kind, sa.LargeBinary)
                else "x"
                if isinstance(kind, sa.String)
                else False
                if isinstance(kind, sa.Boolean)
                else 1
            )
    with engine.begin() as connection:
        connection.execute(sa.insert(found).values(**filled, **values))


def test_organs_that_stood_in_the_clear_are_wrapped_and_gone(address):
    root = RootKeys({1: bytes(range(32))}, instance="test")
    engine = make_engine(address)
    schema.upgrade(engine, "0023")
    for table in ("people", "person_invitations"):
        insert(engine, table, id="with", organ=ORGAN)
        insert(engine, table, id="without", organ=None)

    with pytest.raises(RuntimeError, match="root key"):
        schema.upgrade(engine)
    assert schema.revision(engine) == "0023"
    schema.upgrade(engine, find_root=lambda _connection: root)

    for table in ("people", "person_invitations"):
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f"SELECT id, sealed_organ FROM {table}").all()  # noqa: S608
        found = {row: None if sealed is None else bytes(sealed) for row, sealed in rows}
        assert found["without"] is None
        opened = root.unwrap(found["with"], table=table, row="with", kind="organ")
        assert opened.decode() == ORGAN
    if engine.dialect.name == "sqlite":
        files = Path(engine.url.database).parent.glob(f"{Path(engine.url.database).name}*")
        assert not [each for each in files if ORGAN.encode() in each.read_bytes()]
    schema.downgrade(engine, "0023", find_root=lambda _connection: root)
    with engine.connect() as connection:
        back = connection.exec_driver_sql("SELECT organ FROM people WHERE id = 'with'").scalar()
    assert back == ORGAN
    engine.dispose()


def test_up_down_and_up_again_leaves_the_same_schema(address):
    engine = make_engine(address)
    schema.upgrade(engine)
    before = columns_of(engine)

    schema.downgrade(engine, "base")
    assert columns_of(engine) == {}
    schema.upgrade(engine)

    assert columns_of(engine) == before
    assert set(before) == set(Base.metadata.tables)
    engine.dispose()
