"""Recovery sheets of circles."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recovery_sheets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("circle", sa.String(length=40), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", db.UtcDateTime(), nullable=False),
        sa.Column("used_by", sa.String(length=36), nullable=True),
        sa.Column("used_at", db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_sheets")),
    )
    op.create_index(op.f("ix_recovery_sheets_circle"), "recovery_sheets", ["circle"], unique=False)


def downgrade() -> None:
    op.drop_table("recovery_sheets")
