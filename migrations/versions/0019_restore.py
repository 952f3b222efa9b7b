"""Restores: what was put back, what is lost, what stays withheld until its State has sealed it."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restores",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("taken_at", db.UtcDateTime(), nullable=False),
        sa.Column("restored_at", db.UtcDateTime(), nullable=False),
        sa.Column("log_size", sa.Integer(), nullable=False),
        sa.Column("known_size", sa.Integer(), nullable=False),
        sa.Column("has_journal", sa.Boolean(), nullable=False),
        sa.Column("sealed_operator", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=36), nullable=True),
        sa.Column("confirmed_at", db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restores")),
    )
    op.create_table(
        "restore_losses",
        sa.Column("restore_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("submitted_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["restore_id"], ["restores.id"], name=op.f("fk_restore_losses_restore_id_restores")
        ),
        sa.PrimaryKeyConstraint("restore_id", "seq", name=op.f("pk_restore_losses")),
    )
    op.create_index(
        op.f("ix_restore_losses_state_code"), "restore_losses", ["state_code"], unique=False
    )
    op.add_column(
        "submission_answers",
        sa.Column("is_withheld", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "people",
        sa.Column("are_roles_held", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("people", "are_roles_held")
    op.drop_column("submission_answers", "is_withheld")
    op.drop_table("restore_losses")
    op.drop_table("restores")
