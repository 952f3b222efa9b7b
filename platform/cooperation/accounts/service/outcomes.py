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
from cooperation.core.db import is_sqlite
from cooperation.core.errors import Invalid
from cooperation.core.text import _

LONGEST_KEY = 64
_PURPOSE = "outcome/1"
_LOCK = 0x4F555443


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
    row = ctx.session.scalar(
        sa.select(OutcomeRow).where(
            OutcomeRow.person_id == ctx.actor.person_id, OutcomeRow.key == key[:LONGEST_KEY]
        )
    )
    if row is None:
        return None
    if row.fingerprint != ctx.reader.keyed_hash(_PURPOSE, body):
        raise KeyUsedOtherwise
    return Outcome(row.status, row.location, row.reply)


def store_outcome(ctx: RequestContext, *, key: str, body: bytes, outcome: Outcome) -> None:
    """Keep the outcome of a successful request for two days, in the transaction of the act."""
    ctx.session.execute(sa.delete(OutcomeRow).where(OutcomeRow.at < ctx.now - OUTCOME_LIFE))
    ctx.session.add(
        OutcomeRow(
            person_id=ctx.actor.person_id,
            key=key[:LONGEST_KEY],
            fingerprint=ctx.reader.keyed_hash(_PURPOSE, body),
            status=outcome.status,
            location=outcome.location,
            reply=outcome.reply,
            at=ctx.now,
        )
    )
    ctx.session.flush()


def _number(key: str) -> int:
    return int.from_bytes(key.encode()[:3].ljust(3, b"\0"), "big")
