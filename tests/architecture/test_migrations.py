"""Migrations: one line without gaps, equal to the models, the same up, down and up again."""

import re

import sqlalchemy as sa

from cooperation.core import schema
from cooperation.core.db import Base, make_engine
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
