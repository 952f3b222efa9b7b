"""One table for all acts of two persons: what waits about anything, with or without an end."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_OF_KEYS = ("root.rotation", "restore", "key.destruction")
_ACTS = sa.table(
    "waiting_acts",
    sa.column("id", sa.String),
    sa.column("kind", sa.String),
    sa.column("status", sa.String),
    sa.column("ends_at", UtcDateTime),
    sa.column("proposed_at", UtcDateTime),
    sa.column("decided_at", UtcDateTime),
)


def upgrade() -> None:
    op.execute("UPDATE waiting_acts SET subject_id = id WHERE subject_id IS NULL")
    op.drop_index("ix_waiting_acts_subject_id", "waiting_acts")
    with op.batch_alter_table("waiting_acts") as acts:
        acts.alter_column(
            "subject_id",
            new_column_name="subject",
            existing_type=sa.String(36),
            type_=sa.String(40),
            nullable=False,
        )
        acts.alter_column("subject_hash", new_column_name="shown_hash")
        acts.alter_column("sealed_note", existing_type=sa.LargeBinary(), nullable=True)
        acts.alter_column("ends_at", existing_type=UtcDateTime(), nullable=True)
        acts.drop_constraint("fk_waiting_acts_proposed_by_people", type_="foreignkey")
        acts.drop_constraint("fk_waiting_acts_decided_by_people", type_="foreignkey")
    op.create_index("ix_waiting_acts_subject", "waiting_acts", ["kind", "subject"])
    _end_approvals()


def _end_approvals() -> None:
    """Let `ends_at` say when an approval lapses: of keys after a day, of anything else never."""
    connection = op.get_bind()
    approved = _ACTS.c.status == "approved"
    of_keys = _ACTS.c.kind.in_(_OF_KEYS)
    connection.execute(sa.update(_ACTS).where(approved, ~of_keys).values(ends_at=None))
    for act_id, at in connection.execute(
        sa.select(_ACTS.c.id, _ACTS.c.decided_at).where(approved, of_keys)
    ).all():
        ends_at = at + timedelta(hours=24)
        connection.execute(sa.update(_ACTS).where(_ACTS.c.id == act_id).values(ends_at=ends_at))


def downgrade() -> None:
    connection = op.get_bind()
    for act_id, at in connection.execute(
        sa.select(_ACTS.c.id, _ACTS.c.proposed_at).where(_ACTS.c.ends_at.is_(None))
    ).all():
        ends_at = at + timedelta(days=7)
        connection.execute(sa.update(_ACTS).where(_ACTS.c.id == act_id).values(ends_at=ends_at))
    op.drop_index("ix_waiting_acts_subject", "waiting_acts")
    with op.batch_alter_table("waiting_acts") as acts:
        acts.alter_column(
            "subject",
            new_column_name="subject_id",
            existing_type=sa.String(40),
            type_=sa.String(36),
            nullable=True,
        )
        acts.alter_column("shown_hash", new_column_name="subject_hash")
        acts.alter_column("sealed_note", existing_type=sa.LargeBinary(), nullable=False)
        acts.alter_column("ends_at", existing_type=UtcDateTime(), nullable=False)
        for column in ("proposed_by", "decided_by"):
            name = op.f(f"fk_waiting_acts_{column}_people")
            acts.create_foreign_key(name, "people", [column], ["id"])
    op.create_index("ix_waiting_acts_subject_id", "waiting_acts", ["subject_id"])
