"""Who can write to the database appends signed statements of the past: nothing comes of it.

Played on a served instance: two heads make an officer head and take it back, somebody appends what
they signed once more. The vault's own rules are in tests/unit/vault/test_old_statements.py.
"""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from cooperation.access.rules import Role
from cooperation.circles import service as circles
from cooperation.core.clock import FixedClock
from cooperation.core.db import RuleBrokenError
from cooperation.core.schema import head_revision
from cooperation.operation.commands import audit_verify
from cooperation.operation.doctor import UnwellError, directory_finding, examine
from cooperation.operation.founding import found
from tests.fixtures.instance import settings_of_test
from tests.fixtures.landed import unpack
from tests.fixtures.old_statements import (
    append_again,
    drop_the_index,
    size_of,
    statements_from,
)

HEADS_ONLY = "/set-up"


@pytest.fixture
def heads(world):
    """Two heads and an officer, after the founding."""
    found = (
        world.person(Role.HEAD),
        world.person(Role.HEAD, number=2),
        world.person(Role.OFFICER),
    )
    circles.end_founding(world.context_of(found[0]))
    world.commit()
    return found


@pytest.fixture
def raised(world, heads):
    """The statements that made the officer head, with which she was one for a day."""
    start = size_of(world.database)
    grant(world, heads, Role.HEAD)
    world.commit()
    with world.database.reading() as session:
        signed = statements_from(session, start)
    world.clock.move(timedelta(days=1))
    grant(world, heads, Role.OFFICER)
    world.commit()
    world.clock.move(timedelta(days=1))
    return signed


def grant(world, heads, role):
    first, second, officer = heads
    subject = circles.set_roles(
        world.context_of(first), person_id=officer.person_id, roles=frozenset({role})
    )
    circles.sign_second(world.context_of(second), subject=subject, subject_id=officer.person_id)


def roles(world, person):
    world.roll_back()
    found = circles.roles_of(world.session, person.person_id)
    world.roll_back()
    return found


def finding(world):
    with world.database.reading() as session:
        return directory_finding(session)


def test_two_heads_make_a_head_and_take_it_back(world, heads, raised):
    assert [action for action, *_signed in raised] == ["role.proposed", "grant.confirmed"]
    assert roles(world, heads[2]) == {Role.OFFICER}
    assert finding(world).endswith("statements")


def test_the_database_refuses_a_hash_that_stands_in_its_log(world, raised):
    with world.database.writing() as session, pytest.raises(RuleBrokenError):
        append_again(session, raised)


@pytest.mark.parametrize("is_restarted", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("dated", ["as it was", "now"])
def test_old_statements_that_are_appended_make_nobody_head_and_are_seen(
    world, heads, raised, dated, is_restarted
):
    officer = world.visitor(heads[2])
    drop_the_index(world.database)
    with world.database.writing() as session:
        places = append_again(session, raised, at=None if dated == "as it was" else world.now)
    if is_restarted:
        circles.forget_verified()

    assert roles(world, heads[2]) == {Role.OFFICER}
    assert officer.get(HEADS_ONLY).status == 403
    for seen in (lambda: finding(world), lambda: said_by_the_command(world)):
        with pytest.raises(UnwellError, match=f"without effect: 2, .* entry {places[0]}\\."):
            seen()


def said_by_the_command(world):
    """Call the command; raise what it says of statements."""
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (head_revision(),))
    carrier = Flask("commands")
    carrier.config |= {"SETTINGS": world.settings, "CLOCK": world.clock}
    with carrier.app_context():
        said = CliRunner().invoke(audit_verify)
    assert said.exit_code == 1
    raise UnwellError(said.output.strip().splitlines()[-1])


def test_the_doctor_has_a_line_for_statements(world, raised):
    drop_the_index(world.database)
    with world.database.writing() as session:
        append_again(session, raised)

    (line,) = [each for each in examine(world.settings, world.clock) if each.name == "directory"]

    assert (line.is_well, "without effect" in line.finding) == (False, True)


def test_people_go_on_signing_after_old_statements_were_appended(world, heads, raised):
    drop_the_index(world.database)
    with world.database.writing() as session:
        append_again(session, raised)

    grant(world, heads, Role.HEAD)
    world.commit()

    assert roles(world, heads[2]) == {Role.HEAD}


def test_a_withheld_statement_of_a_database_that_was_put_back_is_refused(world, heads):
    """It was never in this log, and it is signed by who may sign it: but for another place."""
    start = size_of(world.database)
    grant(world, heads, Role.HEAD)
    lost = statements_from(world.session, start)
    world.roll_back()
    world.sign_in(heads[1])

    with world.database.writing() as session:
        append_again(session, lost)

    assert roles(world, heads[2]) == {Role.OFFICER}
    with pytest.raises(UnwellError, match="without effect: 2"):
        finding(world)


@pytest.mark.parametrize(("revision", "statements"), [("0010", 33), ("0017", 35)])
def test_what_landed_versions_signed_all_counts_after_an_upgrade(tmp_path, revision, statements):
    folder = unpack(revision, tmp_path / "instance").path
    settings = settings_of_test(folder)
    founded = found(settings, FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC)))

    with founded.database.reading() as session:
        told = directory_finding(session)
        index = session.connection().exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'ix_log_entries_statement'"
        )
        assert "UNIQUE" in index.scalar()
    founded.database.engine.dispose()

    assert told == f"{statements} statements"
