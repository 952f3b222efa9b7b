"""Readers: indexes for who read what, the browser of an account's events, origin of a sign-in."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_browsers",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_event_browsers")),
    )
    op.create_index(op.f("ix_event_browsers_at"), "event_browsers", ["at"], unique=False)
    op.add_column("pending_sign_ins", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.create_index("ix_log_entries_actor_at", "log_entries", ["actor", "at"], unique=False)
    op.create_index(
        "ix_log_entries_edition_action_at",
        "log_entries",
        ["edition", "action", "at"],
        unique=False,
    )
    op.drop_index("ix_log_entries_actor", table_name="log_entries")


def downgrade() -> None:
    op.create_index("ix_log_entries_actor", "log_entries", ["actor"], unique=False)
    op.drop_index("ix_log_entries_edition_action_at", table_name="log_entries")
    op.drop_index("ix_log_entries_actor_at", table_name="log_entries")
    op.drop_column("pending_sign_ins", "origin")
    op.drop_table("event_browsers")
