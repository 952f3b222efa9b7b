"""Tables of the log; all are append-only, the database itself refuses changes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.append_only import protect
from cooperation.core.db import Base, UtcDateTime


class LogEntry(Base):
    """One entry: its fields for reading and filtering, and the canonical bytes that are hashed."""

    __tablename__ = "log_entries"
    __table_args__ = (
        sa.Index("ix_log_entries_actor_at", "actor", "at"),
        sa.Index("ix_log_entries_edition_action_at", "edition", "action", "at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(sa.String(36))
    role: Mapped[str] = mapped_column(sa.String(20))
    institution: Mapped[str] = mapped_column(sa.String(30), index=True)
    action: Mapped[str] = mapped_column(sa.String(40), index=True)
    request_id: Mapped[str] = mapped_column(sa.String(64))
    edition: Mapped[str | None] = mapped_column(sa.String(4))
    states: Mapped[str] = mapped_column(sa.Text)  # JSON: sorted codes, or "all"
    questions: Mapped[str] = mapped_column(sa.Text)  # JSON: sorted codes, or "all"
    submission: Mapped[str | None] = mapped_column(sa.String(36))
    version: Mapped[int | None]
    commitment: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    statement: Mapped[bytes | None] = mapped_column(sa.LargeBinary, unique=True, index=True)
    subject: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    canonical: Mapped[bytes] = mapped_column(sa.LargeBinary)


class LogNode(Base):
    """The hash of one complete sub-tree; level 0 are the leaves."""

    __tablename__ = "log_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary)


class CheckpointRow(Base):
    """What the log's key signed: the note as it left the signer."""

    __tablename__ = "checkpoints"
    __table_args__ = (sa.UniqueConstraint("origin", "size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(sa.LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(sa.Text)


class Cosignature(Base):
    """A witness's signature of one checkpoint, as the line that stands below its note."""

    __tablename__ = "cosignatures"
    __table_args__ = (sa.UniqueConstraint("checkpoint_id", "witness"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(sa.ForeignKey("checkpoints.id"))
    witness: Mapped[str] = mapped_column(sa.String(220))  # name+key id: the vkey without its key
    line: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


protect(LogEntry.__table__)
protect(LogNode.__table__)
protect(CheckpointRow.__table__)
protect(Cosignature.__table__)
