"""The ready mark that a reopening took off, to be put back where it is undone."""

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reopenings", sa.Column("ready_at", UtcDateTime(), nullable=True))
    op.add_column("reopenings", sa.Column("ready_by", sa.String(36), nullable=True))
    op.add_column("reopenings", sa.Column("ready_hash", sa.LargeBinary(32), nullable=True))


def downgrade() -> None:
    for name in ("ready_hash", "ready_by", "ready_at"):
        op.drop_column("reopenings", name)
