"""Named reads of tables over Court-only answers."""

from collections.abc import Sequence

import sqlalchemy as sa

from cooperation.analysis.models import ReleasedTable
from cooperation.core.db import Session


def tables(
    session: Session, edition_id: str, question: str | None = None
) -> Sequence[ReleasedTable]:
    """Return the tables of an edition, or of one question, that were ever proposed."""
    wanted = sa.select(ReleasedTable).where(ReleasedTable.edition_id == edition_id)
    if question is not None:
        wanted = wanted.where(ReleasedTable.question == question)
    return session.scalars(wanted).all()
