"""Outcomes of unsafe requests: the same key and body give the same outcome, once (reliability 4.2).

The row is written in the transaction of the act itself. Bodies are compared by a hash that only the
member's key can make; nothing of them is stored. What is kept (status, address of the next page, a
short reply without content) is wrapped by nothing, because it says nothing.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.accounts.models import OutcomeRow
from cooperation.accounts.rules import OUTCOME_LIFE
from cooperation.core.db import Base, is_sqlite
from cooperation.core.errors import Invalid
from cooperation.core.text import _

LONGEST_KEY = 64
_PURPOSE = "outcome/1"
_LOCK = 0x4F555443

_OUTCOMES = Base.metadata.tables[OutcomeRow.__tablename__]
_EARLIER = sa.select(_OUTCOMES).where(
    _OUTCOMES.c.person_id == sa.bindparam("person_id"), _OUTCOMES.c.key == sa.bindparam("key")
)
_DELETE_OLD = sa.delete(_OUTCOMES).where(_OUTCOMES.c.at < sa.bindparam("before"))
_KEEP = sa.insert(_OUTCOMES)


class KeyUsedOtherwise(Invalid):
    """The idempotency key came with another body before."""

    sentence = _("This form was sent before with other content. Open the page anew.")


@dataclass(frozen=True)
class Outcome:
    """What a request led to: status, where it pointed, and a short reply such as saved versions."""

    status: int
    location: str | None
    reply: bytes | None


def find_outcome(ctx: RequestContext, *, key: str, body: bytes) -> Outcome | None:
    """Return the outcome of an earlier request with this key, or None for a new one.

    `body` is method, path and the form as the shell canonicalises them, without the CSRF token.
    Called in the writing transaction before the view. Raises `KeyUsedOtherwise`.
    """
    if not is_sqlite(ctx.session.get_bind()):
        ctx.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, _number(key))))
    named = {"person_id": ctx.actor.person_id, "key": key[:LONGEST_KEY]}
    row = ctx.session.execute(_EARLIER, named).one_or_none()
    if row is None:
        return None
    if row.fingerprint != ctx.reader.keyed_hash(_PURPOSE, body):
        raise KeyUsedOtherwise
    return Outcome(row.status, row.location, row.reply)


def store_outcome(ctx: RequestContext, *, key: str, body: bytes, outcome: Outcome) -> None:
    """Keep the outcome of a successful request for two days, in the transaction of the act."""
    ctx.session.execute(_DELETE_OLD, {"before": ctx.now - OUTCOME_LIFE})
    kept = {
        "person_id": ctx.actor.person_id,
        "key": key[:LONGEST_KEY],
        "fingerprint": ctx.reader.keyed_hash(_PURPOSE, body),
        "status": outcome.status,
        "location": outcome.location,
        "reply": outcome.reply,
        "at": ctx.now,
    }
    ctx.session.execute(_KEEP, kept)


def _number(key: str) -> int:
    return int.from_bytes(key.encode()[:3].ljust(3, b"\0"), "big")
