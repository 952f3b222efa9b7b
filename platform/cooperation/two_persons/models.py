"""The table of what waits for a second person, or was decided."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.wrapped import WrappedTable, table_of


class ActRow(Base):
    """An act of two persons, bound to the hash of exactly what the second is shown.

    Note and reason are wrapped by the root key, as they may name people. `ends_at` is the end of
    the waiting, then that of an approval which a command carries out.
    """

    __tablename__ = "waiting_acts"
    __table_args__ = (sa.Index("ix_waiting_acts_subject", "kind", "subject"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    status: Mapped[str] = mapped_column(sa.String(10), index=True)
    subject: Mapped[str] = mapped_column(sa.String(40))
    shown_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    institution: Mapped[str] = mapped_column(sa.String(20))
    roles: Mapped[str] = mapped_column(sa.String(60))
    sealed_note: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    proposed_by: Mapped[str] = mapped_column(sa.String(36))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(sa.String(36))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_reason: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


WRAPPED = (WrappedTable(table_of(ActRow), {"sealed_note": "note", "sealed_reason": "reason"}),)
"""What root rotation wraps anew."""
