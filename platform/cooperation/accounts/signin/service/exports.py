"""Ten exports an hour for each account (reliability 3, rate limits).

Counted in the transaction of the export's entry: what is not counted is not handed over, and an
export that could not be made costs nothing.
"""

from datetime import datetime
from functools import partial

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.accounts.models import AttemptRow
from cooperation.accounts.rules import CLOCK_STEP, LIMITS, AttemptKind, Scope
from cooperation.core.db import Session, is_sqlite
from cooperation.core.errors import LimitReached
from cooperation.core.last import do_last
from cooperation.core.text import _

_LOCK = 0x45585054


class ExportLimitReached(LimitReached):
    """The account has made its exports of this hour; `again_at` is when the next is possible."""

    def __init__(self, count: int, again_at: datetime, now: datetime) -> None:
        super().__init__(
            _(
                "Your account has made %(count)s exports within an hour. The next one is possible "
                "from %(time)s (UTC). Reading on the pages goes on as before.",
                count=count,
                time=f"{again_at:%H:%M}",
            ),
            seconds=max(1, int((again_at - now).total_seconds())),
        )
        self.again_at = again_at


def count_export(ctx: RequestContext) -> None:
    """Count one export of the actor, before it is made; raises `ExportLimitReached`.

    Where the transaction only reads, the export is counted, and judged once more, in the one that
    writes its entry: of two at the same moment the eleventh is refused there.
    """
    _require_one_more(ctx, ctx.session)
    do_last(ctx.session, partial(_count, ctx))


def _count(ctx: RequestContext, session: Session) -> None:
    if not is_sqlite(session.get_bind()):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    _require_one_more(ctx, session)
    known_as = ctx.root.lookups("attempt/export/account", ctx.actor.person_id)
    session.add(
        AttemptRow(kind=AttemptKind.EXPORT, scope=Scope.ACCOUNT, subject=known_as[0], at=ctx.now)
    )
    session.flush()


def _require_one_more(ctx: RequestContext, session: Session) -> None:
    known_as = ctx.root.lookups("attempt/export/account", ctx.actor.person_id)
    (limit,) = LIMITS[AttemptKind.EXPORT, Scope.ACCOUNT]
    made = session.scalars(
        sa.select(AttemptRow.at)
        .where(
            AttemptRow.kind == AttemptKind.EXPORT,
            AttemptRow.scope == Scope.ACCOUNT,
            AttemptRow.subject.in_(known_as),
            AttemptRow.at > ctx.now - limit.window,
            AttemptRow.at <= ctx.now + CLOCK_STEP,
        )
        .order_by(AttemptRow.at)
    ).all()
    if len(made) >= limit.count:
        again_at = made[len(made) - limit.count] + limit.window
        raise ExportLimitReached(limit.count, again_at, ctx.now)
