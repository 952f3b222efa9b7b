"""Row-level security alone: with the guard out of the way, the rows of another State are not there.

What is asked here goes to the database as the application's role, past services and queries.
"""
# ruff: noqa: S608 - the names are those of our own tables

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from cooperation.access.rows import RULES, scope_of_actor
from cooperation.access.rules import Actor, Institution, Role
from cooperation.circles.models import Bundle, Grant
from cooperation.circles.rules import ASSEMBLY, COURT, state_circle
from cooperation.core import row_security
from cooperation.core.append_only import PROTECTED
from cooperation.core.db import Base, Session, make_engine
from cooperation.core.row_scope import AT_THE_DOOR, COMMANDING, NOBODY, SENDING, RowScope, enter
from cooperation.core.row_security import RowSecurityMissing, require_in_force
from cooperation.core.wrapped import WrappedTable
from cooperation.notes_verbales import queries as notes
from cooperation.operation.rotation import TABLES
from cooperation.publication import queries as publication
from cooperation.responses import queries as responses
from cooperation.responses.models import Submission, SubmissionAnswer
from tests.fixtures.bound import APPLICATION, OWNER, BoundDatabase
from tests.fixtures.rehearsal import OTHER, OWN, Rehearsal

pytestmark = pytest.mark.xdist_group("rehearsal")

STRANGER = RowScope("state", OTHER, (state_circle(OTHER), ASSEMBLY))
AUDITOR = RowScope(institution="none")
FOR_ALL_READERS = {
    "published_answers",
    "published_files",
    "published_file_chunks",
    "membership_events",
    "edition_participants",
}
"""What is published, and facts of the register: every State reads every other's."""
ABOUT_ACCOUNTS = {"people", "person_invitations"}
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FACTS = {"membership_events", "edition_participants"}
PARENTS = {
    "draft_answers": "SELECT state_code FROM responses p WHERE p.id = t.response_id",
    "draft_answer_versions": "SELECT p.state_code FROM responses p JOIN draft_answers a"
    " ON a.response_id = p.id WHERE a.id = t.answer_id",
    "prepared_signings": "SELECT state_code FROM responses p WHERE p.id = t.response_id",
    "reopenings": "SELECT state_code FROM responses p WHERE p.id = t.response_id",
    "response_file_chunks": "SELECT state_code FROM response_files p WHERE p.id = t.file_id",
    "published_file_chunks": "SELECT state_code FROM published_files p WHERE p.id = t.file_id",
    "grants": "SELECT state FROM bundles p WHERE p.id = t.bundle_id",
}
"""How the State of a row is found where the table does not say it."""


def state_of(table: str) -> str:
    """Return the SQL of the State that a row `t` belongs to."""
    if table in PARENTS:
        return f"({PARENTS[table]})"
    return "t.state" if "state" in Base.metadata.tables[table].columns else "t.state_code"


@pytest.fixture(scope="module")
def bound(bound_rehearsal: Rehearsal, shared_bound_database: BoundDatabase) -> Iterator[sa.Engine]:
    """The database as the application reaches it."""
    engine = make_engine(shared_bound_database.application)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def above(bound_rehearsal: Rehearsal, shared_bound_database: BoundDatabase) -> Iterator[sa.Engine]:
    """The same database past every policy."""
    engine = make_engine(shared_bound_database.superuser)
    yield engine
    engine.dispose()


@contextmanager
def acting(engine: sa.Engine, scope: RowScope) -> Iterator[Session]:
    """Give a transaction in a scope; nothing that it writes stays."""
    with Session(engine) as session:
        enter(session, scope)
        yield session
        session.rollback()


def rows_of_others(session: Session, table: str) -> int:
    place = state_of(table)
    found = session.scalar(
        sa.text(f"SELECT count(*) FROM {table} t WHERE {place} IS NOT NULL AND {place} <> :own"),
        {"own": OTHER},
    )
    return found or 0


def count(session: Session, table: str) -> int:
    return session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


VALUES = {str: "x", bytes: b"x", int: 1, bool: False, datetime: NOW, date: NOW.date(), object: NOW}
"""Something for a column of each type; an instant of ours says that it is any object."""


def write_a_row_of_another(session: Session, table: sa.Table) -> None:
    """Write a row of State `OWN` where the rehearsal has made none."""
    session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    row = {column.name: VALUES[column.type.python_type] for column in table.columns}
    for key in table.foreign_keys:
        parent = key.column.table.name
        if parent in RULES and parent not in ABOUT_ACCOUNTS:
            row[key.parent.name] = session.scalar(
                sa.text(f"SELECT id FROM {parent} t WHERE {state_of(parent)} = :own LIMIT 1"),
                {"own": OWN},
            )
    session.execute(sa.insert(table), row | {"state_code": OWN} if "state_code" in row else row)


@pytest.mark.parametrize("table", sorted(RULES.keys() - FOR_ALL_READERS))
def test_state_finds_no_row_of_another_state(above: sa.Engine, table: str) -> None:
    with acting(above, NOBODY) as session:
        if not rows_of_others(session, table):
            write_a_row_of_another(session, Base.metadata.tables[table])
        there_are = rows_of_others(session, table)
        states = session.scalars(sa.text(f"SELECT {state_of(table)} FROM {table} t")).all()
        session.execute(sa.text(f"SET LOCAL ROLE {APPLICATION}"))
        enter(session, STRANGER)
        found = session.execute(sa.text(f"SELECT * FROM {table}")).all()

    assert there_are
    assert len(found) <= sum(state in {OTHER, None} for state in states)
    if table not in PARENTS:
        assert {row._mapping.get("state_code") for row in found} <= {OTHER, None}


@pytest.mark.parametrize("table", sorted(RULES))
def test_whoever_says_nothing_finds_nothing(bound: sa.Engine, table: str) -> None:
    with acting(bound, NOBODY) as session:
        assert count(session, table) == 0
    with acting(bound, SENDING) as session:
        assert count(session, table) == 0


@pytest.mark.parametrize("table", sorted(RULES.keys() - ABOUT_ACCOUNTS - FACTS))
def test_auditors_administrators_and_the_door_find_no_content(bound: sa.Engine, table: str) -> None:
    with acting(bound, AUDITOR) as session:
        assert count(session, table) == 0
    with acting(bound, AT_THE_DOOR) as session:
        assert count(session, table) == 0 or table == "addresses"
    with acting(bound, COMMANDING) as session:
        assert count(session, table) == 0 or table in {"addresses", "bundles", "grants"}


@pytest.mark.parametrize("table", sorted(RULES.keys() - PROTECTED))
def test_state_changes_no_row_of_another_state(bound: sa.Engine, table: str) -> None:
    column = next(iter(Base.metadata.tables[table].primary_key.columns)).name
    place = state_of(table)
    with acting(bound, STRANGER) as session:
        changed = session.execute(
            sa.text(f"UPDATE {table} t SET {column} = {column} RETURNING {place}")
        )
        assert set(changed.scalars()) <= {OTHER}


def test_the_door_destroys_a_file_that_was_removed_and_reaches_no_other(bound: sa.Engine) -> None:
    with acting(bound, STRANGER) as session:
        before = count(session, "response_files")
        file_id = session.scalar(sa.text("SELECT id FROM response_files LIMIT 1"))
        session.execute(
            sa.text("UPDATE response_files SET removed_at = now() WHERE id = :id"), {"id": file_id}
        )
        enter(session, AT_THE_DOOR)
        pieces = count(session, "response_file_chunks")
        session.execute(sa.text("DELETE FROM response_file_chunks"))
        found = session.scalars(sa.text("DELETE FROM response_files RETURNING id")).all()
        enter(session, STRANGER)

        assert pieces
        assert found == [file_id]
        assert count(session, "response_files") == before - 1


def test_state_writes_no_row_in_the_name_of_another(bound: sa.Engine) -> None:
    with acting(bound, STRANGER) as session:
        own = session.execute(sa.text("SELECT * FROM responses")).mappings().first()
        assert own is not None
        table = Base.metadata.tables["responses"]
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            session.execute(sa.insert(table), dict(own) | {"id": "new", "state_code": OWN})


def test_secretariat_finds_no_draft_and_the_court_only_what_was_given_to_it(
    bound: sa.Engine,
) -> None:
    with acting(bound, RowScope(institution="secretariat")) as session:
        assert count(session, "submission_answers")
        assert count(session, "draft_answers") == count(session, "draft_answer_versions") == 0
    with acting(bound, RowScope("court", circles=(COURT, ASSEMBLY))) as session:
        audiences = session.scalars(sa.select(SubmissionAnswer.audience).distinct())
        assert set(audiences) == {"restricted", "court"}
        kinds = set(session.scalars(sa.select(Bundle.kind).distinct()))
        assert kinds == {"submitted_restricted", "submitted_court", "published"}
    with acting(bound, RowScope(institution="co_facilitators")) as session:
        assert count(session, "published_answers")
        assert count(session, "submissions") == count(session, "submission_answers") == 0


def test_bundles_are_found_by_the_circles_of_a_person_and_nothing_else_is(
    bound: sa.Engine,
) -> None:
    """Somebody of a State who is also of a second circle meets what that one is a party of."""
    with acting(bound, RowScope("state", OTHER, (state_circle(OTHER), COURT))) as session:
        others = sa.select(Bundle.kind).where(Bundle.state == OWN).distinct()
        assert set(session.scalars(others)) == {"submitted_restricted", "submitted_court"}
        assert not rows_of_others(session, "submission_answers")
    with acting(bound, RowScope("state", OTHER)) as session:
        assert count(session, "bundles") == count(session, "grants") == 0


def test_queries_that_are_asked_for_another_state_find_nothing(
    bound: sa.Engine, bound_rehearsal: Rehearsal
) -> None:
    """As if a service had forgotten the guard and believed a State's code from the form."""
    edition = bound_rehearsal.meaning("edition_id", "open", "officer")
    batch = bound_rehearsal.meaning("batch_id", "sent", "officer")
    submission = bound_rehearsal.meaning("submission_id", "own", "officer")
    officer = Actor("an officer", frozenset({Role.OFFICER}), Institution.SECRETARIAT)

    with acting(bound, scope_of_actor(officer)) as session:
        assert responses.response_of(session, edition, OWN) is not None
        assert session.get(Submission, submission) is not None
        assert notes.dispatch_of(session, batch, OWN) is not None
    with acting(bound, STRANGER) as session:
        assert responses.response_of(session, edition, OWN) is None
        assert session.get(Submission, submission) is None
        assert responses.answer_rows(session, [submission]) == []
        assert notes.dispatch_of(session, batch, OWN) is None
        assert not publication.batches_holding(session, edition, OWN, "A-02")
        assert responses.response_of(session, edition, OTHER) is not None


def test_grants_of_another_states_bundles_are_not_there(bound: sa.Engine, above: sa.Engine) -> None:
    with acting(above, NOBODY) as session:
        others = session.scalars(sa.select(Bundle.id).where(Bundle.state == OWN)).all()
    with acting(bound, STRANGER) as session:
        assert others
        assert not session.scalars(sa.select(Grant.circle).where(Grant.bundle_id.in_(others))).all()


@pytest.mark.parametrize("table", sorted(PROTECTED))
def test_role_of_the_application_may_not_change_what_is_append_only(
    bound: sa.Engine, table: str
) -> None:
    column = next(iter(Base.metadata.tables[table].primary_key.columns)).name
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with (
            acting(bound, STRANGER) as session,
            pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
        ):
            session.execute(sa.text(statement))


def test_settings_of_one_transaction_are_gone_in_the_next(bound: sa.Engine) -> None:
    with bound.connect() as connection:
        with connection.begin(), Session(connection) as session:
            enter(session, STRANGER)
            assert count(session, "responses")
        with connection.begin():
            assert connection.exec_driver_sql("SELECT count(*) FROM responses").scalar() == 0


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("", ""),
        ("ALTER TABLE submissions NO FORCE ROW LEVEL SECURITY", "submissions"),
        ("ALTER TABLE submissions DISABLE ROW LEVEL SECURITY", "submissions"),
        ("DROP POLICY rows_read ON submissions", "submissions"),
        ("CREATE POLICY another ON submissions USING (true)", "submissions"),
        (f"GRANT UPDATE ON log_entries TO {APPLICATION}", "log_entries"),
        (f"ALTER ROLE {APPLICATION} BYPASSRLS", "not bound"),
        (f"GRANT {OWNER} TO {APPLICATION}", "owns"),
    ],
)
def test_start_is_refused_where_the_fence_has_a_hole(
    above: sa.Engine, damage: str, named: str
) -> None:
    with above.connect() as connection:
        if damage:
            connection.exec_driver_sql(damage)
        connection.exec_driver_sql(f"SET LOCAL ROLE {APPLICATION}")
        if not damage:
            require_in_force(connection, RULES, append_only=PROTECTED)
            return
        with pytest.raises(RowSecurityMissing) as refusal:
            require_in_force(connection, RULES, append_only=PROTECTED)
        assert named in str(refusal.value.sentence)


def test_policies_look_a_setting_up_once_in_a_statement(bound: sa.Engine) -> None:
    """So that the whole edition costs what it did: equality with a value known beforehand."""
    with acting(bound, STRANGER) as session:
        plan = "\n".join(
            session.scalars(sa.text("EXPLAIN (COSTS OFF) SELECT sealed FROM published_answers"))
        )

    assert "InitPlan" in plan
    assert row_security.setting("state") == "(SELECT current_setting('app.state', true))"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rotation_of_the_root_key_reaches_every_wrapped_row(
    bound: sa.Engine, above: sa.Engine, table: WrappedTable
) -> None:
    """A row that the command did not see would be lost when the old version is destroyed."""
    column = next(iter(table.kinds))
    with acting(above, NOBODY) as session:
        present = count(session, table.name)
    with acting(bound, COMMANDING) as session:
        assert count(session, table.name) == present
        changed = session.execute(
            sa.text(f"UPDATE {table.name} SET {column} = {column} RETURNING 1")
        )
        assert len(changed.all()) == present
