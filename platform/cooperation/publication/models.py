"""Tables of releases, proposals and published answers; all content is sealed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.append_only import protect
from cooperation.core.db import Base, UtcDateTime
from cooperation.core.ids import new_id


class Release(Base):
    """A State's word that an approved answer may go out; it holds for that text alone."""

    __tablename__ = "releases"

    edition_id: Mapped[str] = mapped_column(
        sa.String(4), sa.ForeignKey("editions.id"), primary_key=True
    )
    state_code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    question: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    released_by: Mapped[str] = mapped_column(sa.String(36))
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Proposal(Base):
    """A batch that two persons publish; the act has its id, bound to the hash of its list."""

    __tablename__ = "proposals"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    number: Mapped[int]

    __table_args__ = (sa.UniqueConstraint("edition_id", "number"),)


class ProposalItem(Base):
    """One answer of a batch."""

    __tablename__ = "proposal_items"

    proposal_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("proposals.id"), primary_key=True
    )
    state_code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    question: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    submission_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("submissions.id"))
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class PublishedAnswer(Base):
    """An answer as all readers find it; without content once it was narrowed or retracted.

    `version` counts how often an answer to this question was published; the context of the sealed
    record says it.
    """

    __tablename__ = "published_answers"

    edition_id: Mapped[str] = mapped_column(
        sa.String(4), sa.ForeignKey("editions.id"), primary_key=True
    )
    state_code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    question: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    status: Mapped[str] = mapped_column(sa.String(12))
    sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    submission_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("submissions.id"))
    proposal_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("proposals.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    narrowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retracted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __table_args__ = (sa.Index("ix_published_answers_question", "edition_id", "question"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class PublishedFile(Base):
    """A file of a published answer under the edition's published bundle."""

    __tablename__ = "published_files"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(sa.String(36))
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    question: Mapped[str] = mapped_column(sa.String(12))
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    header: Mapped[bytes] = mapped_column(sa.LargeBinary)

    __table_args__ = (sa.UniqueConstraint("edition_id", "reference"),)


class PublishedFileChunk(Base):
    """A sealed piece of a published file."""

    __tablename__ = "published_file_chunks"

    file_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("published_files.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Retraction(Base):
    """A publication made in error, which two persons take back; the act has its id.

    The reason is sealed to the State and the Secretariat.
    """

    __tablename__ = "retractions"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    question: Mapped[str] = mapped_column(sa.String(12))
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    published_version: Mapped[int]
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    sealed_reason: Mapped[bytes] = mapped_column(sa.LargeBinary)

    __table_args__ = (sa.Index("ix_retractions_place", "edition_id", "state_code", "question"),)


protect(ProposalItem.__table__)
