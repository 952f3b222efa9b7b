"""The language in which a State's post is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    language = sa.Column("language", sa.String(length=16), nullable=False, server_default="en")
    op.add_column("addresses", language)


def downgrade() -> None:
    op.drop_column("addresses", "language")
