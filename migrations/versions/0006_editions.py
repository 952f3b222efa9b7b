"""Tables of editions."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import append_only, db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaires",
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_questionnaires")),
    )
    for statement in append_only.append_only_statements(
        "questionnaires", op.get_bind().dialect.name
    ):
        op.execute(statement)
    op.create_table(
        "editions",
        sa.Column("id", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("questionnaire_hash", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.String(length=36), nullable=False),
        sa.Column("prepared_at", db.UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(length=36), nullable=True),
        sa.Column("opened_at", db.UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("closed_at", db.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('prepared', 'open', 'closed')", name=op.f("ck_editions_status")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["people.id"], name=op.f("fk_editions_closed_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["people.id"], name=op.f("fk_editions_opened_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["people.id"], name=op.f("fk_editions_prepared_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_hash"],
            ["questionnaires.content_hash"],
            name=op.f("fk_editions_questionnaire_hash_questionnaires"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
    )
    op.create_table(
        "edition_participants",
        sa.Column("edition", sa.String(length=4), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("regional_group", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"], ["editions.id"], name=op.f("fk_edition_participants_edition_editions")
        ),
        sa.ForeignKeyConstraint(
            ["state_code"], ["states.code"], name=op.f("fk_edition_participants_state_code_states")
        ),
        sa.PrimaryKeyConstraint("edition", "state_code", name=op.f("pk_edition_participants")),
    )
    for statement in append_only.append_only_statements(
        "edition_participants", op.get_bind().dialect.name
    ):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("edition_participants")
    op.drop_table("editions")
    op.drop_table("questionnaires")
