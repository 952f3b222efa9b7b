import json
import sqlite3
import tracemalloc
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cooperation.audit import service
from cooperation.audit.models import LogEntry, LogNode
from cooperation.audit.queries import entries, scope_text
from cooperation.audit.rules import FaultKind, Frontier
from cooperation.vault.merkle import leaf_hash

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def tamper(database, *statements):
    """Do what an intruder with the database file can do, the triggers removed first."""
    database.engine.dispose()
    with closing(sqlite3.connect(database.engine.url.database)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement, *values in statements:
            connection.execute(statement, values)
        connection.commit()


def fault_of(database):
    with database.reading() as session:
        return service.verify(session).fault


def copy_as(seq, number):
    """Return the statement that inserts a copy of entry `seq` under `number`."""
    columns = (
        "at, actor, role, institution, action, request_id, edition, states, questions, submission,"
        " version, commitment, statement, subject"
    )
    return (
        f"INSERT INTO log_entries (seq, {columns}, canonical)"  # noqa: S608
        f" SELECT ?, {columns}, replace(canonical, 'edition.prepared', 'edition.forged')"
        " FROM log_entries WHERE seq = ?",
        number,
        seq,
    )


def test_untouched_log_is_sound(filled):
    with filled.reading() as session:
        result = service.verify(session)
        state = service.log_state(session)

    assert result.is_sound
    assert (result.size, result.root) == (state.size, state.root)


@pytest.mark.parametrize("seq", [0, 5, 10])
@pytest.mark.parametrize("column", ["actor", "action", "edition", "institution", "states"])
def test_changed_column_is_named(filled, seq, column):
    change = f"UPDATE log_entries SET {column} = '\"all\"' WHERE seq = ?"  # noqa: S608
    tamper(filled, (change, seq))

    fault = fault_of(filled)

    assert (fault.kind, fault.seq, fault.last) == (FaultKind.CHANGED, seq, seq)


@pytest.mark.parametrize(
    "change", ["at = 'yesterday'", "states = 'KEN'", "commitment = 'text'", "canonical = 'text'"]
)
def test_unreadable_column_is_named(filled, change):
    tamper(filled, (f"UPDATE log_entries SET {change} WHERE seq = 7",))  # noqa: S608

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.CHANGED, 7)


def test_entry_changed_with_its_bytes_is_named(filled):
    tamper(
        filled,
        (
            "UPDATE log_entries SET edition = '1999',"
            " canonical = CAST(replace(canonical, '2005', '1999') AS BLOB) WHERE seq = 5",
        ),
    )

    fault = fault_of(filled)

    assert (fault.kind, fault.seq, fault.last) == (FaultKind.CHANGED, 5, 5)


def test_entry_and_leaf_forged_together_are_narrowed_to_a_pair(filled):
    with filled.reading() as session:
        entry = service.entries_for(session, edition="2005")[0]
    members = json.loads(entry.canonical())
    members["scope"]["edition"] = "1999"
    forged = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    tamper(
        filled,
        ("UPDATE log_entries SET edition = '1999', canonical = ? WHERE seq = 5", forged),
        ("UPDATE log_nodes SET hash = ? WHERE level = 0 AND position = 5", leaf_hash(forged)),
    )

    fault = fault_of(filled)

    assert (fault.kind, fault.seq, fault.last) == (FaultKind.CHANGED, 4, 5)


@pytest.mark.parametrize("seq", [0, 4, 10])
def test_deleted_entry_is_named(filled, seq):
    tamper(filled, ("DELETE FROM log_entries WHERE seq = ?", seq))

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.DELETED, seq)


def test_deleted_entry_is_named_even_when_the_rest_moves_up(filled):
    moves = [("UPDATE log_entries SET seq = ? WHERE seq = ?", n - 1, n) for n in range(5, 11)]
    tamper(filled, ("DELETE FROM log_entries WHERE seq = 4",), *moves)

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.DELETED, 4)


def test_entry_cut_with_its_leaf_is_named(filled):
    tamper(
        filled,
        ("DELETE FROM log_entries WHERE seq > 6",),
        ("DELETE FROM log_nodes WHERE level = 0 AND position > 6",),
    )

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.DELETED, 7)


def test_entry_added_at_the_end_is_named(filled):
    tamper(filled, copy_as(3, 11))

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.INSERTED, 11)


def test_entry_inserted_in_the_middle_is_named(filled):
    moves = [
        ("UPDATE log_entries SET seq = ? WHERE seq = ?", n + 1, n) for n in reversed(range(4, 11))
    ]
    tamper(filled, *moves, copy_as(3, 4))

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.INSERTED, 4)


def test_swapped_entries_are_named(filled):
    tamper(
        filled,
        ("UPDATE log_entries SET seq = 99 WHERE seq = 2",),
        ("UPDATE log_entries SET seq = 2 WHERE seq = 8",),
        ("UPDATE log_entries SET seq = 8 WHERE seq = 99",),
    )

    fault = fault_of(filled)

    assert (fault.kind, fault.seq) == (FaultKind.REORDERED, 2)


def test_forged_sub_tree_is_named(filled):
    tamper(filled, ("UPDATE log_nodes SET hash = x'00' WHERE level = 2 AND position = 1",))

    fault = fault_of(filled)

    assert (fault.kind, fault.seq, fault.last) == (FaultKind.CHANGED, 4, 7)


def test_cut_log_has_no_root_for_the_size_somebody_kept(filled):
    tamper(filled, ("DELETE FROM log_nodes WHERE position >= 8 AND level = 0",))

    with filled.reading() as session, pytest.raises(service.LogBrokenError):
        service.root_at(session, 11)


def test_nothing_is_written_after_a_cut_tree(filled, actor):
    tamper(filled, ("DELETE FROM log_nodes WHERE level = 0 AND position = 10",))

    with filled.writing() as session, pytest.raises(service.LogBrokenError):
        service.record(session, actor=actor, action="edition.opened", at=NOON)


def long_log(database, entries):
    """Write entries and their tree at once, each entry as its columns say."""
    with database.reading() as session:
        first = service.entries_for(session)[0]
    tree, rows, nodes = Frontier(), [], []
    for seq in range(entries):
        entry = replace(first, seq=seq)
        scopes = {"states": scope_text(entry.states), "questions": scope_text(entry.questions)}
        rows.append(vars(entry) | scopes | {"canonical": entry.canonical()})
        completed = tree.add(leaf_hash(entry.canonical()))
        nodes += [dict(zip(("level", "position", "hash"), each, strict=True)) for each in completed]
    with database.writing() as session:
        session.execute(sa.insert(LogEntry), rows[11:])
        places = session.execute(sa.select(LogNode.level, LogNode.position))
        known = {(level, position) for level, position in places}
        session.execute(
            sa.insert(LogNode),
            [each for each in nodes if (each["level"], each["position"]) not in known],
        )


@pytest.fixture
def same(database, actor):
    """A log of eleven entries that say the same."""
    with database.writing() as session:
        for _number in range(11):
            service.record(session, actor=actor, action="edition.prepared", at=NOON)
    return database


def test_memory_does_not_grow_with_the_log(same, monkeypatch):
    """Nothing is kept of what was looked at; rows are held by the ten."""
    monkeypatch.setattr(entries, "AT_ONCE", 10)
    peaks = []
    for number in (300, 1_500):
        long_log(same, number)
        with same.reading() as session:
            service.verify(session)  # what is made once
            tracemalloc.start()
            result = service.verify(session)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert (result.size, result.fault) == (number, None)
        tamper(same, ("DELETE FROM log_entries WHERE seq > 10",), DELETE_ABOVE)

    assert peaks[1] < 1.3 * peaks[0]


DELETE_ABOVE = ("DELETE FROM log_nodes WHERE (position + 1) * (1 << level) > 11",)


@pytest.mark.parametrize(
    ("change", "kind", "seq", "last"),
    [
        ("UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 2", "c", 4, 5),
        ("UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 3", "c", 0, 7),
        ("UPDATE log_nodes SET hash = zeroblob(32) WHERE level > 0", "c", 0, 1),
        ("DELETE FROM log_nodes WHERE level = 2 AND position = 1", "c", 4, 7),
        ("DELETE FROM log_nodes WHERE level = 3", "c", 0, 7),
        ("INSERT INTO log_nodes VALUES (4, 0, zeroblob(32))", "d", 11, 11),
        ("INSERT INTO log_nodes VALUES (1, 5, zeroblob(32))", "d", 11, 11),
        ("INSERT INTO log_nodes VALUES (1, -1, zeroblob(32))", "d", 11, 11),
        ("INSERT INTO log_nodes VALUES (1, 'x', zeroblob(32))", "d", 11, 11),
        ("DELETE FROM log_nodes WHERE level = 0 AND position = 5", "i", 5, 5),
    ],
)
def test_a_changed_tree_is_named(filled, change, kind, seq, last):
    tamper(filled, (change,))
    kinds = {"c": FaultKind.CHANGED, "d": FaultKind.DELETED, "i": FaultKind.INSERTED}

    fault = fault_of(filled)

    assert (fault.kind, fault.seq, fault.last) == (kinds[kind], seq, last)
