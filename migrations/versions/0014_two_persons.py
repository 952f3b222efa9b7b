"""Two persons: waiting acts, exact hashes, retractions, released tables."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _waiting_acts() -> None:
    op.create_table(
        "waiting_acts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("institution", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("subject_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("roles", sa.String(length=60), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", db.UtcDateTime(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("used_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_waiting_acts_decided_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_waiting_acts_proposed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_acts")),
    )
    op.create_index("ix_waiting_acts_status", "waiting_acts", ["status"], unique=False)
    op.create_index("ix_waiting_acts_subject_id", "waiting_acts", ["subject_id"], unique=False)


def _retractions() -> None:
    op.create_table(
        "retractions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_retractions_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retractions")),
    )
    op.create_index(
        "ix_retractions_place",
        "retractions",
        ["edition_id", "state_code", "question"],
        unique=False,
    )


def _released_tables() -> None:
    op.create_table(
        "released_tables",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("edition_id", sa.String(length=4), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_released_tables_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_tables")),
    )
    op.create_index(
        "ix_released_tables_question",
        "released_tables",
        ["edition_id", "question"],
        unique=False,
    )


def upgrade() -> None:
    _waiting_acts()
    _retractions()
    _released_tables()
    with op.batch_alter_table("published_answers") as answers:
        answers.add_column(sa.Column("retracted_at", db.UtcDateTime(), nullable=True))
    with op.batch_alter_table("responses") as responses:
        responses.add_column(sa.Column("ready_hash", sa.LargeBinary(length=32), nullable=True))
    op.execute(  # a mark that is bound to nothing counts no more; one click sets it again
        "UPDATE responses SET status = 'drafting', ready_at = NULL, ready_by = NULL "
        "WHERE status = 'ready'"
    )
    with op.batch_alter_table("editions") as editions:
        editions.add_column(sa.Column("prepared_hash", sa.LargeBinary(length=32), nullable=True))
        editions.add_column(sa.Column("closing_proposed_by", sa.String(length=36), nullable=True))
        editions.add_column(sa.Column("closing_proposed_at", db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("editions") as editions:
        editions.drop_column("closing_proposed_at")
        editions.drop_column("closing_proposed_by")
        editions.drop_column("prepared_hash")
    with op.batch_alter_table("responses") as responses:
        responses.drop_column("ready_hash")
    with op.batch_alter_table("published_answers") as answers:
        answers.drop_column("retracted_at")
    op.drop_table("released_tables")
    op.drop_table("retractions")
    op.drop_table("waiting_acts")
