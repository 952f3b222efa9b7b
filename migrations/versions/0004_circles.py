"""Tables of circles."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import append_only, db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("edition", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=True),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("maker", sa.String(length=36), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("destroyed_at", db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_index("ix_bundles_place", "bundles", ["kind", "edition", "state"], unique=False)
    op.create_table(
        "circle_versions",
        sa.Column("circle", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_previous", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("circle", "version", name=op.f("pk_circle_versions")),
    )
    op.create_table(
        "instances",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("root_version", sa.Integer(), nullable=False),
        sa.Column("root_check", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instances")),
    )
    op.create_table(
        "invitation_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_package", sa.LargeBinary(), nullable=True),
        sa.Column("is_genesis", sa.Boolean(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_keys")),
    )
    op.create_table(
        "members",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed_keys", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("disabled_at", db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_members")),
    )
    op.create_table(
        "statements",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("encoded", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_statements")),
    )
    for statement in append_only.append_only_statements("statements", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "grants",
        sa.Column("bundle_id", sa.String(length=36), nullable=False),
        sa.Column("circle", sa.String(length=40), nullable=False),
        sa.Column("circle_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_grants_bundle_id_bundles")
        ),
        sa.ForeignKeyConstraint(
            ["circle", "circle_version"],
            ["circle_versions.circle", "circle_versions.version"],
            name=op.f("fk_grants_circle_circle_version_circle_versions"),
        ),
        sa.PrimaryKeyConstraint("bundle_id", "circle", "circle_version", name=op.f("pk_grants")),
    )
    op.create_table(
        "memberships",
        sa.Column("circle", sa.String(length=40), nullable=False),
        sa.Column("circle_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("member_key_version", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["circle", "circle_version"],
            ["circle_versions.circle", "circle_versions.version"],
            name=op.f("fk_memberships_circle_circle_version_circle_versions"),
        ),
        sa.PrimaryKeyConstraint("circle", "circle_version", "member", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_member"), "memberships", ["member"], unique=False)


def downgrade() -> None:
    op.drop_table("memberships")
    op.drop_table("grants")
    op.drop_table("statements")
    op.drop_table("members")
    op.drop_table("invitation_keys")
    op.drop_table("instances")
    op.drop_table("circle_versions")
    op.drop_table("bundles")
