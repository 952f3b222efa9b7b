"""Tables of register."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_imports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("uploaded_at", db.UtcDateTime(), nullable=False),
        sa.Column("sealed_preview", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_imports")),
    )
    op.create_table(
        "membership_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("takes_effect_on", sa.Date(), nullable=True),
        sa.Column("instrument", sa.String(length=100), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_events")),
    )
    op.create_index(
        op.f("ix_membership_events_state_code"), "membership_events", ["state_code"], unique=False
    )
    op.create_table(
        "states",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("name_fr", sa.String(length=100), nullable=False),
        sa.Column("name_es", sa.String(length=100), nullable=False),
        sa.Column("formal_name_with_article", sa.String(length=150), nullable=False),
        sa.Column("regional_group", sa.String(length=6), nullable=False),
        sa.Column("entry_into_force", sa.Date(), nullable=False),
        sa.Column("withdrawal_effective", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_states")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("sealed_lines", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=False),
        sa.Column("is_of_record", sa.Boolean(), nullable=False),
        sa.Column("saved_at", db.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["state_code"], ["states.code"], name=op.f("fk_addresses_state_code_states")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("state_code", "kind", name="uq_addresses_state_code_kind"),
    )
    op.create_index(
        "uq_addresses_of_record",
        "addresses",
        ["state_code"],
        unique=True,
        sqlite_where=sa.text("is_of_record = 1"),
        postgresql_where=sa.text("is_of_record"),
    )


def downgrade() -> None:
    op.drop_table("addresses")
    op.drop_table("states")
    op.drop_table("membership_events")
    op.drop_table("address_imports")
