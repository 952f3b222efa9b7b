"""Acts of two persons out of the tables of what they are about, into the one table."""

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_MOVED = {
    "released_tables": ("figure.release", "open", "released"),
    "retractions": ("answer.retraction", "open", "done"),
}
"""By table: the kind of its act, its words for waiting and approved."""

_COPY = """
INSERT INTO waiting_acts (id, kind, status, subject, shown_hash, institution, roles, sealed_note,
    proposed_by, proposed_at, ends_at, decided_by, decided_at, sealed_reason, used_at, version)
SELECT id, '{kind}', CASE status WHEN '{waiting}' THEN 'waiting' WHEN '{approved}' THEN 'approved'
    ELSE CASE WHEN decided_by = proposed_by THEN 'withdrawn' ELSE 'void' END END, id, content_hash,
    'none', '', NULL, proposed_by, proposed_at, NULL, decided_by, decided_at, NULL, NULL, 1
FROM {table}
"""
_BACK = """
UPDATE {table} SET
    status = (SELECT CASE a.status WHEN 'waiting' THEN '{waiting}' WHEN 'approved' THEN '{approved}'
        ELSE 'void' END FROM waiting_acts a WHERE a.id = {table}.id),
    content_hash = (SELECT a.shown_hash FROM waiting_acts a WHERE a.id = {table}.id),
    proposed_by = (SELECT a.proposed_by FROM waiting_acts a WHERE a.id = {table}.id),
    proposed_at = (SELECT a.proposed_at FROM waiting_acts a WHERE a.id = {table}.id),
    decided_by = (SELECT a.decided_by FROM waiting_acts a WHERE a.id = {table}.id),
    decided_at = (SELECT a.decided_at FROM waiting_acts a WHERE a.id = {table}.id),
    version = 1
"""
_NEEDED = ("content_hash", "status", "proposed_by", "proposed_at", "version")


def _columns() -> tuple[sa.Column[object], ...]:
    """Return the columns of the first and the second half, as the tables had them."""
    return (
        sa.Column("content_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("status", sa.String(12), nullable=True),
        sa.Column("proposed_by", sa.String(36), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(36), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    for table, (kind, waiting, approved) in _MOVED.items():
        op.execute(_COPY.format(table=table, kind=kind, waiting=waiting, approved=approved))
        with op.batch_alter_table(table) as batch:
            for column in _columns():
                batch.drop_column(column.name)


def downgrade() -> None:
    for table, (kind, waiting, approved) in _MOVED.items():
        with op.batch_alter_table(table) as batch:
            for column in _columns():
                batch.add_column(column)
        op.execute(_BACK.format(table=table, waiting=waiting, approved=approved))
        with op.batch_alter_table(table) as batch:
            for name in _NEEDED:
                batch.alter_column(name, nullable=False)
        op.execute(f"DELETE FROM waiting_acts WHERE kind = '{kind}'")  # noqa: S608 - our own words
