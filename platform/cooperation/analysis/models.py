"""The table of protected figures that Court readers propose and release; sealed.

Until its release a table is open to the Court alone; then it is sealed again with what is
published, so that whoever reads published answers reads it, and a stolen disk does not.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.ids import new_id


class ReleasedTable(Base):
    """A question's table over Court-only answers, with its small cells hidden."""

    __tablename__ = "released_tables"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    question: Mapped[str] = mapped_column(sa.String(12))
    content_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    status: Mapped[str] = mapped_column(sa.String(12))
    proposed_by: Mapped[str] = mapped_column(sa.String(36))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(sa.String(36))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __table_args__ = (sa.Index("ix_released_tables_question", "edition_id", "question"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name
