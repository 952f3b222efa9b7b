"""Taking a backup of an instance that is in use (design: reliability R9)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.audit.rules import LogState, to_milliseconds
from cooperation.circles import service as circles
from cooperation.core import schema
from cooperation.core.clock import Clock
from cooperation.core.db import Database, Session
from cooperation.core.errors import Broken, Conflict
from cooperation.core.failpoints import reach
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.safekeeping.rules.manifest import DATABASE, PARTS, ROWS, Manifest
from cooperation.safekeeping.service.archive import counted, working_folder, write_archive
from cooperation.safekeeping.service.listing import write_rows
from cooperation.safekeeping.service.snapshots import copied, session_on
from cooperation.safekeeping.service.wrapped import WRAPPED_TABLES
from cooperation.vault import age
from cooperation.vault.errors import SignerRefusedError
from cooperation.vault.root import RootKeys
from cooperation.vault.signer import Signer


class PlainBackupError(Conflict):
    """A backup in the clear is made only by somebody who says so."""

    sentence = _(
        "Say to whom the backup is encrypted (--recipient age1...), or --plain where its disk is "
        "encrypted and nobody else reads it. Nothing was written."
    )


class NothingToBackUpError(Broken):
    """There is no instance, or its schema is not this version's."""

    sentence = _("There is no instance here to back up.")


@dataclass(frozen=True)
class Taken:
    """A backup that was written."""

    place: Path
    bytes: int
    rows: int
    log_size: int
    root_versions: tuple[int, ...]
    seconds: float
    key: str


def take_backup(
    settings: Settings,
    database: Database,
    root: RootKeys,
    clock: Clock,
    target: Path,
    *,
    recipients: Sequence[str] = (),
    is_plain: bool = False,
) -> Taken:
    """Write a backup of this moment; nobody who saves meanwhile waits for it.

    Raises `PlainBackupError`, `FileExistsThereError`, `ToolFailedError`, `SignerRefusedError`.
    """
    if bool(recipients) is is_plain:
        raise PlainBackupError
    if recipients:
        age.check_recipients(recipients)
    started = time.monotonic()
    origin = _sign_first(settings, database, root, clock)
    signer = Signer(settings.signer_path)
    with working_folder(target) as folder:
        manifest = _copy(settings, root, clock, folder)
        reach("backup.copied")
        write_archive(folder, target, signer.sign_text(manifest.text, origin), recipients)
    return Taken(
        place=target,
        bytes=target.stat().st_size,
        rows=sum(each.size for each in manifest.tables.values()),
        log_size=manifest.log_size,
        root_versions=manifest.root_versions,
        seconds=time.monotonic() - started,
        key=signer.public_key(origin).vkey,
    )


def _sign_first(settings: Settings, database: Database, root: RootKeys, clock: Clock) -> str:
    """Sign the log as it is, so that its size is known outside; return its name.

    A signer that refuses prevents no backup as long as it has its key: what it found is in its
    sentence, and `doctor` says it too.
    """
    try:
        audit.issue_checkpoint(database, settings, root, clock)
    except SignerRefusedError:
        if not Signer(settings.signer_path).has_key:
            raise
    with database.reading() as session:
        return audit.current_origin(session, root.instance)


def _copy(settings: Settings, root: RootKeys, clock: Clock, folder: Path) -> Manifest:
    taken = to_milliseconds(clock.now())
    with copied(settings, folder / DATABASE) as connection:
        with session_on(connection) as session:
            facts = _facts(session, root)
        tables = write_rows(connection, folder / ROWS)
        engine, revision = connection.dialect.name, _revision(connection)
    log_state, versions = facts
    return Manifest(
        instance=root.instance,
        taken=taken,
        engine=engine,
        revision=revision,
        root_versions=versions,
        log_size=log_state.size,
        log_root=log_state.root,
        tables=tables,
        parts={name: counted(folder / name) for name in PARTS},
    )


def _facts(session: Session, root: RootKeys) -> tuple[LogState, tuple[int, ...]]:
    if circles.instance_id(session) != root.instance:
        raise NothingToBackUpError
    versions = circles.wrapped_versions(session, WRAPPED_TABLES) | {circles.root_version(session)}
    return audit.log_state(session), tuple(sorted(versions))


def _revision(connection: sa.Connection) -> str:
    found = schema.revision_on(connection)
    if found is None:
        raise NothingToBackUpError
    return found
