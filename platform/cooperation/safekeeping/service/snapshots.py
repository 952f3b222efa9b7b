"""Copies of a database that is in use: of one moment, and nobody waits for them.

SQLite by its backup interface, a few hundred pages at a step, inside one read transaction: in WAL
mode that pins the moment, and saves go on beside it. PostgreSQL by `pg_dump`, which reads the same
snapshot as the list of rows.
"""

import os
import shutil
import sqlite3
import subprocess  # nosec B404 - pg_dump and pg_restore, by fixed words
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from cooperation.core.db import Session, make_engine
from cooperation.core.errors import Broken
from cooperation.core.row_scope import MIGRATING, enter, tell
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.safekeeping.rules.manifest import LEFT_OUT

_PAGES = 256
_PAUSE = 0.001
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
_UNKNOWN_SETTING = "unrecognized configuration parameter"


class ToolFailedError(Broken):
    """`pg_dump` or `pg_restore` is missing, too old, or did not do it."""


@contextmanager
def copied(settings: Settings, target: Path) -> Iterator[sa.Connection]:
    """Copy the database to a file; give a connection that sees the same moment.

    Raises `ToolFailedError`.
    """
    address = sa.make_url(settings.owner_address)
    if address.get_backend_name() == "sqlite":
        copy_sqlite(Path(str(address.database)), target)
        with _reading(f"sqlite:///{target}") as connection:
            yield connection
        return
    with _reading(address, isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _dump(settings, address, target, str(snapshot))
        yield connection


@contextmanager
def _reading(address: str | sa.URL, isolation_level: str | None = None) -> Iterator[sa.Connection]:
    engine = make_engine(address)
    options = {"isolation_level": isolation_level} if isolation_level else {}
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            tell(connection, MIGRATING)
            yield connection
    finally:
        engine.dispose()


def session_on(connection: sa.Connection) -> Session:
    """Return a session that reads in the connection's own transaction, past the policies."""
    session = Session(connection)
    enter(session, MIGRATING)
    return session


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database that is in use, then empty the tables that no backup holds."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(source, isolation_level=None, timeout=5)) as here,
        closing(sqlite3.connect(target, isolation_level=None)) as there,
    ):
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        here.backup(there, pages=_PAGES, progress=lambda *_: time.sleep(_PAUSE))
        here.execute("ROLLBACK")
        there.execute("PRAGMA journal_mode=delete")
        there.execute("PRAGMA secure_delete=1")
        present = {row[0] for row in there.execute("SELECT name FROM sqlite_master")}
        for table in sorted(LEFT_OUT & present):
            there.execute(f"DELETE FROM {table}")  # noqa: S608  # nosec B608 - our own names
        there.execute("VACUUM")


def _dump(settings: Settings, address: sa.URL, target: Path, snapshot: str) -> None:
    left_out = [f"--exclude-table-data={table}" for table in sorted(LEFT_OUT)]
    words = ["--format=custom", "--compress=0", "--enable-row-security", "--no-owner"]
    words += ["--no-privileges", f"--snapshot={snapshot}", f"--file={target}", *left_out]
    target.touch(mode=0o600)
    _run(settings, address, "pg_dump", words)


def restore_dump(settings: Settings, address: sa.URL, source: Path) -> None:
    """Fill an empty database from a dump, all of it or nothing; raises `ToolFailedError`.

    A dump of a newer `pg_dump` sets parameters that an older server does not know; then it is read
    once more without the one transaction, and only that complaint is passed over. Whether all is
    there is told by the list of rows, not by the tool.
    """
    name = str(address.database)
    words = ["--no-owner", "--no-privileges", f"--dbname={name}"]
    try:
        _run(settings, address, "pg_restore", [*words, "--single-transaction", str(source)])
    except ToolFailedError as failure:
        if _UNKNOWN_SETTING not in str(failure):
            raise
        _run(settings, address, "pg_restore", [*words, str(source)], passes_over=_UNKNOWN_SETTING)


def _run(
    settings: Settings,
    address: sa.URL,
    tool: str,
    words: Sequence[str],
    *,
    passes_over: str | None = None,
) -> None:
    folder = settings.postgresql_tools
    program = shutil.which(tool, path=None if folder is None else str(folder))
    if program is None:
        raise ToolFailedError(
            _("%(tool)s is not found: set COOPERATION_POSTGRESQL_TOOLS to its folder.", tool=tool)
        )
    done = subprocess.run(  # noqa: S603  # nosec B603 - fixed words, no shell
        [program, *words],
        env=os.environ | _environment(address),
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stderr.splitlines() if " error: " in line]
    if done.returncode and passes_over and errors and all(passes_over in each for each in errors):
        return
    if done.returncode:
        said = (errors or done.stderr.splitlines() or [tool])[0]
        raise ToolFailedError(_("%(said)s%(hint)s", said=said, hint=_hint(done.stderr)))


def _hint(said: str) -> str:
    if "version" in said and ("mismatch" in said or "unsupported" in said):
        return " (COOPERATION_POSTGRESQL_TOOLS names the folder of a newer one)"
    return ""


def _environment(address: sa.URL) -> dict[str, str]:
    """Return the address as the tools read it; the password stands on no command line."""
    found = {
        "PGHOST": address.host,
        "PGPORT": str(address.port) if address.port else None,
        "PGUSER": address.username,
        "PGPASSWORD": None if address.password is None else str(address.password),
        "PGDATABASE": address.database,
    }
    found |= {
        _VARIABLES[name]: str(value) for name, value in address.query.items() if name in _VARIABLES
    }
    options = [os.environ.get("PGOPTIONS", ""), str(address.query.get("options", ""))]
    found["PGOPTIONS"] = " ".join([*filter(None, options), f"-c app.duty={MIGRATING.duty}"])
    return {name: value for name, value in found.items() if value}


def is_place_empty(address: str) -> bool:
    """Tell whether a database may be restored here: no file, or no table."""
    place = sa.make_url(address)
    if place.get_backend_name() == "sqlite":
        return not Path(str(place.database)).exists()
    engine = make_engine(place)
    try:
        with engine.connect() as connection:
            return not sa.inspect(connection).get_table_names()
    finally:
        engine.dispose()
