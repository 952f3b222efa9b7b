"""Files taken out of a draft that can still be put back."""

import sqlalchemy as sa
from alembic import op

from cooperation.access.rows import RULES
from cooperation.core import row_security
from cooperation.core.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_RULES = {name: RULES[name] for name in ("response_files", "response_file_chunks")}
"""The rules that name the new column."""


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.add_column("response_files", sa.Column("removed_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_response_files_removed_at"), "response_files", ["removed_at"])
    if _is_postgresql():
        row_security.install(op.get_bind(), _RULES)


def downgrade() -> None:
    if _is_postgresql():
        row_security.remove(op.get_bind(), _RULES)
    op.execute(
        "DELETE FROM response_file_chunks WHERE file_id IN"
        " (SELECT id FROM response_files WHERE removed_at IS NOT NULL)"
    )
    op.execute("DELETE FROM response_files WHERE removed_at IS NOT NULL")
    op.drop_index(op.f("ix_response_files_removed_at"), "response_files")
    op.drop_column("response_files", "removed_at")
