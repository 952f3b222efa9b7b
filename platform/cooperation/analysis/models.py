"""The table of protected figures that Court readers propose and release; sealed.

Until its release a table is open to the Court alone; then it is sealed again with what is
published, so that whoever reads published answers reads it, and a stolen disk does not.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base
from cooperation.core.ids import new_id


class ReleasedTable(Base):
    """A question's table over Court-only answers, small cells hidden; an act has its id."""

    __tablename__ = "released_tables"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    question: Mapped[str] = mapped_column(sa.String(12))
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)

    __table_args__ = (sa.Index("ix_released_tables_question", "edition_id", "question"),)
