"""A hash stands in the log once: what was signed long ago cannot be appended again.

Where somebody has done so already the index stays as it was, and `doctor` says which entry it is:
the log is written once, and what stands in it twice has no effect.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEX = "ix_log_entries_statement"
_TWICE = sa.text(
    "SELECT statement FROM log_entries WHERE statement IS NOT NULL "
    "GROUP BY statement HAVING count(*) > 1 LIMIT 1"
)


def upgrade() -> None:
    if op.get_bind().execute(_TWICE).first() is None:
        op.drop_index(_INDEX, table_name="log_entries")
        op.create_index(_INDEX, "log_entries", ["statement"], unique=True)


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="log_entries")
    op.create_index(_INDEX, "log_entries", ["statement"], unique=False)
