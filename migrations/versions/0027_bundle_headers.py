"""Headers of bundles say what they are about, for whom they are and for whom their maker acts.

Those of before are of version 1 and stay as they were signed; their rows are reached by what each
kind of that time was: nobody opens anything by it.
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
_MAKERS = "(SELECT institution FROM people WHERE people.id = maker)"
_WRITER = f"CASE {_MAKERS} WHEN 'secretariat' THEN 'secretariat' ELSE {_OWN} END"
_OF_KIND = {
    "draft": (_OWN, _OWN),
    "submitted_states": (f"'secretariat ' || {_OWN}", _OWN),
    "submitted_restricted": (f"'court secretariat ' || {_OWN}", _OWN),
    "submitted_court": (f"'court ' || {_OWN}", _OWN),
    "published": ("'assembly'", "'secretariat'"),
    "review_notes": ("'secretariat'", "'secretariat'"),
    "clarification": (f"'secretariat ' || {_OWN}", _WRITER),
    "court_tables": ("'court'", "'court'"),
    "released_tables": ("'assembly'", "'court'"),
}
"""Parties of each kind, and for whom its maker acted."""
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
    for kind, (parties, acting) in _OF_KIND.items():
        op.execute(
            f"UPDATE bundles SET parties = {parties}, acting = {acting} WHERE kind = '{kind}'"  # noqa: S608
        )
    if not is_sqlite(op.get_bind()):
        row_security.install(op.get_bind(), _RULES)


def downgrade() -> None:
    if not is_sqlite(op.get_bind()):
        row_security.remove(op.get_bind(), _RULES)
    for name in reversed(_NEW):
        op.drop_column("bundles", name)
