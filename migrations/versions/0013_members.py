"""Joining and leaving: confirmation of unused accounts, access reviews, cases of two people."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("confirmed_at", db.UtcDateTime(), nullable=True))
    op.create_table(
        "access_reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("circle", sa.String(length=40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=36), nullable=False),
        sa.Column("confirmed_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_access_reviews_confirmed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_reviews")),
        sa.UniqueConstraint(
            "edition_id", "circle", name=op.f("uq_access_reviews_edition_id_circle")
        ),
    )
    op.create_table(
        "member_cases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=36), nullable=True),
        sa.Column("confirmed_at", db.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_member_cases_confirmed_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_member_cases_proposed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_cases")),
    )
    op.create_index("ix_member_cases_subject", "member_cases", ["kind", "subject"], unique=False)


def downgrade() -> None:
    op.drop_table("member_cases")
    op.drop_table("access_reviews")
    with op.batch_alter_table("people") as people:
        people.drop_column("confirmed_at")
