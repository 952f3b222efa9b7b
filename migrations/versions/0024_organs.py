"""The organ or unit of people of the Court is wrapped by the root key, as their names are.

What stands there in the clear is wrapped with the instance's root key, which whoever upgrades hands
over; a database that holds none needs no key.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = ("people", "person_invitations")


def _columns(name: str) -> sa.TableClause:
    return sa.table(name, sa.column("id"), sa.column("organ"), sa.column("sealed_organ"))


def _root() -> Any:
    find = context.config.attributes.get("find_root")
    if find is None:
        raise RuntimeError("what stands in the clear is wrapped by the root key: hand it over")
    return find(op.get_bind())


def upgrade() -> None:
    for name in _TABLES:
        op.add_column(name, sa.Column("sealed_organ", sa.LargeBinary(), nullable=True))
        table = _columns(name)
        found = sa.select(table.c.id, table.c.organ).where(table.c.organ.is_not(None))
        rows = op.get_bind().execute(found).all()
        root = _root() if rows else None
        for row, organ in rows:
            sealed = root.wrap(organ.encode(), table=name, row=row, kind="organ") if organ else None
            op.get_bind().execute(
                sa.update(table).where(table.c.id == row).values(sealed_organ=sealed, organ=None)
            )
        with op.batch_alter_table(name) as batch:
            batch.drop_column("organ")


def downgrade() -> None:
    for name in _TABLES:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("organ", sa.String(length=60), nullable=True))
        table = _columns(name)
        found = sa.select(table.c.id, table.c.sealed_organ).where(table.c.sealed_organ.is_not(None))
        rows = op.get_bind().execute(found).all()
        root = _root() if rows else None
        for row, sealed in rows:
            organ = root.unwrap(sealed, table=name, row=row, kind="organ").decode()
            op.get_bind().execute(sa.update(table).where(table.c.id == row).values(organ=organ))
        with op.batch_alter_table(name) as batch:
            batch.drop_column("sealed_organ")
