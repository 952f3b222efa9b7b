"""When checkpoints are issued, and what the host says when it cannot.

A request whose act is committed is answered, whatever the signer says: its refusal is a line of the
server's log and a finding of `doctor`, and the next start refuses.
"""

from datetime import datetime, timedelta

import structlog

from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint
from cooperation.core.clock import Clock
from cooperation.core.db import Database, DatabaseFailedError, Session
from cooperation.core.errors import DomainError
from cooperation.core.settings import Settings
from cooperation.vault.root import RootKeys
from cooperation.web.journal import keep_journal
from cooperation.web.server import Server

log = structlog.get_logger("cooperation")

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


def issue_quietly(
    database: Database, settings: Settings, root: RootKeys, clock: Clock
) -> Checkpoint | None:
    """Issue a checkpoint; a failure is logged and harms nobody."""
    try:
        return audit.issue_checkpoint(database, settings, root, clock)
    except DomainError as failure:
        log.error("checkpoint refused", reason=str(failure.sentence))  # noqa: TRY400 - no traceback
    except (DatabaseFailedError, OSError) as failure:
        log.error("checkpoint refused", reason=type(failure).__name__)  # noqa: TRY400
    return None


def issue_after_commit(held: Server) -> None:
    """Sign what was just committed, and keep it in the journal."""
    issue_quietly(held.database, held.settings, held.root, held.clock)
    keep_journal(held.database, held.settings)


def issue_if_due(database: Database, settings: Settings, root: RootKeys, clock: Clock) -> None:
    """Sign where the last checkpoint is an hour old and the log has grown since."""
    try:
        with database.reading() as session:
            is_due = audit.is_checkpoint_due(session, clock.now())
    except DatabaseFailedError as failure:  # again in a minute
        log.warning("chores_wait", error=type(failure).__name__)
        return
    if is_due:
        issue_quietly(database, settings, root, clock)


def require_signer(database: Database, settings: Settings, instance: str) -> None:
    """Stop the start where the log is not the one that was signed, or a witness's key is none.

    Raises `SignerRefusedError` and `audit.WitnessesRefusedError`.
    """
    audit.witness_keys(settings)
    with database.reading() as session:
        audit.require_signed_log(session, settings, instance)


def finding(session: Session, settings: Settings, instance: str, now: datetime) -> str:
    """Return what `doctor` says of checkpoints; raises as `audit.standing_of`."""
    audit.witness_keys(settings)
    standing = audit.standing_of(session, settings, instance, now)
    if standing.latest is None:
        return "none yet: the first is signed when the server starts"
    latest = standing.latest
    witnesses = f"{len(latest.witnesses)} cosigned" if settings.witnesses else "no witnesses"
    return f"{latest.origin}, size {latest.size}, {_age(now - latest.at)} old, {witnesses}"


def _age(span: timedelta) -> str:
    if span < _HOUR:
        return f"{max(span, timedelta()) // _MINUTE} min"
    return f"{span // _HOUR} h"
