"""What waits for the end of a transaction is done last in it, and never twice."""

import pytest
import sqlalchemy as sa

from cooperation.audit.models import LogNode
from cooperation.core.db import Database, commit, make_engine
from cooperation.core.last import Kind, WroteWhileReadingError, do_last, settle, take_works


@pytest.fixture
def words(sqlite_address):
    engine = make_engine(sqlite_address)
    database = Database(engine)
    with database.writing() as session:
        session.execute(sa.text("CREATE TABLE words (word TEXT)"))
    yield database
    engine.dispose()


def say(word):
    return lambda session: session.execute(sa.text("INSERT INTO words VALUES (:w)"), {"w": word})


def said(database):
    with database.reading() as session:
        return list(session.scalars(sa.text("SELECT word FROM words ORDER BY rowid")))


def test_a_session_without_a_kind_does_it_at_once(words):
    with words.writing() as session:
        do_last(session, say("entry"))
        say("act")(session)

    assert said(words) == ["entry", "act"]


def test_a_request_does_it_last_and_once(words):
    session = words.open(writing=True, kind=Kind.WRITING_LAST)
    do_last(session, say("first entry"))
    do_last(session, say("second entry"))
    say("act")(session)
    commit(session)
    session.close()

    assert said(words) == ["act", "first entry", "second entry"]


def test_who_looks_at_it_within_the_act_has_it_done_before(words):
    session = words.open(writing=True, kind=Kind.WRITING_LAST)
    do_last(session, say("entry"))
    settle(session)
    say("act")(session)
    commit(session)
    session.close()

    assert said(words) == ["entry", "act"]


def test_what_is_rolled_back_is_forgotten(words):
    session = words.open(writing=True, kind=Kind.WRITING_LAST)
    do_last(session, say("entry"))
    session.rollback()
    commit(session)
    session.close()

    assert said(words) == []


def test_a_session_that_only_reads_writes_nothing_itself(words):
    session = words.open(writing=False, kind=Kind.READING)
    do_last(session, say("entry"))
    settle(session)
    works = take_works(session)
    session.close()

    assert said(words) == []
    with words.writing() as other:
        for work in works:
            work(other)
    assert said(words) == ["entry"]


def add(session):
    session.add(LogNode(level=0, position=1, hash=b""))
    session.flush()


def change(session):
    session.get_one(LogNode, (0, 0)).hash = b"other"
    session.flush()


def delete(session):
    session.delete(session.get_one(LogNode, (0, 0)))
    session.flush()


def insert_by_statement(session):
    session.execute(sa.insert(LogNode).values(level=0, position=1, hash=b""))


def update_by_statement(session):
    session.execute(sa.update(LogNode).values(hash=b"other"))


def delete_by_statement(session):
    session.execute(sa.delete(LogNode.__table__))


@pytest.mark.parametrize(
    "write",
    [add, change, delete, insert_by_statement, update_by_statement, delete_by_statement],
    ids=lambda write: write.__name__,
)
def test_what_is_written_while_reading_is_a_fault_of_ours(each_database, write):
    with each_database.writing() as session:
        session.add(LogNode(level=0, position=0, hash=b"first"))
    session = each_database.open(writing=False, kind=Kind.READING)

    with pytest.raises(WroteWhileReadingError):
        write(session)
    session.rollback()
    session.close()


def test_what_is_read_and_left_as_it_was_is_no_fault(each_database):
    with each_database.writing() as session:
        session.add(LogNode(level=0, position=0, hash=b"first"))
    session = each_database.open(writing=False, kind=Kind.READING)

    node = session.get_one(LogNode, (0, 0))
    node.hash = b"first"
    session.flush()

    assert session.scalar(sa.select(sa.func.count()).select_from(LogNode)) == 1
    session.rollback()
    session.close()
