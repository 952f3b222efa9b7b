"""Tables of responses."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import append_only, db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "response_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=36), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_files")),
        sa.UniqueConstraint(
            "reference", "bundle_id", name=op.f("uq_response_files_reference_bundle_id")
        ),
    )
    op.create_table(
        "response_file_chunks",
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["response_files.id"],
            name=op.f("fk_response_file_chunks_file_id_response_files"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_response_file_chunks")),
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("done_parts", sa.String(length=200), nullable=False),
        sa.Column("saved_at", db.UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.String(length=36), nullable=False),
        sa.Column("ready_at", db.UtcDateTime(), nullable=True),
        sa.Column("ready_by", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_responses_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint(
            "edition_id", "state_code", name=op.f("uq_responses_edition_id_state_code")
        ),
    )
    op.create_table(
        "draft_answers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("response_id", sa.String(length=36), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", db.UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_draft_answers_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_answers")),
        sa.UniqueConstraint(
            "response_id", "question", name=op.f("uq_draft_answers_response_id_question")
        ),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("response_id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", db.UtcDateTime(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("submitted_by", sa.String(length=36), nullable=False),
        sa.Column("prepared_by", sa.String(length=36), nullable=False),
        sa.Column("d01", sa.String(length=60), nullable=False),
        sa.Column("d03", sa.String(length=60), nullable=False),
        sa.Column("d04", sa.String(length=60), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_submissions_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_submissions_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint(
            "edition_id",
            "state_code",
            "number",
            name=op.f("uq_submissions_edition_id_state_code_number"),
        ),
    )
    for statement in append_only.append_only_statements("submissions", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "draft_answer_versions",
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", db.UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["draft_answers.id"],
            name=op.f("fk_draft_answer_versions_answer_id_draft_answers"),
        ),
        sa.PrimaryKeyConstraint("answer_id", "version", name=op.f("pk_draft_answer_versions")),
    )
    for statement in append_only.append_only_statements(
        "draft_answer_versions", op.get_bind().dialect.name
    ):
        op.execute(statement)
    op.create_table(
        "submission_answers",
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("bundle_kind", sa.String(length=24), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("narrowed_at", db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_answers_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "question", name=op.f("pk_submission_answers")),
    )


def downgrade() -> None:
    op.drop_table("submission_answers")
    op.drop_table("draft_answer_versions")
    op.drop_table("submissions")
    op.drop_table("draft_answers")
    op.drop_table("responses")
    op.drop_table("response_file_chunks")
    op.drop_table("response_files")
