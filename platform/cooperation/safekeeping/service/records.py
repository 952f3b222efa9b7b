"""Check our records: a person opens everything that she can open, and sees that it is as signed.

One batch is one kind of records of one edition; a request works through batches until a few
seconds are over or something is found, so that no page takes long however old the instance is.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.audit import service as audit
from cooperation.core.records import RecordFault, RecordsChecked
from cooperation.editions import service as editions
from cooperation.publication.service import check_published
from cooperation.responses.service import check_draft, check_submitted
from cooperation.review.service import check_reasons

SECONDS = 4.0

_Check = Callable[[RequestContext, str], RecordsChecked]

_CHECKS: dict[Institution, tuple[_Check, ...]] = {
    Institution.STATE: (check_draft, check_submitted, check_reasons, check_published),
    Institution.SECRETARIAT: (check_submitted, check_reasons, check_published),
    Institution.COURT: (check_submitted, check_published),
    Institution.CO_FACILITATORS: (check_published,),
}


@dataclass(frozen=True)
class Progress:
    """How far a check is; `opened` and `files` count from its beginning."""

    done: int
    total: int
    opened: int = 0
    files: int = 0
    faults: tuple[RecordFault, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether everything was looked at."""
        return self.done >= self.total


def records_to_check(ctx: RequestContext) -> int:
    """Return how many batches there are for this person."""
    require(ctx.actor, Permission.CHECK_RECORDS)
    return len(_batches(ctx))


def check_records(
    ctx: RequestContext, *, done: int = 0, opened: int = 0, files: int = 0, seconds: float = SECONDS
) -> Progress:
    """Check from batch `done` on; stop after a few seconds, and where something is not right.

    The log says that the person checked, and how many records; nothing is shown of them.
    """
    require(ctx.actor, Permission.CHECK_RECORDS)
    batches = _batches(ctx)
    until = time.monotonic() + seconds
    found = RecordsChecked(opened, files)
    while done < len(batches):
        check, edition_id = batches[done]
        found += check(ctx, edition_id)
        done += 1
        if found.faults or time.monotonic() > until:
            break
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="records.checked",
        at=ctx.now,
        version=found.opened + found.files - opened - files,
    )
    return Progress(done, len(batches), found.opened, found.files, found.faults)


def _batches(ctx: RequestContext) -> list[tuple[_Check, str]]:
    checks = _CHECKS.get(ctx.actor.institution, ())
    frozen = [each for each in editions.visible_editions(ctx) if each.is_frozen]
    return [(check, each.id) for each in frozen for check in checks]
