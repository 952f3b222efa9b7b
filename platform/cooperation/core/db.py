"""Engine, base class and sessions, the same on SQLite and PostgreSQL.

SQLite's driver defaults lose updates silently; every connection gets the settings below and is
asked whether it took them (design: stack, "SQLite"; reliability 4.2, rule 8). Writing transactions
begin IMMEDIATE, so that two writers wait instead of failing half way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.engine import Engine as Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from cooperation.core.damage import name_damage
from cooperation.core.errors import Broken
from cooperation.core.failpoints import reach
from cooperation.core.last import Kind, mark
from cooperation.core.row_scope import NOBODY, RowScope, enter
from cooperation.core.text import _

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

DatabaseFailedError = OperationalError
"""The engine's own failure; the shell asks `is_busy` whether waiting helps."""
RuleBrokenError = IntegrityError
"""A row breaks a rule of its table; the shell asks `is_clash` whether somebody else was first."""
StaleRowError = StaleDataError
"""Somebody saved a newer version of the row meanwhile (`version_id_col`)."""

SQLITE_SETTINGS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": 5000,
}

SECONDS_FOR_A_TURN = 5.0
SECONDS_BETWEEN_TRIES = 0.003
SQLITE_CACHE_KIB = 512
"""The page cache of each connection; more made no read faster, and there are ten connections."""


class Base(DeclarativeBase):
    """The base of every table; constraints get names, so that migrations can drop them."""

    metadata = sa.MetaData(naming_convention=NAMING)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite keeps it naive, PostgreSQL with its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the engine stores; a naive one is a programming error."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every stored instant its zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """Read SQLite's text in one step: whole editions have ten thousand instants."""
        if dialect.name == "sqlite" and type(self) is UtcDateTime:
            return _instant_of_text
        return super().result_processor(dialect, coltype)


def _instant_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class SettingRefusedError(Broken):
    """A new SQLite connection did not take one of the settings that durability rests on."""


def connection_settings(cursor: sa.engine.interfaces.DBAPICursor) -> dict[str, str | int]:
    """Return what this SQLite connection says of the settings in `SQLITE_SETTINGS`."""
    found: dict[str, str | int] = {}
    for name in SQLITE_SETTINGS:
        cursor.execute(f"PRAGMA {name}")
        row = cursor.fetchone()
        found[name] = row[0] if row else ""
    return found


def _prepare_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in SQLITE_SETTINGS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KIB}")
    found = connection_settings(cursor)
    cursor.close()
    if found != SQLITE_SETTINGS:
        raise SettingRefusedError(_("A database connection refused its safety settings."))


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate", False):
        begin_immediate(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def begin_immediate(connection: Connection) -> None:
    """Wait for the turn to write, asking every few milliseconds.

    SQLite's own waiting sleeps longer and longer, up to 100 ms: at a deadline the writers slept
    while nobody wrote, and who had waited longest was asked last.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    until = monotonic() + SECONDS_FOR_A_TURN
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as failure:
                if not is_busy(failure) or monotonic() > until:
                    raise
                sleep(SECONDS_BETWEEN_TRIES)
            else:
                return
    finally:
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_SETTINGS['busy_timeout']}")
        cursor.close()


def has_earlier_transactions(session: Session, moment: datetime) -> bool:
    """Tell whether another transaction that began before `moment` is still under way.

    `moment` is the database's own, of `database_moment`. SQLite has one writer at a time: whoever
    has the turn to write knows that nobody else is half way.
    """
    if is_sqlite(session.get_bind()):
        return False
    found = session.execute(
        sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start < :moment"
        ),
        {"moment": moment},
    )
    return bool(found.scalar_one())


def database_moment(session: Session) -> datetime:
    """Return the database server's clock as it is now, within a transaction too."""
    if is_sqlite(session.get_bind()):
        return datetime.now(UTC)
    moment: datetime = session.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return moment


def is_busy(error: DatabaseFailedError) -> bool:
    """Tell whether the database only had to wait too long for another writer."""
    words = str(error.orig).lower()
    return any(word in words for word in ("locked", "busy", "timeout", "deadlock"))


_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
"""SQLite's names for a disk without space; the second where its shared memory cannot grow."""
_FULL_ON_POSTGRESQL = "53100"


def is_full(error: DatabaseFailedError) -> bool:
    """Tell whether the database's disk has no space left: nothing of the transaction is kept."""
    if getattr(error.orig, "sqlite_errorname", "") in _FULL:
        return True
    return getattr(error.orig, "sqlstate", None) == _FULL_ON_POSTGRESQL


_TAKEN = frozenset({"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_TAKEN_ON_POSTGRESQL = "23505"


def is_clash(error: RuleBrokenError) -> bool:
    """Tell whether the row was there already: somebody did the same at the same moment."""
    if getattr(error.orig, "sqlite_errorname", "") in _TAKEN:
        return True
    return getattr(error.orig, "sqlstate", None) == _TAKEN_ON_POSTGRESQL


def is_sqlite(bind: Engine | Connection) -> bool:
    """Tell whether the engine behind `bind` is SQLite."""
    return bind.dialect.name == "sqlite"


def user_of(address: str) -> str | None:
    """Return the role that an address of a database names."""
    return make_url(address).username


def make_engine(url: str | URL) -> Engine:
    """Return an engine for `url` with the project's settings on every connection.

    Raises `SettingRefusedError` at the first connection that does not take them.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, pool_pre_ping=True, isolation_level="READ COMMITTED")
        name_damage(engine)
        return engine
    engine = sa.create_engine(parsed, connect_args={"timeout": 5, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    name_damage(engine)
    return engine


_DESTROYED = "core.destroyed"
_CHECKPOINT_WAIT = 200  # milliseconds
_to_empty: WeakSet[Engine] = WeakSet()
"""Engines whose write-ahead log holds what was destroyed, because a reader was in the way."""


def note_destruction(session: Session) -> None:
    """Have SQLite's write-ahead log emptied once this transaction is committed.

    What was deleted or overwritten stands in it, and in the file behind it, until then (design:
    vault.md, Plaintext beside the vault).
    """
    session.info[_DESTROYED] = True


@event.listens_for(Session, "after_commit")
def _empty_log_if_due(session: Session) -> None:
    engine = session.get_bind().engine
    if session.info.pop(_DESTROYED, False) and is_sqlite(engine):
        _to_empty.add(engine)
    if engine in _to_empty and empty_log(engine):
        _to_empty.discard(engine)


def empty_log(engine: Engine) -> bool:
    """Write the log's pages home and cut it to nothing; return False where a reader prevents it."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_CHECKPOINT_WAIT}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_SETTINGS['busy_timeout']}")
        cursor.close()
    finally:
        connection.close()
    return row is not None and row[0] == 0


def driver_rows(session: Session, statement: sa.Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows as the driver gives them, for whole editions of ten thousand.

    Nothing converts what is read: text, bytes and whole numbers are what they are, an instant goes
    through `driver_instant`.
    """
    session.flush()
    with session.connection().execute(statement) as result:
        cursor = result.cursor
        return [] if cursor is None else list(cursor.fetchall())


def driver_instant(value: str | datetime | None) -> datetime | None:
    """Return an instant that `driver_rows` gave as the driver does: SQLite's is a text."""
    return value.astimezone(UTC) if isinstance(value, datetime) else _instant_of_text(value)


def commit(session: Session) -> None:
    """Commit an act's transaction; nobody is told of the act before this has returned."""
    reach("transaction.complete")
    session.commit()
    reach("transaction.committed")


class Database:
    """The engine, in whose name sessions begin (row-level security), the two ways to open one."""

    def __init__(self, engine: Engine, scope: RowScope = NOBODY) -> None:
        self.engine = engine
        self.scope = scope

    def in_scope(self, scope: RowScope) -> "Database":
        """Return the same database with sessions that begin in another scope."""
        return Database(self.engine, scope)

    def open(self, *, writing: bool, kind: Kind | None = None) -> Session:
        """Return a new session whose transaction is IMMEDIATE on SQLite when `writing`.

        `kind` says what it does last (core.last).
        """
        session = Session(self.engine, expire_on_commit=False, autoflush=True)
        enter(session, self.scope)
        if kind is not None:
            mark(session, kind)
        session.connection(execution_options={"immediate": writing})
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for reading; whatever it holds is rolled back."""
        session = self.open(writing=False)
        try:
            yield session
        finally:
            session.rollback()
            session.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session for writing; commit at the end, roll back on any error."""
        session = self.open(writing=True)
        try:
            yield session
            commit(session)
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()
