"""The table of mails; nothing in it tells what a mail says or to whom it goes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.wrapped import WrappedTable, table_of


class MailRow(Base):
    """One mail; `sealed_payload` is wrapped by the root key and erased once sent."""

    __tablename__ = "mails"
    __table_args__ = (sa.Index("ix_mails_status_next_try_at", "status", "next_try_at"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(40), index=True)
    subject_id: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    status: Mapped[str] = mapped_column(sa.String(10))
    sealed_payload: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    payload_mac: Mapped[bytes] = mapped_column(sa.LargeBinary)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(sa.String(40), default="")
    version: Mapped[int] = mapped_column(sa.Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so


WRAPPED = (WrappedTable(table_of(MailRow), {"sealed_payload": "payload"}, at_once=20),)
"""What root rotation wraps anew."""
