"""Use cases of backups and restores, the door of this slice.

Commands
    take_backup(settings, database, root, clock, target, *, recipients, is_plain) -> Taken
    restore(settings, root, clock, order, report) -> Restored      into an empty place only
    write_journal(database, settings) -> int                       also once a minute by `serve`

After a restore
    lost_submissions(ctx) -> list[LostSubmission]          not submitted again since
    WRAPPED_TABLES: in the order of loss, smallest first, should somebody interrupt a rotation
    Order: what the operator asks for; `keeps` is false for a drill that only verifies
    is_restore_to_confirm: tell whether a restore waits for a head
"""

from cooperation.safekeeping.service.backing_up import Taken, take_backup
from cooperation.safekeeping.service.journal import write_journal
from cooperation.safekeeping.service.restoring import Order, Restored, restore
from cooperation.safekeeping.service.standing import is_restore_to_confirm, lost_submissions
from cooperation.safekeeping.service.wrapped import WRAPPED_TABLES

__all__ = [
    "WRAPPED_TABLES",
    "Order",
    "Restored",
    "Taken",
    "is_restore_to_confirm",
    "lost_submissions",
    "restore",
    "take_backup",
    "write_journal",
]
