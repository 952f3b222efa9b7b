"""The schema's revisions: bring a database up to date, refuse one that is newer or unknown.

Design: reliability 4.2, rules 6 and 8. One transaction holds a whole upgrade on both engines: who
is interrupted at any statement finds the database as it was. A SQLite file is copied first.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from cooperation.core.damage import require_sound
from cooperation.core.db import Base, empty_log, is_sqlite
from cooperation.core.disk import force_to_disk
from cooperation.core.errors import Broken
from cooperation.core.failpoints import reach
from cooperation.core.text import _

SCRIPTS = Path(__file__).parents[3] / "migrations"
UNFINISHED = "restore_under_way"
"""The table that stands in a PostgreSQL database while a backup is restored into it."""
COPY = "before-upgrade.db"
"""The file beside a SQLite database that holds it as it was before its last upgrade."""

_SPARE = 16 * 1024 * 1024
_TAKE_TURN = f"SELECT pg_advisory_xact_lock({0x6D696772})"
"""PostgreSQL's lock that lets one upgrade, or one start, run at a time."""


class SchemaUnknownError(Broken):
    """The database has a revision that this version of the platform does not know."""

    sentence = _(
        "The database was written by another version of the platform: start that version, or put"
        " back the copy from before its upgrade."
    )


class SchemaOldError(Broken):
    """The database has not been brought up to date."""

    sentence = _("The database is older than this version: run `flask --app app init`.")


class RestoreUnfinishedError(Broken):
    """A restore into this database was interrupted; what it holds was not announced."""

    sentence = _(
        "A restore into this database was interrupted: drop it, make it anew, and restore again."
    )


class NoRoomForCopyError(Broken):
    """The disk cannot hold a copy of the database beside what the upgrade writes."""

    def __init__(self, missing: int) -> None:
        super().__init__(
            _(
                "There is no room for a copy of the database before its upgrade: %(number)s MB"
                " more are needed.",
                number=1 + missing // 1_000_000,
            )
        )


class BrokenReferencesError(Broken):
    """An upgrade would leave rows that refer to nothing; nothing of it was kept."""

    sentence = _("The upgrade was taken back: rows of the database would refer to nothing.")


class Wraps(Protocol):
    """What wraps a value for one column of one row."""

    def wrap(self, plaintext: bytes, *, table: str, row: str, kind: str) -> bytes:
        """Return the wrapped value."""


FindRoot = Callable[[Connection], Wraps]


def _config(connection: Connection, find_root: FindRoot | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    config.attributes["find_root"] = find_root
    return config


def head_revision() -> str:
    """Return the newest revision that this version knows."""
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def revision(engine: Engine) -> str | None:
    """Return the database's revision; nothing for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def revision_on(connection: Connection) -> str | None:
    """Return the revision that a connection sees."""
    return MigrationContext.configure(connection).get_current_revision()


def require_known(found: str) -> None:
    """Raise `SchemaUnknownError` for a revision that this version does not know."""
    _refuse_unknown(found)


def is_behind(engine: Engine) -> bool:
    """Tell whether the database holds something and lacks revisions.

    Refuses an unknown one, and a damaged one: no copy of it is kept.
    """
    require_sound(engine)
    found = revision(engine)
    _refuse_unknown(found)
    return found is not None and found != head_revision()


def upgrade(
    engine: Engine,
    target: str = "head",
    *,
    is_restoring: bool = False,
    find_root: FindRoot | None = None,
) -> None:
    """Bring the database to `target`, all of it or nothing.

    `find_root` is asked where a revision has something to wrap that stood in the clear.

    Raises `DatabaseDamagedError`, `SchemaUnknownError` and `RestoreUnfinishedError` before it
    touches anything.
    """
    if not is_restoring:
        require_sound(engine)
        _refuse_unfinished(engine)
    _refuse_unknown(revision(engine))
    with _one_transaction(engine) as connection:
        command.upgrade(_config(connection, find_root), target)
    if is_sqlite(engine):
        empty_log(engine)  # what stood in the clear stands in it until then
    reach("migrate.committed")


def take_turn(connection: Connection) -> None:
    """Wait until no other process upgrades or sets up the database; SQLite has one writer."""
    if not is_sqlite(connection):
        connection.exec_driver_sql(_TAKE_TURN)


def downgrade(engine: Engine, target: str, *, find_root: FindRoot | None = None) -> None:
    """Take the database back to `target` (`base` for an empty one); for tests of the migrations."""
    with _one_transaction(engine) as connection:
        command.downgrade(_config(connection, find_root), target)


@contextmanager
def _one_transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection within a transaction that Alembic does not end; one upgrade at a time.

    Left to itself Alembic commits each revision on SQLite, whose upgrade then ends between two.
    """
    with (
        engine.connect().execution_options(immediate=True) as connection,
        _references_unwatched(connection),
        connection.begin(),
    ):
        event.listen(connection, "after_cursor_execute", lambda *_: reach("migrate.statement"))
        take_turn(connection)
        yield connection
        if is_sqlite(engine) and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise BrokenReferencesError


@contextmanager
def _references_unwatched(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table that others refer to; they are looked at before the commit."""
    if not is_sqlite(connection):
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=0")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=1")
        cursor.close()


def keep_copy(engine: Engine) -> Path:
    """Copy a SQLite database beside itself, readable by its owner alone; return where it is.

    The copy of an earlier upgrade is replaced once the new one is whole. Raises
    `NoRoomForCopyError`.
    """
    source = Path(str(engine.url.database))
    _require_room(source)
    copy, fresh = source.with_name(COPY), source.with_name(f"{COPY}.part")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(fresh)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=delete")
    force_to_disk(fresh)
    fresh.replace(copy)
    force_to_disk(copy.parent)
    reach("migrate.copied")
    return copy


def _require_room(source: Path) -> None:
    """An upgrade writes at most the whole database once more, into the write-ahead log."""
    size = sum(each.stat().st_size for each in source.parent.glob(f"{source.name}*"))
    missing = 2 * size + _SPARE - shutil.disk_usage(source.parent).free
    if missing > 0:
        raise NoRoomForCopyError(missing)


def require_current(engine: Engine) -> None:
    """Let pass a database that is whole and up to date.

    Raises `DatabaseDamagedError`, `SchemaOldError`, `SchemaUnknownError`.
    """
    require_sound(engine)
    _refuse_unfinished(engine)
    found = revision(engine)
    _refuse_unknown(found)
    if found != head_revision():
        raise SchemaOldError


def differences(engine: Engine) -> list[str]:
    """Return what the models and the database's tables differ in, one line each."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def _refuse_unfinished(engine: Engine) -> None:
    if is_sqlite(engine):
        return  # a file is restored aside and renamed
    with engine.connect() as connection:
        if connection.dialect.has_table(connection, UNFINISHED):
            raise RestoreUnfinishedError


def _refuse_unknown(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaUnknownError
