"""Tables of accounts."""

import sqlalchemy as sa
from alembic import op

from cooperation.core import db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(
        "ix_attempts_counted", "attempts", ["kind", "scope", "subject", "at"], unique=False
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=False),
        sa.Column("email_lookup", sa.LargeBinary(), nullable=True),
        sa.Column("institution", sa.String(length=20), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=True),
        sa.Column("organ", sa.String(length=60), nullable=True),
        sa.Column("activated_at", db.UtcDateTime(), nullable=False),
        sa.Column("last_sign_in_at", db.UtcDateTime(), nullable=True),
        sa.Column("last_code_step", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", db.UtcDateTime(), nullable=True),
        sa.Column("disabled_by", sa.String(length=36), nullable=True),
        sa.Column("are_new_keys_due", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_lookup", name=op.f("uq_people_email_lookup")),
    )
    op.create_index(op.f("ix_people_institution"), "people", ["institution"], unique=False)
    op.create_index(op.f("ix_people_state_code"), "people", ["state_code"], unique=False)
    op.create_table(
        "keyring_backups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("root_version", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=36), nullable=False),
        sa.Column("confirmed_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_keyring_backups_confirmed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyring_backups")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_outcomes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_outcomes_person_id_key")),
    )
    op.create_index(op.f("ix_outcomes_at"), "outcomes", ["at"], unique=False)
    op.create_table(
        "pending_sign_ins",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_pending_sign_ins_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_sign_ins")),
    )
    op.create_index(
        op.f("ix_pending_sign_ins_ends_at"), "pending_sign_ins", ["ends_at"], unique=False
    )
    op.create_index(
        op.f("ix_pending_sign_ins_person_id"), "pending_sign_ins", ["person_id"], unique=False
    )
    op.create_table(
        "person_invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("institution", sa.String(length=20), nullable=False),
        sa.Column("state_code", sa.String(length=8), nullable=True),
        sa.Column("organ", sa.String(length=60), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=True),
        sa.Column("email_lookup", sa.LargeBinary(), nullable=True),
        sa.Column("inviter_id", sa.String(length=36), nullable=True),
        sa.Column("mail_id", sa.String(length=36), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["people.id"], name=op.f("fk_person_invitations_inviter_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_invitations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_invitations")),
    )
    op.create_index(
        op.f("ix_person_invitations_email_lookup"),
        "person_invitations",
        ["email_lookup"],
        unique=False,
    )
    op.create_index(
        op.f("ix_person_invitations_institution"),
        "person_invitations",
        ["institution"],
        unique=False,
    )
    op.create_index(
        op.f("ix_person_invitations_inviter_id"), "person_invitations", ["inviter_id"], unique=False
    )
    op.create_index(
        op.f("ix_person_invitations_state_code"), "person_invitations", ["state_code"], unique=False
    )
    op.create_index(
        op.f("ix_person_invitations_status"), "person_invitations", ["status"], unique=False
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("handle", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("started_at", db.UtcDateTime(), nullable=False),
        sa.Column("seen_at", db.UtcDateTime(), nullable=False),
        sa.Column("stepped_up_at", db.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("handle", name=op.f("uq_sessions_handle")),
    )
    op.create_index(op.f("ix_sessions_ends_at"), "sessions", ["ends_at"], unique=False)
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["person_invitations.id"],
            name=op.f("fk_enrolments_invitation_id_person_invitations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_enrolments_invitation_id")),
    )
    op.create_index(op.f("ix_enrolments_ends_at"), "enrolments", ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_table("enrolments")
    op.drop_table("sessions")
    op.drop_table("person_invitations")
    op.drop_table("pending_sign_ins")
    op.drop_table("outcomes")
    op.drop_table("keyring_backups")
    op.drop_table("people")
    op.drop_table("attempts")
