"""Tables of the notes verbales; nothing here is content of an answer, and no code or link."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.ids import new_id


class NoteBatch(Base):
    """The notes of one reference, the same on all copies, with the annex that goes with each.

    `number` is empty once the batch is voided, so that the reference is free again.
    """

    __tablename__ = "note_batches"
    __table_args__ = (sa.UniqueConstraint("session_number", "number"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"), index=True)
    status: Mapped[str] = mapped_column(sa.String(10))
    language: Mapped[str] = mapped_column(sa.String(5))
    reference: Mapped[str] = mapped_column(sa.String(24))
    session_number: Mapped[int]
    number: Mapped[int | None]
    dated_on: Mapped[date] = mapped_column(sa.Date)
    deadline_on: Mapped[date] = mapped_column(sa.Date)
    co_facilitators: Mapped[str] = mapped_column(sa.String(300))
    mandate: Mapped[str] = mapped_column(sa.String(300))
    changes: Mapped[str] = mapped_column(sa.String(1000))
    reply_languages: Mapped[str] = mapped_column(sa.String(100))
    annex: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    annex_pages: Mapped[int]
    annex_sha256: Mapped[str] = mapped_column(sa.String(64))
    content_hash: Mapped[str | None] = mapped_column(sa.String(64))
    prepared_by: Mapped[str] = mapped_column(sa.String(36))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(sa.String(36))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class NoteDispatch(Base):
    """One State's copy: the note's bytes and what has happened to it."""

    __tablename__ = "note_dispatches"
    __table_args__ = (sa.UniqueConstraint("batch_id", "state_code"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("note_batches.id"))
    place: Mapped[int]  # in the list of States by name
    state_code: Mapped[str] = mapped_column(sa.String(8), index=True)
    state_name: Mapped[str] = mapped_column(sa.String(100))
    state_group: Mapped[str] = mapped_column(sa.String(6))
    addressee: Mapped[str] = mapped_column(sa.String(300))
    addressee_short: Mapped[str] = mapped_column(sa.String(60))
    addressee_lines: Mapped[str] = mapped_column(sa.String(500))  # one line each
    content: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    mail_id: Mapped[str | None] = mapped_column(sa.String(36))
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_on: Mapped[date | None] = mapped_column(sa.Date)
    acknowledged_on: Mapped[date | None] = mapped_column(sa.Date)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LetterPrint(Base):
    """One printing of code letters, open until the head confirms that they lie before her."""

    __tablename__ = "letter_prints"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("note_batches.id"), index=True
    )
    printed_by: Mapped[str] = mapped_column(sa.String(36))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PrintedLetter(Base):
    """Which State's invitation a printing holds; the code is kept nowhere."""

    __tablename__ = "printed_letters"
    __table_args__ = (sa.UniqueConstraint("print_id", "state_code"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    print_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("letter_prints.id"))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    invitation_id: Mapped[str] = mapped_column(sa.String(36))
