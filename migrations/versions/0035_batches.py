"""Who proposed and published a batch stands in the one table of acts of two persons."""

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_COPY = """
INSERT INTO waiting_acts (id, kind, status, subject, shown_hash, institution, roles, sealed_note,
    proposed_by, proposed_at, ends_at, decided_by, decided_at, sealed_reason, used_at, version)
SELECT id, 'publication', CASE status WHEN 'open' THEN 'waiting' WHEN 'published' THEN 'approved'
    ELSE CASE WHEN decided_by = proposed_by THEN 'withdrawn' ELSE 'void' END END, id, content_hash,
    'none', '', NULL, proposed_by, proposed_at, NULL, decided_by, decided_at, NULL, NULL, 1
FROM proposals
"""
_BACK = """
UPDATE proposals SET
    status = (SELECT CASE a.status WHEN 'waiting' THEN 'open' WHEN 'approved' THEN 'published'
        ELSE 'void' END FROM waiting_acts a WHERE a.id = proposals.id),
    content_hash = (SELECT a.shown_hash FROM waiting_acts a WHERE a.id = proposals.id),
    proposed_by = (SELECT a.proposed_by FROM waiting_acts a WHERE a.id = proposals.id),
    proposed_at = (SELECT a.proposed_at FROM waiting_acts a WHERE a.id = proposals.id),
    decided_by = (SELECT a.decided_by FROM waiting_acts a WHERE a.id = proposals.id),
    decided_at = (SELECT a.decided_at FROM waiting_acts a WHERE a.id = proposals.id),
    version = 1
"""
_COLUMNS = {
    "content_hash": sa.LargeBinary(32),
    "status": sa.String(12),
    "proposed_by": sa.String(36),
    "proposed_at": UtcDateTime(),
    "decided_by": sa.String(36),
    "decided_at": UtcDateTime(),
    "version": sa.Integer(),
}


def upgrade() -> None:
    op.execute(_COPY)
    with op.batch_alter_table("proposals") as proposals:
        for name in _COLUMNS:
            proposals.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table("proposals") as proposals:
        for name, type_ in _COLUMNS.items():
            proposals.add_column(sa.Column(name, type_, nullable=True))
    op.execute(_BACK)
    with op.batch_alter_table("proposals") as proposals:
        for name in _COLUMNS.keys() - {"decided_by", "decided_at"}:
            proposals.alter_column(name, nullable=False)
    op.execute("DELETE FROM waiting_acts WHERE kind = 'publication'")
