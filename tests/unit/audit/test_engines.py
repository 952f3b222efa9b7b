"""What the log needs of the database itself, on SQLite and on PostgreSQL."""

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Actor, Institution, Role
from cooperation.audit import service
from cooperation.audit.queries import LogFilter
from cooperation.audit.service.entries import read_entries

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
AUDITOR = Actor("11111111-1111-4111-8111-111111111111", frozenset({Role.AUDITOR}), Institution.NONE)


def append(database, number):
    for _number in range(number):
        with database.writing() as session:
            service.record(
                session, actor=AUDITOR, action="part.saved", at=NOON, states=("KEN",), version=3
            )


def test_writers_side_by_side_number_without_gap_and_the_log_is_sound(each_database):
    threads = [threading.Thread(target=append, args=(each_database, 15)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with each_database.reading() as session:
        result = service.verify(session)
        assert (result.size, result.fault) == (60, None)
        assert service.log_state(session).root == result.root
        wanted = LogFilter(state_code="KEN", day=NOON.date())
        assert len(read_entries(session, actor=AUDITOR, wanted=wanted, limit=99)) == 60


@pytest.mark.parametrize(
    "statement", ["UPDATE log_entries SET action = 'x'", "DELETE FROM log_nodes"]
)
def test_tables_of_the_log_refuse_changes(each_database, statement):
    append(each_database, 2)

    with (
        each_database.writing() as session,
        pytest.raises(sa.exc.DatabaseError, match="append-only"),
    ):
        session.execute(sa.text(statement))
