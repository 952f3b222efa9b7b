"""SQLite's lock to write, taken as late as an act lets it be.

SQLite has one writer at a time: a save that held the lock while it opened, merged and sealed kept
waiting whoever saves, of every State. Here the act reads without the lock. At its first statement
that may change something, or at `take_lock`, it ends its reading, takes the lock, and asks anew
under it everything that it has asked so far. Where every answer is the same, row for row, the act
goes on as if it had held the lock from its first question: what it asked is all that it knows of
the database, whether it decides on texts, on rights or on the end of a visit. Where one differs it
has written nothing and stops with `ChangedMeanwhileError`; whoever began it does it again, the lock
first. SQLite's own upgrade of a reading would stop at any commit of anybody, whatever it touched.

PostgreSQL locks rows, and the log's one lock is taken last (core.last): there nothing changes.
"""

from typing import Any

from sqlalchemy import event

from cooperation.core.db import Connection, Session, begin_immediate, is_sqlite

_KEY = "core.late"
_ASKING = "SELECT"


class ChangedMeanwhileError(RuntimeError):
    """Something that the act has read is not so any more; nothing was written."""


class _Reading:
    """What a transaction has asked, until it holds the lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: list[tuple[str, Any]] = []
        self._is_over = False
        event.listen(connection, "before_cursor_execute", self._note)

    def _note(
        self,
        connection: Connection,
        cursor: object,
        statement: str,
        parameters: Any,
        context: object,
        executemany: bool,
    ) -> None:
        del connection, cursor, context, executemany
        if self._is_over:
            return
        if statement.startswith(_ASKING):
            self._asked.append((statement, parameters))
        else:
            self.end()

    def end(self) -> None:
        """Take the lock; raises `ChangedMeanwhileError`."""
        if self._is_over:
            return
        self._is_over = True
        before = self._answers()
        self._connection.exec_driver_sql("ROLLBACK")
        begin_immediate(self._connection)
        if self._answers() != before:
            raise ChangedMeanwhileError

    def _answers(self) -> list[list[tuple[Any, ...]]]:
        cursor = self._connection.connection.cursor()
        try:
            return [
                cursor.execute(statement, parameters).fetchall()
                for statement, parameters in self._asked
            ]
        finally:
            cursor.close()


def lock_late(session: Session) -> None:
    """Let this session, which has only just begun to read, take the lock once it needs it."""
    connection = session.connection()
    if is_sqlite(connection):
        session.info[_KEY] = _Reading(connection)


def take_lock(session: Session) -> None:
    """Take the lock now, if the session is to take it late and has not yet; it may raise.

    Raises `ChangedMeanwhileError`.
    """
    reading: _Reading | None = session.info.get(_KEY)
    if reading is not None:
        reading.end()
