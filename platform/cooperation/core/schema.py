"""The schema's revisions: bring a database up to date, refuse one that is newer or unknown.

Design: reliability 4.2, rules 6 and 8. One transaction holds a whole upgrade on both engines.
"""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from cooperation.core.db import Base
from cooperation.core.errors import Broken
from cooperation.core.text import _

SCRIPTS = Path(__file__).parents[3] / "migrations"


class SchemaUnknownError(Broken):
    """The database has a revision that this version of the platform does not know."""

    sentence = _("The database was written by another version of the platform.")


class SchemaOldError(Broken):
    """The database has not been brought up to date."""

    sentence = _("The database is older than this version: run `flask --app app init`.")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """Return the newest revision that this version knows."""
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def revision(engine: Engine) -> str | None:
    """Return the database's revision; nothing for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the database to `target`; raises `SchemaUnknownError` before it touches anything."""
    _refuse_unknown(revision(engine))
    with engine.connect().execution_options(immediate=True) as connection:
        command.upgrade(_config(connection), target)
        connection.commit()


def downgrade(engine: Engine, target: str) -> None:
    """Take the database back to `target` (`base` for an empty one); for tests of the migrations."""
    with engine.connect().execution_options(immediate=True) as connection:
        command.downgrade(_config(connection), target)
        connection.commit()


def require_current(engine: Engine) -> None:
    """Let pass a database that is up to date; raises `SchemaOldError` or `SchemaUnknownError`."""
    found = revision(engine)
    _refuse_unknown(found)
    if found != head_revision():
        raise SchemaOldError


def differences(engine: Engine) -> list[str]:
    """Return what the models and the database's tables differ in, one line each."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def _refuse_unknown(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaUnknownError
