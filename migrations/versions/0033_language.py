"""The language in which a person is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    language = sa.Column("language", sa.String(length=16), nullable=False, server_default="en")
    op.add_column("people", language)


def downgrade() -> None:
    op.drop_column("people", "language")
