"""Restoring a backup into an empty place (design: reliability 4.2, R9; docs/decisions, 7).

SQLite: everything is done on a file aside, which gets its name at the very end. PostgreSQL: a table
says that a restore is under way, and goes in the transaction of the announcement; until then
nothing starts on the database. So whoever is killed on the way has either nothing or all of it.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cooperation.audit.rules import to_milliseconds
from cooperation.circles import service as circles
from cooperation.core import schema
from cooperation.core.clock import Clock
from cooperation.core.db import Database, DatabaseFailedError, Engine, is_sqlite, make_engine
from cooperation.core.disk import force_to_disk
from cooperation.core.errors import Conflict, Invalid
from cooperation.core.failpoints import reach
from cooperation.core.row_scope import MIGRATING, tell
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.safekeeping.rules.manifest import DATABASE, Counted, Manifest
from cooperation.safekeeping.service.archive import open_archive
from cooperation.safekeeping.service.checking import (
    DamagedError,
    check_inside,
    check_list,
    check_rows,
    require_ours,
)
from cooperation.safekeeping.service.evidence import (
    Known,
    find_known,
    heads_known,
    log_key,
    signed_manifest,
)
from cooperation.safekeeping.service.journal import ENTRIES
from cooperation.safekeeping.service.replaying import OPERATOR_CHARACTERS, Announced, announce
from cooperation.safekeeping.service.snapshots import is_place_empty, restore_dump
from cooperation.vault.root import RootKeys
from cooperation.vault.signed_notes import NoteKey

Report = Callable[[str], None]
FindRoot = Callable[[str], RootKeys]


class PlaceNotEmptyError(Conflict):
    """A backup is restored into an empty place only."""

    sentence = _(
        "There is a database here already. A backup is restored into an empty place only; move the "
        "file away, or make a new database. Nothing was changed."
    )


@dataclass(frozen=True)
class Order:
    """What the operator asks for; `keeps` is false for a drill that only verifies."""

    source: Path
    operator: str
    identity: str | None = None
    key: NoteKey | None = None
    journal: Path | None = None
    checkpoint: str | None = None
    with_unsigned: bool = False
    keeps: bool = True


@dataclass(frozen=True)
class Restored:
    """A restore that was done; `announced` is nothing where it was only verified."""

    manifest: Manifest
    known: Known
    announced: Announced | None
    rows: int
    seconds: float


def restore(
    settings: Settings, find_root: FindRoot, clock: Clock, order: Order, report: Report
) -> Restored:
    """Verify a backup, put it in its place, announce it, do again what was taken away since.

    `find_root` gives the root keys of an instance, which the manifest names.

    Raises `PlaceNotEmptyError`, and what the checks raise; then nothing stands in the place.
    """
    started = time.monotonic()
    operator = " ".join(order.operator.split())
    if not operator or len(operator) > OPERATOR_CHARACTERS:
        raise Invalid(_("Say who restores: --operator with a name of at most 120 characters."))
    if not is_place_empty(settings.owner_address):
        raise PlaceNotEmptyError
    with _folder(settings) as folder:
        key = log_key(settings, order.key)

        def signed(note: str) -> tuple[tuple[Manifest, str], Mapping[str, Counted]]:
            found = signed_manifest(note, key)
            return found, found[0].parts

        manifest, origin = open_archive(order.source, folder, order.identity, signed)
        report(f"manifest   signed by {origin}, taken {manifest.taken:%Y-%m-%d %H:%M:%S} UTC")
        root = find_root(manifest.instance)
        require_ours(manifest, root, sa.make_url(settings.owner_address).get_backend_name())
        journal = order.journal or settings.journal_path / ENTRIES
        heads = heads_known(settings, manifest, order.checkpoint, key)
        known = find_known(manifest, origin, heads, journal)
        is_exact = check_list(manifest, folder)
        with _filled(settings, folder, is_exact=is_exact) as engine:
            announced = _finish(
                engine, root, clock, order, manifest, known, folder, is_exact, report
            )
            if order.keeps:
                _put_in_place(engine, settings, folder)
    rows = sum(each.size for each in manifest.tables.values())
    return Restored(manifest, known, announced, rows, time.monotonic() - started)


def _finish(
    engine: Engine,
    root: RootKeys,
    clock: Clock,
    order: Order,
    manifest: Manifest,
    known: Known,
    folder: Path,
    is_exact: bool,
    report: Report,
) -> Announced | None:
    """Check what stands in the place, bring it up to date, announce it."""
    with engine.connect() as connection, connection.begin():
        tell(connection, MIGRATING)
        check_rows(connection, folder, is_exact=is_exact)
    report("rows       all as signed, each ciphertext and each grant")
    reach("restore.checked")
    schema.upgrade(engine, is_restoring=True, find_root=lambda _connection: root)
    database = Database(engine, MIGRATING)
    with database.reading() as session:
        check_inside(session, root, manifest)
    report("inside     every root wrap opens, the log is sound, its statements are signed")
    if not order.keeps:
        return None
    circles.forget_verified()
    with database.writing() as session:
        announced = announce(
            session,
            root,
            manifest,
            known,
            operator=" ".join(order.operator.split()),
            now=to_milliseconds(clock.now()),
            with_unsigned=order.with_unsigned,
        )
        if not is_sqlite(engine):
            session.execute(sa.text(f"DROP TABLE {schema.UNFINISHED}"))
        reach("restore.announced")
    reach("restore.committed")
    return announced


@contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """Give a folder beside the database that is gone afterwards, as are those of killed calls."""
    address = sa.make_url(settings.owner_address)
    place = settings.instance_path
    if address.get_backend_name() == "sqlite":
        place = Path(str(address.database)).parent
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in place.glob(".restoring.*.partial"):
        shutil.rmtree(left, ignore_errors=True)
    folder = place / f".restoring.{os.getpid()}.partial"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _filled(settings: Settings, folder: Path, *, is_exact: bool) -> Iterator[Engine]:
    """Give the restored rows in a database: a file in the folder, or the empty one of the server.

    Raises `DamagedError` where not even a database can be made of the part.
    """
    address = sa.make_url(settings.owner_address)
    if address.get_backend_name() == "sqlite":
        engine = make_engine(f"sqlite:///{folder / DATABASE}")
    elif not is_exact:
        # A dump is statements, and the server would do them as the owner: nothing unsigned runs.
        raise DamagedError(str(_("the database's file")))
    else:
        engine = make_engine(address)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TABLE {schema.UNFINISHED} (at timestamptz)")
        reach("restore.begun")
        restore_dump(settings, address, folder / DATABASE)
    try:
        yield engine
    except DatabaseFailedError as failure:
        if is_exact:
            raise
        raise DamagedError(str(_("the database's file"))) from failure
    finally:
        engine.dispose()


def _put_in_place(engine: Engine, settings: Settings, folder: Path) -> None:
    """Give the file its name; nothing is left in its write-ahead log by then."""
    if not is_sqlite(engine):
        return
    engine.dispose()
    target = Path(str(sa.make_url(settings.owner_address).database))
    source = folder / DATABASE
    if any(source.with_name(f"{DATABASE}{end}").exists() for end in ("-wal", "-journal")):
        raise PlaceNotEmptyError(_("The restored database is still in use. Nothing was changed."))
    force_to_disk(source)
    if target.exists():
        raise PlaceNotEmptyError
    source.rename(target)
    force_to_disk(target.parent)
    reach("restore.placed")
