"""Headers of bundles say what they are about, for whom they are and for whom their maker acts.

Those of before are of version 1 and stay as they were signed; rows are reached by the parties,
which for each kind of that time are these.
"""

import sqlalchemy as sa
from alembic import op

from cooperation.access.rows import RULES
from cooperation.core import row_security
from cooperation.core.db import is_sqlite

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OWN = "'state/' || state"
_PARTIES = {
    "draft": _OWN,
    "submitted_states": f"'secretariat ' || {_OWN}",
    "submitted_restricted": f"'court secretariat ' || {_OWN}",
    "submitted_court": f"'court ' || {_OWN}",
    "published": "'assembly'",
    "review_notes": "'secretariat'",
    "clarification": f"'secretariat ' || {_OWN}",
    "court_tables": "'court'",
    "released_tables": "'assembly'",
}
_NEW = ("version", "subject", "parties", "acting")
_RULES = {
    name: RULES[name] for name in ("bundles", "grants", "response_files", "response_file_chunks")
}
"""The rules that name the new columns."""


def upgrade() -> None:
    op.add_column("bundles", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.add_column("bundles", sa.Column("subject", sa.String(36), nullable=False, server_default=""))
    op.add_column("bundles", sa.Column("parties", sa.Text, nullable=False, server_default=""))
    op.add_column("bundles", sa.Column("acting", sa.String(40), nullable=False, server_default=""))
    for kind, parties in _PARTIES.items():
        op.execute(f"UPDATE bundles SET parties = {parties} WHERE kind = '{kind}'")  # noqa: S608
    if not is_sqlite(op.get_bind()):
        row_security.install(op.get_bind(), _RULES)


def downgrade() -> None:
    if not is_sqlite(op.get_bind()):
        row_security.remove(op.get_bind(), _RULES)
    for name in reversed(_NEW):
        op.drop_column("bundles", name)
