"""Alembic's environment: the project's own engine, one transaction for a whole upgrade."""

import sqlalchemy as sa
from alembic import context

from cooperation.core.db import Base, is_sqlite, make_engine
from cooperation.core.row_scope import MIGRATING, tell
from cooperation.web import slices

assert slices.BLUEPRINTS  # importing the slices fills the metadata


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite(connection),
        compare_type=True,
    )
    with context.begin_transaction():
        tell(connection, MIGRATING)
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.connect().execution_options(immediate=True) as fresh:
        run(fresh)
