"""Tables of publication."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import append_only, db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_proposals_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_proposals_edition_id_number")),
    )
    op.create_table(
        "published_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_published_files_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_files")),
        sa.UniqueConstraint(
            "edition_id", "reference", name=op.f("uq_published_files_edition_id_reference")
        ),
    )
    op.create_table(
        "releases",
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("released_by", sa.String(length=36), nullable=False),
        sa.Column("released_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_releases_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "state_code", "question", "commitment", name=op.f("pk_releases")
        ),
    )
    op.create_table(
        "published_file_chunks",
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["published_files.id"],
            name=op.f("fk_published_file_chunks_file_id_published_files"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_published_file_chunks")),
    )
    op.create_table(
        "proposal_items",
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_items_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_proposal_items_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint(
            "proposal_id", "state_code", "question", name=op.f("pk_proposal_items")
        ),
    )
    for statement in append_only.append_only_statements(
        "proposal_items", op.get_bind().dialect.name
    ):
        op.execute(statement)
    op.create_table(
        "published_answers",
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("published_at", db.UtcDateTime(), nullable=False),
        sa.Column("narrowed_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_published_answers_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_published_answers_proposal_id_proposals"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_published_answers_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "state_code", "question", name=op.f("pk_published_answers")
        ),
    )
    op.create_index(
        "ix_published_answers_question",
        "published_answers",
        ["edition_id", "question"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("published_answers")
    op.drop_table("proposal_items")
    op.drop_table("published_file_chunks")
    op.drop_table("releases")
    op.drop_table("published_files")
    op.drop_table("proposals")
