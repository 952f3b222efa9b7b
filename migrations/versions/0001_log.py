"""Tables of audit."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import append_only, db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_entries",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", db.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("institution", sa.String(length=30), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=4), nullable=True),
        sa.Column("states", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("submission", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_entries")),
    )
    op.create_index(op.f("ix_log_entries_action"), "log_entries", ["action"], unique=False)
    op.create_index(op.f("ix_log_entries_actor"), "log_entries", ["actor"], unique=False)
    op.create_index(op.f("ix_log_entries_at"), "log_entries", ["at"], unique=False)
    op.create_index(
        op.f("ix_log_entries_institution"), "log_entries", ["institution"], unique=False
    )
    op.create_index(op.f("ix_log_entries_statement"), "log_entries", ["statement"], unique=False)
    op.create_index(op.f("ix_log_entries_subject"), "log_entries", ["subject"], unique=False)
    for statement in append_only.append_only_statements("log_entries", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_nodes")),
    )
    for statement in append_only.append_only_statements("log_nodes", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("log_nodes")
    op.drop_table("log_entries")
