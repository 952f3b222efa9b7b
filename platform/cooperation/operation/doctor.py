"""The doctor: what an instance stands on, one finding a line (design: reliability 4.2, rule 8)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.core import schema
from cooperation.core.clock import Clock
from cooperation.core.damage import ENGINE_FAILURES, failed_checksums, line_of, require_sound
from cooperation.core.db import (
    SQLITE_SETTINGS,
    Database,
    Session,
    connection_settings,
    is_sqlite,
    make_engine,
)
from cooperation.core.errors import DomainError
from cooperation.core.row_scope import COMMANDING
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.operation.watch.measures import measure
from cooperation.outbox import service as outbox
from cooperation.outbox.rules import MailStatus
from cooperation.typeset.compiler import missing_fonts
from cooperation.vault.pdf_seal import read_seal, trouble_of
from cooperation.web import journal
from cooperation.web.checkpoints.issuing import finding as finding_of_checkpoints
from cooperation.web.keys import open_root
from cooperation.web.space import MEGABYTE, SpaceWatch, watch_space
from cooperation.web.tables import state_of_row_security
from cooperation.web.temporary import (
    check_temporary_folder,
    file_system_of,
    temporary_folder,
)

_ALARM_STANDS = timedelta(days=1)
_SEAL_ENDS_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Finding:
    """One check: its name, whether all is well, and what was seen."""

    name: str
    is_well: bool
    finding: str


def examine(settings: Settings, clock: Clock) -> list[Finding]:
    """Return all findings; a check that cannot be made is a finding too."""
    database = Database(make_engine(settings.database_address), COMMANDING)
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("database", lambda: _database(database)),
        ("connection", lambda: _connection(database)),
        ("schema", lambda: _schema(database)),
        ("rows", lambda: state_of_row_security(settings, database.engine)),
        ("keyring", lambda: _keyring(settings, database)),
        ("journal", lambda: journal.finding(database, settings)),
        ("directory", lambda: _directory(database)),
        ("checkpoint", lambda: _checkpoint(settings, database, clock)),
        ("fonts", _fonts),
        ("seal", lambda: _seal(settings, clock)),
        ("outbox", lambda: _outbox(database)),
        ("reading", lambda: _reading(database, clock)),
        ("temporary folder", lambda: _temporary_folder(settings, database)),
        ("space", lambda: _space(settings, database)),
        ("growth", lambda: _growth(settings, database, clock)),
    )
    findings = [_finding(name, check) for name, check in checks]
    database.engine.dispose()
    return findings


class UnwellError(DomainError):
    """A check found something that has to be mended; the sentence says what."""


def _finding(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, is_well=True, finding=check())
    except DomainError as failure:
        return Finding(name, is_well=False, finding=str(failure.sentence))
    except OSError as failure:
        return Finding(name, is_well=False, finding=failure.strerror or "cannot be read")
    except ENGINE_FAILURES as failure:
        return Finding(name, is_well=False, finding=line_of(failure))


def _database(database: Database) -> str:
    require_sound(database.engine)
    failed = failed_checksums(database.engine)
    if failed:
        raise UnwellError(_("%(number)s pages of the database are damaged.", number=failed))
    with database.reading() as session:
        instance = circles.instance_id(session)
    if instance is None:
        raise UnwellError(_("There is no instance in this database: run init."))
    return f"{database.engine.dialect.name}, instance {instance}"


def _connection(database: Database) -> str:
    """Look at what a connection says of itself; opening one already refuses wrong settings."""
    if not is_sqlite(database.engine):
        with database.engine.connect() as connection:
            durable = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
        if durable == "off":
            raise UnwellError(_("synchronous_commit is off: acknowledged saves could be lost."))
        return f"synchronous_commit {durable}"
    raw = database.engine.raw_connection()
    try:
        found = connection_settings(raw.cursor())
    finally:
        raw.close()
    if found != SQLITE_SETTINGS:
        raise UnwellError(_("A database connection refused its safety settings."))
    return ", ".join(f"{name} {value}" for name, value in found.items())


def _schema(database: Database) -> str:
    schema.require_current(database.engine)
    return f"revision {schema.head_revision()}"


def _keyring(settings: Settings, database: Database) -> str:
    root = open_root(settings, database)
    with database.reading() as session:
        circles.check_instance(session, root)
        is_under_way = circles.is_rotation_under_way(session)
        recorded = circles.root_version(session)
        is_backup_due = accounts.is_keyring_backup_due(session)
    if is_under_way or recorded != root.current:
        raise UnwellError(_("The rotation of the root key is not finished: run rotate-root."))
    if is_backup_due:
        raise UnwellError(
            _("No backup of the keyring with version %(v)s is confirmed (set-up page).", v=recorded)
        )
    others = [str(each) for each in root.versions if each != root.current]
    more = f"; also holds {', '.join(others)}" if others else ""
    return f"root key version {root.current}, belongs to this database{more}"


def _directory(database: Database) -> str:
    with database.reading() as session:
        return directory_finding(session)


def directory_finding(session: Session) -> str:
    """Return how the signed directory stands; raises `UnwellError`, also for `audit verify`.

    A clock that was set back is no fault: the order of the log counts, not its times.
    """
    found = circles.directory_standing(session)
    if not found.is_sound:
        raise UnwellError(
            _("The statements of keys and the log do not fit together: nothing is sealed.")
        )
    if found.refused:
        raise UnwellError(
            _(
                "Statements in the log without effect: %(number)s, the first in entry %(seq)s. "
                "Somebody wrote them to the database (docs/operations.md, Old statements).",
                number=len(found.refused),
                seq=found.refused[0],
            )
        )
    back = f"; dated back: entries {', '.join(map(str, found.set_back))}" if found.set_back else ""
    return f"{found.statements} statements{back}"


def _checkpoint(settings: Settings, database: Database, clock: Clock) -> str:
    instance = open_root(settings, database).instance
    with database.reading() as session:
        return finding_of_checkpoints(session, settings, instance, clock.now())


def _fonts() -> str:
    missing = missing_fonts()
    if missing:
        raise UnwellError(_("Missing: %(names)s", names=", ".join(sorted(missing))))
    return "all found"


def _seal(settings: Settings, clock: Clock) -> str:
    seal = read_seal(settings)
    if seal is None:
        return "is made when the instance is initialised"
    trouble = trouble_of(seal.mark, clock.now(), notice=_SEAL_ENDS_WITHIN)
    if trouble is not None:
        raise UnwellError(trouble)
    kind = "the platform's own" if seal.mark.is_own else "by setting"
    ends_on = seal.mark.ends_at.date()
    return f"{kind}, {seal.mark.subject}, SHA-256 {seal.mark.fingerprint}, until {ends_on}"


def _outbox(database: Database) -> str:
    with database.reading() as session:
        counts = outbox.counts_of(session)
    stuck = counts.get(MailStatus.FAILED, 0) + counts.get(MailStatus.UNCERTAIN, 0)
    if stuck:
        raise UnwellError(_("%(number)s mails failed or are uncertain: page Mails.", number=stuck))
    return ", ".join(f"{status} {number}" for status, number in sorted(counts.items())) or "empty"


def _reading(database: Database, clock: Clock) -> str:
    with database.reading() as session:
        alarms = accounts.alarms_since(session, clock.now() - _ALARM_STANDS)
    if alarms:
        raise UnwellError(
            _("%(number)s accounts read faster than anybody reads: see People.", number=alarms)
        )
    return "no alarm within a day"


def _temporary_folder(settings: Settings, database: Database) -> str:
    beside = accounts.boot_folder(settings, open_root(settings, database))
    folder = temporary_folder(settings, beside)
    if settings.temporary_folder is None and not folder.exists():
        return "is made when the server starts"
    check_temporary_folder(folder)
    return file_system_of(folder)


def _watch(settings: Settings, database: Database) -> SpaceWatch:
    folder = accounts.boot_folder(settings, open_root(settings, database))
    return watch_space(settings, temporary_folder(settings, folder))


def _space(settings: Settings, database: Database) -> str:
    """Look at the folders of this machine; a PostgreSQL server's disk is its own affair."""
    watch = _watch(settings, database)
    if watch.low():
        raise UnwellError(
            _(
                "Little space is left (%(names)s): nothing is written that can wait.",
                names=", ".join(watch.low()),
            )
        )
    free = ", ".join(f"{name} {left // MEGABYTE:,} MB" for name, left in watch.free().items())
    elsewhere = "" if is_sqlite(database.engine) else "; the database server's disk is not seen"
    return f"free: {free}{elsewhere}"


def _growth(settings: Settings, database: Database, clock: Clock) -> str:
    found = measure(database, settings, _watch(settings, database), clock.now())
    alarms = [str(sentence) for name, sentence in found.alarms.items() if name != "space"]
    if alarms:
        raise UnwellError(_("%(sentences)s", sentences=" ".join(alarms)))
    wal = "" if found.wal is None else f"; write-ahead log {found.wal // MEGABYTE} MB"
    return f"log {found.entries:,} entries, {found.entries_today:,} within a day{wal}"
