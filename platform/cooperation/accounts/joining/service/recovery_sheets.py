"""Recovery sheets: a key on paper that the circle's owner keeps (vault.md, Sign-in and sessions).

The sheet belongs to no account and signs nobody in. After a circle was founded again it opens what
was written before, unsent drafts too.
"""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.circles.rules import RecoverySheet, SheetFacts
from cooperation.core.errors import Invalid
from cooperation.vault.errors import CodeRefused


def sheets_of(ctx: RequestContext) -> list[SheetFacts]:
    """Return the recovery sheets of the actor's circle that were not voided, oldest first."""
    require(ctx.actor, Permission.KEEP_RECOVERY_SHEET)
    return circles.recovery_sheets(ctx)


def make_sheet(ctx: RequestContext) -> RecoverySheet:
    """Make the circle's sheet; its code is returned this once. Raises `SheetExistsError`."""
    _require(ctx)
    return circles.make_recovery_sheet(ctx)


def void_sheet(ctx: RequestContext, sheet_id: str) -> None:
    """Make a sheet worthless; the circle gets new keys. Raises `NotFound`."""
    _require(ctx)
    circles.void_recovery_sheet(ctx, sheet_id)


def use_sheet(ctx: RequestContext, code: str) -> int:
    """Open with a sheet what was written before the circle was founded again.

    Returns how many versions of the circle's key open now. Raises `Invalid` for a code that is not
    one of the circle's sheets, `SheetNotNeededError`.
    """
    _require(ctx)
    try:
        return circles.use_recovery_sheet(ctx, code)
    except CodeRefused as refusal:
        raise Invalid(errors=(("code", refusal.sentence),)) from refusal


def _require(ctx: RequestContext) -> None:
    require(ctx.actor, Permission.KEEP_RECOVERY_SHEET)
    require_step_up(ctx.actor, Permission.KEEP_RECOVERY_SHEET, ctx.now)
