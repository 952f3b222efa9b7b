"""Named reads of decisions, as tuples: an edition has ten thousand."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.review.models import Approval


class ApprovalRow(NamedTuple):
    """A decision without its identity of an object; `decision` holds the enumeration's value."""

    id: str
    state_code: str
    question: str
    commitment: bytes
    decision: str
    decided_by: str
    decided_at: datetime
    is_final: bool
    bundle_id: str | None
    sealed_reason: bytes | None
    version: int


_COLUMNS = tuple(getattr(Approval, name) for name in ApprovalRow._fields)


def approval_rows(
    session: Session, edition_id: str, state_code: str | None = None
) -> list[ApprovalRow]:
    """Return the decisions taken in an edition, on all States or on one."""
    statement = sa.select(*_COLUMNS).where(Approval.edition_id == edition_id)
    if state_code is not None:
        statement = statement.where(Approval.state_code == state_code)
    return [ApprovalRow._make(row) for row in session.execute(statement)]


def approvals_of(
    session: Session, edition_id: str, state_code: str, questions: Collection[str]
) -> dict[tuple[str, bytes], Approval]:
    """Return decisions as objects, to be changed, by question and commitment."""
    found = session.scalars(
        sa.select(Approval).where(
            Approval.edition_id == edition_id,
            Approval.state_code == state_code,
            Approval.question.in_(questions),
        )
    )
    return {(row.question, row.commitment): row for row in found}
