"""Named reads of tables over Court-only answers."""

from collections.abc import Sequence

import sqlalchemy as sa

from cooperation.analysis.models import ReleasedTable
from cooperation.core.db import Session


def standing_tables(session: Session, edition_id: str, question: str) -> Sequence[ReleasedTable]:
    """Return the tables of a question that wait or were released."""
    return session.scalars(
        sa.select(ReleasedTable).where(
            ReleasedTable.edition_id == edition_id,
            ReleasedTable.question == question,
            ReleasedTable.status.in_(("open", "released")),
        )
    ).all()


def open_tables(session: Session, edition_id: str) -> Sequence[ReleasedTable]:
    """Return the tables of an edition that wait for another Court reader, oldest first."""
    return session.scalars(
        sa.select(ReleasedTable)
        .where(ReleasedTable.edition_id == edition_id, ReleasedTable.status == "open")
        .order_by(ReleasedTable.proposed_at, ReleasedTable.id)
    ).all()


def released_questions(session: Session, edition_id: str) -> frozenset[str]:
    """Return the questions of an edition with a released table."""
    return frozenset(
        session.scalars(
            sa.select(ReleasedTable.question).where(
                ReleasedTable.edition_id == edition_id, ReleasedTable.status == "released"
            )
        )
    )
