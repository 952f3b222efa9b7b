import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cooperation.audit import service
from cooperation.audit.service.entries import UnknownActionError
from cooperation.core.requests import request_id
from cooperation.vault.merkle import EMPTY_ROOT, leaf_hash, node_hash

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def _split_root(leaves):
    """RFC 6962 by the letter: the largest power of two below the number of leaves, recursively."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(_split_root(leaves[:half]), _split_root(leaves[half:]))


def _canonicals(session):
    return [
        row[0] for row in session.execute(sa.text("SELECT canonical FROM log_entries ORDER BY seq"))
    ]


def test_root_agrees_with_the_recursive_definition_at_every_size(database, actor):
    with database.writing() as session:
        assert service.log_state(session).root == EMPTY_ROOT
        for number in range(40):
            service.record(session, actor=actor, action="edition.opened", at=NOON)
            state = service.log_state(session)

            leaves = [leaf_hash(bytes(entry)) for entry in _canonicals(session)]
            assert state.size == number + 1
            assert state.root == _split_root(leaves)
        for size in range(41):
            assert service.root_at(session, size) == _split_root(leaves[:size])


def test_entry_is_canonical_json_without_names(database, actor):
    request_id.set("-")

    with database.writing() as session:
        service.record(
            session,
            actor=actor,
            action="submission.read",
            at=NOON,
            edition="2026",
            states=("KEN", "FRA", "KEN"),
            questions="all",
            commitment=b"\x01\x02",
        )

        text = _canonicals(session)[service.number_of_last(session)].decode()

    assert text == (
        '{"action":"submission.read","actor":"11111111-1111-4111-8111-111111111111",'
        '"at":"2026-11-22T12:00:00.123Z","commitment":"0102","institution":"secretariat",'
        '"request_id":"-","role":"head","scope":{"edition":"2026","questions":"all",'
        '"states":["FRA","KEN"],"submission":null},"seq":0,"statement":null,"subject":null,'
        '"version":null}'
    )


def test_unknown_action_is_refused(database, actor):
    with database.writing() as session, pytest.raises(UnknownActionError):
        service.record(session, actor=actor, action="edition.painted", at=NOON)


def test_entry_disappears_with_the_act_that_fails(database, actor):
    def act_and_fail():
        with database.writing() as session:
            service.record(session, actor=actor, action="edition.opened", at=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()

    with database.reading() as session:
        assert service.log_state(session).size == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entries SET actor = 'x' WHERE seq = 3",
        "DELETE FROM log_entries WHERE seq = 3",
        "UPDATE log_nodes SET hash = x'00' WHERE level = 0",
        "DELETE FROM log_nodes",
    ],
)
def test_database_refuses_to_change_the_log(filled, statement):
    with filled.writing() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.text(statement))


def test_act_of_the_server_is_named_system(database):
    with database.writing() as session:
        service.record(session, actor=None, action="register.loaded", at=NOON)

        entry = service.entries_for(session, action="register.loaded")[0]

    assert (entry.actor, entry.role, entry.institution) == ("system", "system", "system")


def test_statements_are_found_by_hash_and_by_number(database, actor):
    with database.writing() as session:
        service.record(session, actor=actor, action="edition.opened", at=NOON)
        service.record(session, actor=actor, action="person.invited", at=NOON, statement=b"a" * 32)
        first = service.number_of_last(session)
        service.record(session, actor=actor, action="circle.founded", at=NOON, statement=b"b" * 32)
        second = service.number_of_last(session)

        found = service.entries_for(session, statement=b"b" * 32)
        all_of_them = service.statement_entries(session)
        later = service.statement_entries(session, after=first)

    assert [entry.seq for entry in found] == [second]
    assert [entry.seq for entry in all_of_them] == [first, second]
    assert [entry.seq for entry in later] == [second]


def test_two_writers_number_one_after_the_other(filled, actor):
    with filled.writing() as session:
        service.record(session, actor=actor, action="edition.opened", at=NOON)
        with (
            closing(sqlite3.connect(filled.engine.url.database, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")

    with filled.reading() as session:
        assert service.verify(session).is_sound
