"""Tables of the register. What a post's address says is wrapped by the root key."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.text import ENGLISH
from cooperation.core.wrapped import WrappedTable, table_of


class StateRow(Base):
    """A State that is or was a party; facts, loaded from the register's file."""

    __tablename__ = "states"

    code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_fr: Mapped[str] = mapped_column(sa.String(100))
    name_es: Mapped[str] = mapped_column(sa.String(100))
    formal_name_with_article: Mapped[str] = mapped_column(sa.String(150))
    regional_group: Mapped[str] = mapped_column(sa.String(6))
    entry_into_force: Mapped[date] = mapped_column(sa.Date)
    withdrawal_effective: Mapped[date | None] = mapped_column(sa.Date)


class MembershipEventRow(Base):
    """Something that happened to a membership; also of a State that never became a party."""

    __tablename__ = "membership_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    state_code: Mapped[str] = mapped_column(sa.String(8), index=True)
    kind: Mapped[str] = mapped_column(sa.String(30))
    happened_on: Mapped[date] = mapped_column(sa.Date)
    takes_effect_on: Mapped[date | None] = mapped_column(sa.Date)
    instrument: Mapped[str] = mapped_column(sa.String(100))
    is_confirmed: Mapped[bool]
    note: Mapped[str] = mapped_column(sa.Text)


class AddressRow(Base):
    """One post of a State."""

    __tablename__ = "addresses"
    __table_args__ = (
        sa.UniqueConstraint("state_code", "kind", name="uq_addresses_state_code_kind"),
        sa.Index(
            "uq_addresses_of_record",
            "state_code",
            unique=True,
            sqlite_where=sa.text("is_of_record = 1"),
            postgresql_where=sa.text("is_of_record"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    state_code: Mapped[str] = mapped_column(sa.ForeignKey("states.code"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    place: Mapped[str] = mapped_column(sa.String(100))
    sealed_lines: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_email: Mapped[bytes] = mapped_column(sa.LargeBinary)
    is_of_record: Mapped[bool]
    language: Mapped[str] = mapped_column(sa.String(16), default=ENGLISH, server_default=ENGLISH)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(sa.Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class AddressImportRow(Base):
    """An uploaded file of addresses without errors, waiting to be confirmed by who uploaded it."""

    __tablename__ = "address_imports"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(36))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_preview: Mapped[bytes] = mapped_column(sa.LargeBinary)


WRAPPED = (
    WrappedTable(table_of(AddressRow), {"sealed_lines": "lines", "sealed_email": "email"}),
    WrappedTable(table_of(AddressImportRow), {"sealed_preview": "preview"}),
)
"""What root rotation wraps anew."""
