"""Remember through which page an answer was saved, so that nobody meets herself as a colleague."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the page's key and step; what was saved before came through none."""
    key = sa.Column("page_key", sa.String(32), nullable=False, server_default="")
    step = sa.Column("page_step", sa.Integer(), nullable=False, server_default="0")
    op.add_column("draft_answers", key)
    op.add_column("draft_answers", step)


def downgrade() -> None:
    """Forget them."""
    op.drop_column("draft_answers", "page_step")
    op.drop_column("draft_answers", "page_key")
