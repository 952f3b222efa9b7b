"""Use cases of backups and restores, the door of this slice.

Commands
    take_backup(settings, database, root, clock, target, *, recipients, is_plain) -> Taken
    restore(settings, root, clock, order, report) -> Restored      into an empty place only
    write_journal(database, settings) -> int                       also once a minute by `serve`
"""

from cooperation.safekeeping.models import WRAPPED
from cooperation.safekeeping.service.archive import ArchiveRefusedError, FileExistsThereError
from cooperation.safekeeping.service.backing_up import PlainBackupError, Taken, take_backup
from cooperation.safekeeping.service.checking import DamagedError, OtherKeyringError
from cooperation.safekeeping.service.evidence import KeyUnknownError, SignatureRefusedError
from cooperation.safekeeping.service.journal import JournalRefusedError, write_journal
from cooperation.safekeeping.service.restoring import (
    Order,
    PlaceNotEmptyError,
    Restored,
    restore,
)
from cooperation.safekeeping.service.wrapped import WRAPPED_TABLES

__all__ = [
    "WRAPPED",
    "WRAPPED_TABLES",
    "ArchiveRefusedError",
    "DamagedError",
    "FileExistsThereError",
    "JournalRefusedError",
    "KeyUnknownError",
    "Order",
    "OtherKeyringError",
    "PlaceNotEmptyError",
    "PlainBackupError",
    "Restored",
    "SignatureRefusedError",
    "Taken",
    "restore",
    "take_backup",
    "write_journal",
]
