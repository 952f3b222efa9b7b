"""Files taken out of a draft that can still be put back."""

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("response_files", sa.Column("removed_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_response_files_removed_at"), "response_files", ["removed_at"])


def downgrade() -> None:
    op.execute(
        "DELETE FROM response_file_chunks WHERE file_id IN"
        " (SELECT id FROM response_files WHERE removed_at IS NOT NULL)"
    )
    op.execute("DELETE FROM response_files WHERE removed_at IS NOT NULL")
    op.drop_index(op.f("ix_response_files_removed_at"), "response_files")
    op.drop_column("response_files", "removed_at")
