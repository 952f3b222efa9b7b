"""Tables of editions: the edition, the questionnaire it asks, the States that take part.

A questionnaire's content and the participants are written once; the database refuses changes.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.append_only import protect
from cooperation.core.db import Base, UtcDateTime


class QuestionnaireRow(Base):
    """A questionnaire as an edition asks it: canonical JSON under its SHA-256."""

    __tablename__ = "questionnaires"

    content_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(12))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class EditionRow(Base):
    """A round of a series: its name is the year, its id says nothing (docs/decisions, 13)."""

    __tablename__ = "editions"
    __table_args__ = (
        sa.CheckConstraint("status IN ('prepared', 'open', 'closed')", name="status"),
        sa.UniqueConstraint("series", "year"),
    )

    id: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    series: Mapped[str] = mapped_column(sa.String(40))
    year: Mapped[int] = mapped_column()
    follows: Mapped[str | None] = mapped_column(sa.ForeignKey("editions.id"))
    status: Mapped[str] = mapped_column(sa.String(10))
    opens_on: Mapped[date] = mapped_column(sa.Date)
    deadline_on: Mapped[date] = mapped_column(sa.Date)
    questionnaire_hash: Mapped[str] = mapped_column(sa.ForeignKey("questionnaires.content_hash"))
    prepared_by: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    prepared_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    opened_by: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class EditionParticipantRow(Base):
    """A State Party on the opening day, with its name and regional group of that day."""

    __tablename__ = "edition_participants"

    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    state_code: Mapped[str] = mapped_column(sa.ForeignKey("states.code"), primary_key=True)
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(sa.String(120))
    regional_group: Mapped[str] = mapped_column(sa.String(10))


protect(QuestionnaireRow.__table__)
protect(EditionParticipantRow.__table__)
