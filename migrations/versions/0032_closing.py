"""Who proposed to close an edition stands in the one table of acts of two persons."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from cooperation.core.db import UtcDateTime
from cooperation.core.ids import new_id
from cooperation.vault.encoding import length_prefixed

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KIND = "edition.closing"
_EDITIONS = sa.table(
    "editions",
    sa.column("id", sa.String),
    sa.column("status", sa.String),
    sa.column("deadline_on", sa.Date),
    sa.column("questionnaire_hash", sa.String),
    sa.column("closing_proposed_by", sa.String),
    sa.column("closing_proposed_at", UtcDateTime),
    sa.column("closed_by", sa.String),
    sa.column("closed_at", UtcDateTime),
)
_ACTS = sa.table(
    "waiting_acts",
    sa.column("id", sa.String),
    sa.column("kind", sa.String),
    sa.column("status", sa.String),
    sa.column("subject", sa.String),
    sa.column("shown_hash", sa.LargeBinary),
    sa.column("institution", sa.String),
    sa.column("roles", sa.String),
    sa.column("proposed_by", sa.String),
    sa.column("proposed_at", UtcDateTime),
    sa.column("decided_by", sa.String),
    sa.column("decided_at", UtcDateTime),
    sa.column("version", sa.Integer),
)


def upgrade() -> None:
    connection = op.get_bind()
    proposed = _EDITIONS.c.closing_proposed_by.is_not(None)
    for row in connection.execute(sa.select(_EDITIONS).where(proposed)).all():
        deadline = row.deadline_on.isoformat()
        fields = ("edition-closing/2", row.id, deadline, row.questionnaire_hash)
        act = {
            "id": new_id(),
            "kind": _KIND,
            "status": "waiting" if row.status == "open" else "approved",
            "subject": row.id,
            "shown_hash": sha256(length_prefixed(*fields)).digest(),
            "institution": "none",
            "roles": "",
            "proposed_by": row.closing_proposed_by,
            "proposed_at": row.closing_proposed_at,
            "decided_by": row.closed_by,
            "decided_at": row.closed_at,
            "version": 1,
        }
        connection.execute(sa.insert(_ACTS).values(act))
    with op.batch_alter_table("editions") as batch:
        batch.drop_column("closing_proposed_at")
        batch.drop_column("closing_proposed_by")


def downgrade() -> None:
    with op.batch_alter_table("editions") as batch:
        batch.add_column(sa.Column("closing_proposed_by", sa.String(36), nullable=True))
        batch.add_column(sa.Column("closing_proposed_at", UtcDateTime(), nullable=True))
    connection = op.get_bind()
    standing = _ACTS.c.status.in_(("waiting", "approved"))
    for row in connection.execute(sa.select(_ACTS).where(_ACTS.c.kind == _KIND, standing)).all():
        connection.execute(
            sa.update(_EDITIONS)
            .where(_EDITIONS.c.id == row.subject)
            .values(closing_proposed_by=row.proposed_by, closing_proposed_at=row.proposed_at)
        )
    connection.execute(sa.delete(_ACTS).where(_ACTS.c.kind == _KIND))
