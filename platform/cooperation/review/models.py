"""Table of decisions; the reason of a refusal is sealed to the State and the Secretariat."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.ids import new_id


class Approval(Base):
    """The Secretariat's decision on one answer, named by its commitment; none while pending.

    `is_final` once the answer is published: the State alone takes it back then, by narrowing.
    """

    __tablename__ = "approvals"
    __table_args__ = (sa.UniqueConstraint("edition_id", "state_code", "question", "commitment"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    question: Mapped[str] = mapped_column(sa.String(12))
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    submission_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("submissions.id"))
    decision: Mapped[str] = mapped_column(sa.String(12))
    decided_by: Mapped[str] = mapped_column(sa.String(36))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_final: Mapped[bool] = mapped_column(default=False)
    bundle_id: Mapped[str | None] = mapped_column(sa.String(36))
    sealed_reason: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own name
        "version_id_col": version,
        "version_id_generator": False,  # the context of the sealed reason says the version
    }
