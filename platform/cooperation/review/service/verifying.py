"""Checking the reasons of refusals, which State and Secretariat can open."""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.core.errors import DomainError
from cooperation.core.records import RecordFault, RecordsChecked
from cooperation.core.text import _
from cooperation.review import queries
from cooperation.review.service.decided import open_reasons

_CLOSED = _("the reason of its refusal does not open")


def check_reasons(ctx: RequestContext, edition_id: str) -> RecordsChecked:
    """Open every reason of an edition that the person can open."""
    require(ctx.actor, Permission.CHECK_RECORDS)
    rows = queries.approval_rows(ctx.session, edition_id, ctx.actor.state_code)
    opened, faults = 0, []
    for row in rows:
        if row.sealed_reason is None:
            continue
        try:
            opened += len(open_reasons(ctx, [row]))
        except (DomainError, ValueError):
            faults.append(RecordFault(edition_id, row.state_code, row.question, _CLOSED))
    return RecordsChecked(opened, faults=tuple(faults))
