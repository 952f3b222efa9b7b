"""Tables of invitations."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note_batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("co_facilitators", sa.String(length=300), nullable=False),
        sa.Column("mandate", sa.String(length=300), nullable=False),
        sa.Column("changes", sa.String(length=1000), nullable=False),
        sa.Column("reply_languages", sa.String(length=100), nullable=False),
        sa.Column("annex", sa.LargeBinary(), nullable=True),
        sa.Column("annex_pages", sa.Integer(), nullable=False),
        sa.Column("annex_sha256", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("prepared_by", sa.String(length=36), nullable=False),
        sa.Column("prepared_at", db.UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_note_batches_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_batches")),
        sa.UniqueConstraint(
            "session_number", "number", name=op.f("uq_note_batches_session_number_number")
        ),
    )
    op.create_index(
        op.f("ix_note_batches_edition_id"), "note_batches", ["edition_id"], unique=False
    )
    op.create_table(
        "letter_prints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("printed_by", sa.String(length=36), nullable=False),
        sa.Column("printed_at", db.UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["note_batches.id"], name=op.f("fk_letter_prints_batch_id_note_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_prints")),
    )
    op.create_index(op.f("ix_letter_prints_batch_id"), "letter_prints", ["batch_id"], unique=False)
    op.create_table(
        "note_dispatches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("state_name", sa.String(length=100), nullable=False),
        sa.Column("state_group", sa.String(length=6), nullable=False),
        sa.Column("addressee", sa.String(length=300), nullable=False),
        sa.Column("addressee_short", sa.String(length=60), nullable=False),
        sa.Column("addressee_lines", sa.String(length=500), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("mail_id", sa.String(length=36), nullable=True),
        sa.Column("dispatched_at", db.UtcDateTime(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["note_batches.id"], name=op.f("fk_note_dispatches_batch_id_note_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_dispatches")),
        sa.UniqueConstraint(
            "batch_id", "state_code", name=op.f("uq_note_dispatches_batch_id_state_code")
        ),
    )
    op.create_index(
        op.f("ix_note_dispatches_state_code"), "note_dispatches", ["state_code"], unique=False
    )
    op.create_table(
        "printed_letters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("print_id", sa.String(length=36), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("invitation_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["print_id"],
            ["letter_prints.id"],
            name=op.f("fk_printed_letters_print_id_letter_prints"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_letters")),
        sa.UniqueConstraint(
            "print_id", "state_code", name=op.f("uq_printed_letters_print_id_state_code")
        ),
    )


def downgrade() -> None:
    op.drop_table("printed_letters")
    op.drop_table("note_dispatches")
    op.drop_table("letter_prints")
    op.drop_table("note_batches")
