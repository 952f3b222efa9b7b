"""An edition's series, year and what it follows; its id is no year any more."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_EDITIONS = sa.table("editions", sa.column("id"), sa.column("opens_on", sa.Date()))
_NEW = ("series", "year", "follows")


def upgrade() -> None:
    with op.batch_alter_table("editions") as editions:
        editions.add_column(sa.Column("series", sa.String(length=40), nullable=True))
        editions.add_column(sa.Column("year", sa.Integer(), nullable=True))
        editions.add_column(sa.Column("follows", sa.String(length=4), nullable=True))
    before = None
    found = op.get_bind().execute(sa.select(_EDITIONS).order_by(_EDITIONS.c.opens_on)).all()
    for edition_id, opens_on in found:
        op.execute(
            sa.update(sa.table("editions", *(sa.column(name) for name in ("id", *_NEW))))
            .where(sa.column("id") == edition_id)
            .values(series="cooperation", year=opens_on.year, follows=before)
        )
        before = edition_id
    with op.batch_alter_table("editions") as editions:
        editions.alter_column("series", existing_type=sa.String(length=40), nullable=False)
        editions.alter_column("year", existing_type=sa.Integer(), nullable=False)
        editions.create_unique_constraint(op.f("uq_editions_series_year"), ["series", "year"])
        editions.create_foreign_key(
            op.f("fk_editions_follows_editions"), "editions", ["follows"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("editions") as editions:
        editions.drop_constraint(op.f("fk_editions_follows_editions"), type_="foreignkey")
        editions.drop_constraint(op.f("uq_editions_series_year"), type_="unique")
        for name in _NEW:
            editions.drop_column(name)
