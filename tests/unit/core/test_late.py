"""A lock taken late: until then nobody waits, and what was read is as it was (SQLite)."""

import pytest
import sqlalchemy as sa

from cooperation.core.db import Database, commit, make_engine
from cooperation.core.late import ChangedMeanwhileError, lock_late, take_lock


@pytest.fixture
def words(sqlite_address):
    engine = make_engine(sqlite_address)
    database = Database(engine)
    with database.writing() as session:
        session.execute(sa.text("CREATE TABLE words (place INTEGER, word TEXT)"))
        session.execute(sa.text("CREATE TABLE others (word TEXT)"))
        session.execute(sa.text("INSERT INTO words VALUES (1, 'first')"))
    yield database
    engine.dispose()


@pytest.fixture
def late(words):
    session = words.open(writing=False)
    lock_late(session)
    yield session
    session.rollback()
    session.close()


def asked(session, least=1):
    statement = sa.text("SELECT word FROM words WHERE place >= :least")
    return list(session.scalars(statement, {"least": least}))


def meanwhile(database, statement):
    with database.writing() as session:
        session.execute(sa.text(statement))


def said(database):
    with database.reading() as session:
        return asked(session)


def test_colleagues_write_until_the_lock_is_taken_and_the_act_goes_on(words, late):
    assert asked(late) == ["first"]
    meanwhile(words, "INSERT INTO others VALUES ('of another State')")

    late.execute(sa.text("UPDATE words SET word = 'mine'"))
    commit(late)

    assert said(words) == ["mine"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE words SET word = 'theirs'",
        "INSERT INTO words VALUES (2, 'one more')",
        "DELETE FROM words",
    ],
)
def test_nothing_is_written_where_an_answer_would_be_another_one_now(words, late, change):
    asked(late)
    meanwhile(words, change)
    theirs = said(words)

    with pytest.raises(ChangedMeanwhileError):
        late.execute(sa.text("UPDATE words SET word = 'mine'"))
    late.rollback()

    assert said(words) == theirs


def test_rows_that_nobody_asked_for_may_change(words, late):
    assert asked(late, least=2) == []
    meanwhile(words, "UPDATE words SET word = 'theirs' WHERE place = 1")

    take_lock(late)

    assert asked(late) == ["theirs"]


def test_who_has_taken_the_lock_is_alone_until_the_end(words, late, monkeypatch):
    monkeypatch.setattr("cooperation.core.db.SECONDS_FOR_A_TURN", 0.05)
    asked(late)
    take_lock(late)

    with pytest.raises(sa.exc.OperationalError, match="locked"):
        meanwhile(words, "UPDATE words SET word = 'theirs'")
    late.execute(sa.text("UPDATE words SET word = 'mine'"))
    commit(late)

    assert said(words) == ["mine"]
