"""Tables of keys: public halves in the clear, private halves sealed; who may use them is signed.

No public key is believed from its row: the directory's statements hold its hash.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.append_only import protect
from cooperation.core.db import Base, UtcDateTime
from cooperation.core.wrapped import WrappedTable, table_of


class Instance(Base):
    """The one row that says which instance this database is, and which root key belongs to it."""

    __tablename__ = "instances"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    root_version: Mapped[int]
    root_check: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Member(Base):
    """A person's public keys and the blob of her private ones; her id is the account's."""

    __tablename__ = "members"

    person_id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    sealing_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    key_version: Mapped[int] = mapped_column(default=1)
    sealed_keys: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StatementRow(Base):
    """A signed statement of the directory; its number is that of its entry in the log."""

    __tablename__ = "statements"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    encoded: Mapped[bytes] = mapped_column(sa.LargeBinary)


class InvitationKey(Base):
    """The public keys of an open invitation, and the package sealed to them (none for genesis)."""

    __tablename__ = "invitation_keys"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    sealing_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    signing_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_package: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    is_genesis: Mapped[bool]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CircleVersionRow(Base):
    """A version of a circle's public key; `sealed_previous` is the private one before, a link."""

    __tablename__ = "circle_versions"

    circle: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_previous: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MembershipRow(Base):
    """A circle's private key sealed to a member: a person's id or another circle's name."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["circle", "circle_version"], ["circle_versions.circle", "circle_versions.version"]
        ),
    )

    circle: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    circle_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member: Mapped[str] = mapped_column(sa.String(40), primary_key=True, index=True)
    member_key_version: Mapped[int]
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)


class RecoverySheetRow(Base):
    """A member without account: the public key of a printed seed; its memberships are as others'.

    A sheet that was used or voided keeps its row and has no memberships.
    """

    __tablename__ = "recovery_sheets"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    circle: Mapped[str] = mapped_column(sa.String(40), index=True)
    sealing_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    made_by: Mapped[str] = mapped_column(sa.String(36))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_by: Mapped[str | None] = mapped_column(sa.String(36))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Bundle(Base):
    """A bundle's signed header; a destroyed bundle keeps its row and has no grants.

    `edition` may be empty, `subject` is the id of what it is about, `parties` are the circles that
    it is for, sorted, with blanks between; `acting` is the one its maker acts for. The last three
    are signed from header `version` 2 on.
    """

    __tablename__ = "bundles"
    __table_args__ = (sa.Index("ix_bundles_place", "kind", "edition", "state"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    version: Mapped[int] = mapped_column(server_default="1")
    kind: Mapped[str] = mapped_column(sa.String(30))
    edition: Mapped[str] = mapped_column(sa.String(4))
    state: Mapped[str | None] = mapped_column(sa.String(8))
    subject: Mapped[str] = mapped_column(sa.String(36), server_default="")
    parties: Mapped[str] = mapped_column(sa.Text, server_default="")
    key_id: Mapped[bytes] = mapped_column(sa.LargeBinary)
    maker: Mapped[str] = mapped_column(sa.String(36))
    acting: Mapped[str] = mapped_column(sa.String(40), server_default="")
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Grant(Base):
    """A bundle's content key sealed to a version of a circle, then wrapped by the root key."""

    __tablename__ = "grants"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["circle", "circle_version"], ["circle_versions.circle", "circle_versions.version"]
        ),
    )

    bundle_id: Mapped[str] = mapped_column(sa.ForeignKey("bundles.id"), primary_key=True)
    circle: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    circle_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)


protect(sa.inspect(StatementRow).local_table)

WRAPPED = (
    WrappedTable(table_of(Member), {"sealed_keys": "blob"}, row=("person_id",)),
    WrappedTable(table_of(Grant), {"sealed_key": "grant"}, row=("bundle_id", "circle")),
)
"""What root rotation wraps anew."""
