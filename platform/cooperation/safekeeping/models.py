"""Tables of restores: when the instance was put back, what is lost, and a head's word on it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.wrapped import WrappedTable, table_of


class RestoreRow(Base):
    """One restore from a backup; nothing is published or issued before a head has confirmed it.

    `known_size` is the size of the last log known outside, `summary` counts what was lost and what
    was done again, by act. The operator's name is wrapped by the root key.
    """

    __tablename__ = "restores"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    restored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    log_size: Mapped[int]
    known_size: Mapped[int]
    has_journal: Mapped[bool]
    sealed_operator: Mapped[bytes] = mapped_column(sa.LargeBinary)
    summary: Mapped[str] = mapped_column(sa.Text)
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(36))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RestoreLossRow(Base):
    """A submission that the journal knows and the backup does not: its receipt proves it."""

    __tablename__ = "restore_losses"

    restore_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("restores.id"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    edition_id: Mapped[str] = mapped_column(sa.String(4))
    state_code: Mapped[str] = mapped_column(sa.String(8), index=True)
    submission_id: Mapped[str] = mapped_column(sa.String(36))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)


WRAPPED = (WrappedTable(table_of(RestoreRow), {"sealed_operator": "operator"}),)
"""What root rotation wraps anew."""
