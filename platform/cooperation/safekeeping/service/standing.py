"""What a restore left behind, as people read it: what is lost, and a head's word on it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.accounts import service as accounts
from cooperation.accounts.service import people_with_held_roles
from cooperation.audit import service as audit
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.failpoints import reach
from cooperation.responses import service as responses
from cooperation.safekeeping.models import RestoreLossRow, RestoreRow


class ConfirmedAlreadyError(Conflict):
    """Another head was first, or there is nothing to confirm."""


@dataclass(frozen=True)
class LostSubmission:
    """A submission that is not in the backup."""

    edition: str
    state_code: str
    submission_id: str
    submitted_at: datetime
    taken_at: datetime


@dataclass(frozen=True)
class RestorePage:
    """A restore for the Secretariat, administrators and auditors.

    `lost` and `again` count acts of the log; `held` names whose roles were held back, `released`
    who is head all the same because nobody else would be.
    """

    id: str
    taken_at: datetime
    restored_at: datetime
    operator: str
    log_size: int
    known_size: int
    has_journal: bool
    unsigned: int
    mails: int
    lost: tuple[tuple[str, int], ...]
    again: tuple[tuple[str, int], ...]
    submissions: tuple[LostSubmission, ...]
    held: tuple[str, ...]
    released: tuple[str, ...]
    confirmed_by: str | None
    confirmed_at: datetime | None

    @property
    def behind(self) -> int:
        """How many entries of the log came after the backup, as far as anybody knows."""
        return max(0, self.known_size - self.log_size)


def last_restore(ctx: RequestContext) -> RestorePage:
    """Return the last restore; raises `NotFound` where there was none."""
    require(ctx.actor, Permission.READ_RESTORE)
    row = _last_row(ctx)
    summary = json.loads(row.summary)
    return RestorePage(
        id=row.id,
        taken_at=row.taken_at,
        restored_at=row.restored_at,
        operator=ctx.root.unwrap(
            row.sealed_operator, table="restores", row=row.id, kind="operator"
        ).decode(),
        log_size=row.log_size,
        known_size=row.known_size,
        has_journal=row.has_journal,
        unsigned=summary["unsigned"],
        mails=summary["mails"],
        lost=tuple(sorted(summary["lost"].items())),
        again=tuple(sorted(summary["again"].items())),
        submissions=tuple(_lost(ctx, row.id)),
        held=_names(ctx, people_with_held_roles(ctx.session)),
        released=_names(ctx, summary.get("released", ())),
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )


def _names(ctx: RequestContext, people: Sequence[str]) -> tuple[str, ...]:
    if ctx.actor.institution is Institution.NONE:
        return ()
    return tuple(accounts.person_name(ctx.session, ctx.root, each) for each in people)


def is_restore_to_confirm(ctx: RequestContext) -> bool:
    """Tell whether a restore waits for a head."""
    return audit.is_restore_unconfirmed(ctx.session)


def confirm_restore(ctx: RequestContext, restore_id: str) -> None:
    """Take a restore as it is: from now on things are published and issued again.

    Raises `NotFound`, `ConfirmedAlreadyError`, `StepUpNeeded`.
    """
    require(ctx.actor, Permission.CONFIRM_RESTORE)
    require_step_up(ctx.actor, Permission.CONFIRM_RESTORE, ctx.now)
    audit.wait_for_turn(ctx.session)
    row = ctx.session.get(RestoreRow, restore_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.id != _last_row(ctx).id or not audit.is_restore_unconfirmed(ctx.session):
        raise ConfirmedAlreadyError
    row.confirmed_by, row.confirmed_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()
    reach("restore.confirmed")
    audit.record(
        ctx.session, actor=ctx.actor, action="restore.confirmed", at=ctx.now, subject=row.id
    )


def lost_submissions(ctx: RequestContext) -> list[LostSubmission]:
    """Return the submissions that a restore has lost and whose State has not submitted again.

    For a State's person those of her own State.
    """
    row = ctx.session.scalar(_LAST)
    if row is None:
        return []
    found = []
    for each in _lost(ctx, row.id):
        own = ctx.actor.state_code
        if own is not None and each.state_code != own:
            continue
        latest = responses.latest_submission(ctx, each.edition, each.state_code)
        if latest is None or latest.submitted_at < row.restored_at:
            found.append(each)
    return found


_LAST = sa.select(RestoreRow).order_by(RestoreRow.restored_at.desc()).limit(1)


def _last_row(ctx: RequestContext) -> RestoreRow:
    row = ctx.session.scalar(_LAST)
    if row is None:
        raise NotFound
    return row


def _lost(ctx: RequestContext, restore_id: str) -> list[LostSubmission]:
    """Return the last lost submission of each State and edition."""
    rows = ctx.session.execute(
        sa.select(RestoreLossRow, RestoreRow.taken_at)
        .join(RestoreRow, RestoreRow.id == RestoreLossRow.restore_id)
        .where(RestoreLossRow.restore_id == restore_id)
        .order_by(RestoreLossRow.seq)
    )
    last = {
        (row.edition_id, row.state_code): LostSubmission(
            row.edition_id, row.state_code, row.submission_id, row.submitted_at, taken_at
        )
        for row, taken_at in rows
    }
    return sorted(last.values(), key=lambda each: (each.edition, each.state_code))
