"""Row-level security of PostgreSQL; SQLite has none.

The policies are those of `access.rows` as it stands: `flask --app app init` puts them in force anew
whenever they differ, so that a table of a later revision has its own at once. A later revision that
renames or drops a column which a rule names must take the policies away first (`remove`).
"""

from alembic import op

from cooperation.access.rows import RULES
from cooperation.core import row_security
from cooperation.core.db import is_sqlite

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LATER = {"bundles", "grants", "response_files", "response_file_chunks"}
"""Their rules name columns that come with 0027, which puts them in force."""


def upgrade() -> None:
    if not is_sqlite(op.get_bind()):
        now = {name: rule for name, rule in RULES.items() if name not in _LATER}
        row_security.install(op.get_bind(), now)


def downgrade() -> None:
    if not is_sqlite(op.get_bind()):
        row_security.remove(op.get_bind(), RULES)
