"""What is looked at before anything of a backup is believed; the first damage is named."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core import schema
from cooperation.core.db import DatabaseFailedError, Session
from cooperation.core.errors import Broken
from cooperation.core.text import Text, _
from cooperation.safekeeping.rules.lines import first_difference, place_of
from cooperation.safekeeping.rules.manifest import DATABASE, ROWS, Counted, Manifest
from cooperation.safekeeping.service.archive import counted
from cooperation.safekeeping.service.listing import row_lines
from cooperation.safekeeping.service.wrapped import WRAPPED_TABLES
from cooperation.vault.root import RootKeys


class DamagedError(Broken):
    """The backup is not what was signed; the sentence names the first damaged place."""

    def __init__(self, place: str) -> None:
        super().__init__(_("The backup is damaged. First damaged place: %(place)s.", place=place))


class OtherKeyringError(Broken):
    """The keyring is not the one of this instance, or lacks a version that is needed."""


def require_ours(manifest: Manifest, root: RootKeys, engine: str) -> None:
    """Raise unless keyring, engine and schema fit: `OtherKeyringError`, `SchemaUnknownError`."""
    if manifest.instance != root.instance:
        raise OtherKeyringError(_("The keyring belongs to another instance than this backup."))
    missing = [str(each) for each in manifest.root_versions if not root.has_version(each)]
    if missing:
        raise OtherKeyringError(
            _(
                "The keyring lacks version %(versions)s of the root key, which this backup needs.",
                versions=", ".join(missing),
            )
        )
    if manifest.engine != engine:
        raise OtherEngineError(engine=manifest.engine)
    schema.require_known(manifest.revision)


class OtherEngineError(Broken):
    """The backup is of the other engine."""

    def __init__(self, engine: str) -> None:
        super().__init__(
            _("This backup is of %(engine)s: say such a place with --into.", engine=engine)
        )


def check_list(manifest: Manifest, folder: Path) -> bool:
    """Check the list of rows; tell whether the database's file is, byte for byte, what was signed.

    A database that is not is still read, so that the damaged row is named. Raises `DamagedError`.
    """
    if counted(folder / ROWS) != manifest.parts[ROWS]:
        raise DamagedError(str(_damaged_list(manifest, folder / ROWS)))
    return counted(folder / DATABASE) == manifest.parts[DATABASE]


def _damaged_list(manifest: Manifest, place: Path) -> Text:
    try:
        found = {
            table: _counted(lines)
            for table, lines in groupby(_lines(place), key=lambda line: place_of(line)[0])
        }
    except (ValueError, UnicodeDecodeError):
        return _("the list of rows")
    for table, wanted in sorted(manifest.tables.items()):
        if found.get(table, _counted(())) != wanted:
            return _("the list of rows, table %(table)s", table=table)
    return _("the list of rows")


def _counted(lines: object) -> Counted:
    digest, rows = sha256(), 0
    for line in lines:  # type: ignore[attr-defined] # any iterable of lines
        digest.update(f"{line}\n".encode())
        rows += 1
    return Counted(rows, digest.hexdigest())


def _lines(place: Path) -> Iterator[str]:
    with place.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.removesuffix("\n")


def check_rows(connection: sa.Connection, folder: Path, *, is_exact: bool) -> None:
    """Compare every row with the signed list; raises `DamagedError` with the first that differs."""
    try:
        found = first_difference(
            _lines(folder / ROWS), (line for _t, line in row_lines(connection))
        )
    except (DatabaseFailedError, sa.exc.DatabaseError) as failure:
        raise DamagedError(str(_("the database's file"))) from failure
    if found is not None:
        raise DamagedError(found)
    if not is_exact:
        raise DamagedError(str(_("the database's file, in a place that holds no row")))


def check_inside(session: Session, root: RootKeys, manifest: Manifest) -> None:
    """Check what the rows say: every root wrap opens, the log is sound, its keys' statements too.

    Raises `DamagedError`, `OtherKeyringError`, `StatementRefused`.
    """
    closed = next(circles.unopened_values(session, root, WRAPPED_TABLES), None)
    if closed is not None:
        raise OtherKeyringError(_("The keyring does not open %(place)s.", place=closed))
    verified = audit.verify(session)
    if verified.fault is not None:
        raise DamagedError(str(_("the log: %(fault)s", fault=str(verified.fault))))
    if (verified.size, verified.root) != (manifest.log_size, manifest.log_root):
        raise DamagedError(str(_("the log has another size or root than the manifest")))
    if not circles.directory_standing(session).is_sound:
        raise DamagedError(str(_("the statements of keys, which do not fit to the log")))
