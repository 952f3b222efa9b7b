"""Who reopened a response that was marked ready, and why."""

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reopenings",
        sa.Column("response_id", sa.String(36), nullable=False),
        sa.Column("reopened_at", UtcDateTime(), nullable=False),
        sa.Column("reopened_by", sa.String(36), nullable=False),
        sa.Column("bundle_id", sa.String(36), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_reopenings_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_reopenings")),
    )


def downgrade() -> None:
    op.drop_table("reopenings")
