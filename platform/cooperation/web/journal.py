"""When the journal is written: once a minute, and right after each checkpoint.

A failure is a line of the server's log and a finding of `doctor`; nobody's request waits for it.
"""

import structlog

from cooperation.core.db import Database, DatabaseFailedError
from cooperation.core.errors import DomainError
from cooperation.core.settings import Settings
from cooperation.safekeeping import service as safekeeping

log = structlog.get_logger("cooperation")


def keep_journal(database: Database, settings: Settings) -> None:
    """Append to the journal what the log has more."""
    try:
        safekeeping.write_journal(database, settings)
    except DomainError as failure:
        log.error("journal refused", reason=str(failure.sentence))  # noqa: TRY400 - no traceback
    except (DatabaseFailedError, OSError) as failure:
        log.error("journal refused", reason=type(failure).__name__)  # noqa: TRY400


def finding(database: Database, settings: Settings) -> str:
    """Bring the journal up to date and say how long it is; raises `JournalRefusedError`."""
    added = safekeeping.write_journal(database, settings)
    return f"{settings.journal_path}, as long as the log, {added} entries added now"
