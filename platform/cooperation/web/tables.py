"""The tables at the start: brought up to date by their owner, used by a role that is bound.

Design: reliability 1.7, rule 5 and 4.2, rule 6. In production on PostgreSQL the owner of the tables
and the role that the application uses are two; `init` runs as the first, everything else as the
second. Elsewhere one address does both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cooperation.access.rows import RULES
from cooperation.core import row_security, schema
from cooperation.core.append_only import PROTECTED
from cooperation.core.db import Base, Connection, Engine, is_sqlite, make_engine, user_of
from cooperation.core.errors import DomainError
from cooperation.core.settings import Mode, Settings
from cooperation.vault.keyring import keyring_from_text, load_keyring
from cooperation.vault.root import RootKeys
from cooperation.web import slices

assert slices.BLUEPRINTS  # noqa: S101 - importing the slices fills the metadata


def bring_up_to_date(settings: Settings, engine: Engine) -> Path | None:
    """Apply what is missing of migrations, policies and grants, as the owner where one is named.

    `engine` is the application's own. Returns where a SQLite file was copied to before its upgrade.
    Raises `SchemaUnknownError`, `NoRoomForCopyError`, and `SchemaOldError` where only the owner
    could go on and is not named.
    """
    copy = None
    with _let_go_when_refused(engine):
        if settings.database_owner_url is not None:
            owner = make_engine(settings.owner_address)
            with _let_go_when_refused(owner):
                _as_owner(settings, owner, user_of(settings.database_address))
            owner.dispose()
        elif _is_bound(settings, engine):
            schema.require_current(engine)
        else:
            if is_sqlite(engine) and schema.is_behind(engine):
                copy = schema.keep_copy(engine)
            _as_owner(settings, engine, None)
    require_row_security(settings, engine)
    return copy


def require_row_security(settings: Settings, engine: Engine) -> None:
    """Raise `RowSecurityMissing` where production runs on PostgreSQL without its second fence."""
    if _is_bound(settings, engine):
        with _let_go_when_refused(engine), engine.connect() as connection:
            row_security.require_in_force(connection, RULES, append_only=PROTECTED)


def state_of_row_security(settings: Settings, engine: Engine) -> str:
    """Return in a few words what stands between States in this database; raises as above."""
    if is_sqlite(engine):
        return "none in SQLite; the guard and the scope of queries"
    require_row_security(settings, engine)
    if settings.mode is not Mode.PRODUCTION:
        return "not asked for outside production"
    return f"forced on {len(RULES)} tables, the role is bound"


@contextmanager
def _let_go_when_refused(engine: Engine) -> Iterator[None]:
    """Close the connections of an engine that nobody will use."""
    try:
        yield
    except DomainError:
        engine.dispose()
        raise


def _is_bound(settings: Settings, engine: Engine) -> bool:
    return settings.mode is Mode.PRODUCTION and not is_sqlite(engine)


def _root_of(settings: Settings, connection: Connection) -> RootKeys:
    """Return the root keys of the instance in a database that is being brought up to date."""
    if settings.root_key is None:
        return load_keyring(settings.keyring_path)
    instance = connection.exec_driver_sql("SELECT id FROM instances").scalar_one()
    return keyring_from_text(settings.root_key.get_secret_value(), instance=instance)


def _as_owner(settings: Settings, engine: Engine, role: str | None) -> None:
    """Migrate, put the policies in force, and give the application's role its rights."""
    schema.upgrade(engine, find_root=partial(_root_of, settings))
    if is_sqlite(engine):
        return
    with engine.begin() as connection:
        schema.take_turn(connection)
        row_security.install(connection, RULES)
        if role is not None:
            row_security.grant(connection, role, tables=Base.metadata.tables, append_only=PROTECTED)
