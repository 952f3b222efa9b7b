"""Use cases of backups and restores, the door of this slice.

Commands
    take_backup(settings, database, root, clock, target, *, recipients, is_plain) -> Taken
    restore(settings, root, clock, order, report) -> Restored      into an empty place only
    write_journal(database, settings) -> int                       also once a minute by `serve`

After a restore
    last_restore(ctx) -> RestoreView; is_restore_to_confirm(ctx) -> bool
    confirm_restore(ctx, restore_id) -> None               a head, step-up; audit holds until then
    lost_submissions(ctx) -> list[LostSubmission]          not submitted again since

Check our records
    records_to_check(ctx) -> int; check_records(ctx, done=, opened=, files=) -> Progress
"""

from cooperation.safekeeping.models import WRAPPED
from cooperation.safekeeping.service.archive import ArchiveRefusedError, FileExistsThereError
from cooperation.safekeeping.service.backing_up import PlainBackupError, Taken, take_backup
from cooperation.safekeeping.service.checking import DamagedError, OtherKeyringError
from cooperation.safekeeping.service.evidence import KeyUnknownError, SignatureRefusedError
from cooperation.safekeeping.service.journal import JournalRefusedError, write_journal
from cooperation.safekeeping.service.records import Progress, check_records, records_to_check
from cooperation.safekeeping.service.restoring import (
    Order,
    PlaceNotEmptyError,
    Restored,
    restore,
)
from cooperation.safekeeping.service.standing import (
    ConfirmedAlreadyError,
    LostSubmission,
    RestoreView,
    confirm_restore,
    is_restore_to_confirm,
    last_restore,
    lost_submissions,
)
from cooperation.safekeeping.service.wrapped import WRAPPED_TABLES

__all__ = [
    "WRAPPED",
    "WRAPPED_TABLES",
    "ArchiveRefusedError",
    "ConfirmedAlreadyError",
    "DamagedError",
    "FileExistsThereError",
    "JournalRefusedError",
    "KeyUnknownError",
    "LostSubmission",
    "Order",
    "OtherKeyringError",
    "PlaceNotEmptyError",
    "PlainBackupError",
    "Progress",
    "RestoreView",
    "Restored",
    "SignatureRefusedError",
    "Taken",
    "check_records",
    "confirm_restore",
    "is_restore_to_confirm",
    "last_restore",
    "lost_submissions",
    "records_to_check",
    "restore",
    "take_backup",
    "write_journal",
]
