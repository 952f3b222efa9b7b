"""A damaged database, known as such wherever it shows.

Both engines tell damage with the error of the page that is asked for, wherever that happens to be.
It becomes one kind of failure, of the kind that every caller expects of a database; and commands
and starts ask for the whole file first, so that nothing is built on half of it.
"""

import sqlite3

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError

ENGINE_FAILURES = (DBAPIError, sqlite3.Error)
"""What an engine or its driver raises by itself."""
_DAMAGED = "The database is damaged. Stop the server; docs/operations.md says how to go on."
_AWAY = "Setting database_url: the database cannot be reached, or refuses us."
_ON_SQLITE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_ON_POSTGRESQL = frozenset({"XX001", "XX002"})
"""data_corrupted, index_corrupted."""


class DatabaseDamagedError(OperationalError):
    """A page of the database is not what was written to it."""

    def __init__(self, failure: BaseException) -> None:
        super().__init__(None, None, failure)


def is_damage(failure: BaseException | None) -> bool:
    """Tell whether a driver's failure says that the database is damaged."""
    code = getattr(failure, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _ON_SQLITE  # the rest of the code says where
    return getattr(failure, "sqlstate", None) in _ON_POSTGRESQL


def line_of(failure: BaseException) -> str:
    """Return what one of `ENGINE_FAILURES` says to whoever runs a command."""
    return _DAMAGED if isinstance(failure, DatabaseDamagedError) or is_damage(failure) else _AWAY


def name_damage(engine: Engine) -> None:
    """Let every damage that this engine meets be a `DatabaseDamagedError`."""

    def on_error(context: ExceptionContext) -> BaseException | None:
        failure = context.original_exception
        return DatabaseDamagedError(failure) if is_damage(failure) else None

    event.listen(engine, "handle_error", on_error)


def require_sound(engine: Engine) -> None:
    """Read a SQLite file through; raises `DatabaseDamagedError`.

    A tenth of a second for 30 MB. PostgreSQL looks at each page as it reads it.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise DatabaseDamagedError(sqlite3.DatabaseError(str(found)))


def failed_checksums(engine: Engine) -> int:
    """Return how many pages of a PostgreSQL database did not pass their checksum when read."""
    if engine.dialect.name == "sqlite":
        return 0
    with engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
            )
        ).scalar()
    return int(found or 0)  # none where the server keeps no checksums
