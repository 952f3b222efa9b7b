"""Tables of outbox."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("payload_mac", sa.LargeBinary(), nullable=False),
        sa.Column("queued_at", db.UtcDateTime(), nullable=False),
        sa.Column("next_try_at", db.UtcDateTime(), nullable=False),
        sa.Column("leased_until", db.UtcDateTime(), nullable=True),
        sa.Column("sent_at", db.UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_purpose"), "mails", ["purpose"], unique=False)
    op.create_index("ix_mails_status_next_try_at", "mails", ["status", "next_try_at"], unique=False)
    op.create_index(op.f("ix_mails_subject_id"), "mails", ["subject_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mails")
