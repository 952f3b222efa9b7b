"""Databases of landed versions with data, brought up to date, and interrupted (reliability R10).

The process that upgrades is killed after each statement: the database must be what it was, row for
row, or at the new revision; never between. A start afterwards finishes. A few statements here, all
of them by `make crash`.
"""

import os
import signal
import traceback
from collections.abc import Iterator
from hashlib import sha256

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.circles.kinds import makers_of, parties_of
from cooperation.circles.models import Bundle
from cooperation.core import failpoints, schema
from cooperation.core.db import is_sqlite, make_engine
from cooperation.editions import service as editions
from cooperation.operation.founding import found
from cooperation.publication import service as publication
from cooperation.publication.models import PublishedAnswer
from cooperation.responses import service as responses
from cooperation.responses.models import Submission
from cooperation.responses.submitted.service.signed import forget_manifests
from cooperation.web.tables import bring_up_to_date
from tests.fixtures.landed import Landed

SUBMITTED, OTHER = "AF01", "WE01"
NARROWED = "B-05"


def schema_of(connection: sa.Connection) -> list[str]:
    """Return all that the engine itself says of tables, indexes, triggers and policies."""
    if is_sqlite(connection):
        asked = ["SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"]
    else:
        asked = [
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2",
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
            " ORDER BY 1, 2",
            "SELECT tablename, policyname, qual FROM pg_policies ORDER BY 1, 2",
        ]
    return [str(tuple(row)) for each in asked for row in connection.exec_driver_sql(each)]


def rows_of(connection: sa.Connection) -> Iterator[str]:
    """Return each table with a hash of its rows."""
    for table in sorted(sa.inspect(connection).get_table_names()):
        rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
        hashes = sorted(sha256(repr(tuple(row)).encode()).digest() for row in rows)
        yield f"{table} {sha256(b''.join(hashes)).hexdigest()}"


def look(landed: Landed) -> tuple[str | None, list[str]]:
    """Return a database's revision, and all that it holds, as a new process finds it."""
    engine = make_engine(landed.owner)
    try:
        with engine.connect() as connection:
            if not is_sqlite(engine):
                connection.exec_driver_sql("SET app.duty = 'migration'")
            held = [*schema_of(connection), *rows_of(connection)]
        return schema.revision(engine), held
    finally:
        engine.dispose()


def upgrade_and_die(landed: Landed, point: str) -> bool:
    """Bring the database up to date in a process that dies at `point`; tell whether it died."""
    child = os.fork()
    if not child:
        try:
            failpoints.arm(landed.settings.model_copy(update={"failpoint": point}))
            bring_up_to_date(landed.settings, make_engine(landed.settings.database_address))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(3)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}
    return status == -signal.SIGKILL


def finish(landed: Landed) -> None:
    """Start on the database, as `init` and `serve` do."""
    found(landed.settings, landed.clock).database.engine.dispose()


def names_of_schema(engine: sa.Engine) -> set[str]:
    """Return the names of everything that stands beside the tables' rows."""
    asked = (
        "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        if is_sqlite(engine)
        else "SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'"
        " UNION SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger"
        " WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return set(connection.exec_driver_sql(asked).scalars())


def check_all_is_readable(landed: Landed) -> None:
    """Let everybody sign in and open what she should; verify what was signed and published."""
    forget_manifests()
    assert landed.wrongs() == []
    with landed.reading_as(Role.OFFICER) as ctx:
        ids = ctx.session.scalars(sa.select(Submission.id)).all()
        signed = responses.signed_submissions(ctx, ids)
        assert [each.kind for each in signed.values()] == ["submission/1"]
        for bundle in ctx.session.scalars(sa.select(Bundle)):
            audience = list(parties_of(bundle.kind, bundle.state))
            assert (bundle.version, bundle.parties.split()) == (1, audience)
            assert bundle.acting in makers_of(bundle.kind, bundle.state)
        (edition,) = {each.edition for each in signed.values()}
        (known,) = editions.editions(ctx.session)
        assert (known.id, known.series, str(known.year)) == (edition, "cooperation", edition)
    with landed.reading_as(Role.FOCAL_POINT, OTHER) as ctx:
        rows = ctx.session.scalars(sa.select(PublishedAnswer.question)).all()
        read = publication.read_state(ctx, edition, SUBMITTED)
    answers = [pair for _part, pairs in read.parts for pair in pairs]
    shown = {question.code for question, answer in answers if answer and answer.is_open}
    assert shown == set(rows) - {NARROWED}
    assert len(shown) > 8


def test_a_landed_database_is_readable_after_its_upgrade(landed: Landed):
    finish(landed)

    upgraded, fresh = make_engine(landed.owner), make_engine(landed.empty)
    schema.upgrade(fresh)
    assert schema.differences(upgraded) == schema.differences(fresh)
    assert names_of_schema(upgraded) == names_of_schema(fresh)
    for engine in (upgraded, fresh):
        engine.dispose()
    check_all_is_readable(landed)


SAMPLE = {"0010": (1, 12, 55), "0017": (1, 4)}
"""A few statements of each upgrade."""


def kill_at(landed: Landed, number: int, before: tuple[str | None, list[str]]) -> bool:
    """Kill the upgrade after its statement of this number; tell whether it came there."""
    died = upgrade_and_die(landed, f"migrate.statement:{number}")
    if died:
        assert look(landed) == before, f"statement {number}"
    return died


def test_an_upgrade_killed_at_a_statement_changes_nothing(landed: Landed):
    before = look(landed)

    assert before[0] == landed.revision
    assert all(kill_at(landed, number, before) for number in SAMPLE[landed.revision])
    finish(landed)

    assert look(landed)[0] == schema.head_revision()


@pytest.mark.slow
def test_an_upgrade_killed_at_any_statement_changes_nothing(landed: Landed):
    before = look(landed)
    number = 1
    while kill_at(landed, number, before):
        number += 1

    print(f"{number - 1} statements")  # noqa: T201 - how much the test covers
    assert number > max(SAMPLE[landed.revision])
    check_all_is_readable_after(landed)


@pytest.mark.slow
@pytest.mark.parametrize("point", ["migrate.copied", "migrate.committed"])
def test_a_start_finishes_what_was_killed_beside_the_upgrade(landed: Landed, point: str):
    before = look(landed)
    died = upgrade_and_die(landed, point)

    assert died or (point == "migrate.copied" and not is_sqlite(make_engine(landed.owner)))
    assert look(landed)[0] in {before[0], schema.head_revision()}
    check_all_is_readable_after(landed)


def check_all_is_readable_after(landed: Landed) -> None:
    """Start again, then look at everything."""
    finish(landed)
    assert look(landed)[0] == schema.head_revision()
    check_all_is_readable(landed)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_copy_made_before_the_upgrade_is_the_old_database(landed: Landed):
    before = look(landed)
    finish(landed)

    copy = landed.instance.path / schema.COPY
    assert copy.stat().st_mode & 0o777 == 0o600
    copy.replace(landed.instance.path / "cooperation.db")
    for rest in ("-wal", "-shm"):
        (landed.instance.path / f"cooperation.db{rest}").unlink(missing_ok=True)
    assert look(landed) == before
    finish(landed)
    assert look(landed)[0] == schema.head_revision()
