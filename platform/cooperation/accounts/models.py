"""Tables of accounts: people, invitations, sign-in, factors, sessions, attempts, reviews, cases.

Keys and passwords are not here: the member blob is a row of circles. What the server must read
alone (names, e-mail addresses) is wrapped by the root key.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cooperation.core.db import Base, UtcDateTime
from cooperation.core.text import ENGLISH
from cooperation.core.wrapped import Lookup, WrappedTable, table_of


class PersonRow(Base):
    """A person with an account; her id is her member id. A disabled person's e-mail is freed.

    `language`: in which she last signed in, and is written to. `are_roles_held`: her role was
    changed after the backup that the instance was restored from.
    """

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    status: Mapped[str] = mapped_column(sa.String(10))
    sealed_name: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_email: Mapped[bytes] = mapped_column(sa.LargeBinary)
    email_lookup: Mapped[bytes | None] = mapped_column(sa.LargeBinary, unique=True)
    institution: Mapped[str] = mapped_column(sa.String(20), index=True)
    state_code: Mapped[str | None] = mapped_column(sa.String(8), index=True)
    sealed_organ: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_code_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_by: Mapped[str | None] = mapped_column(sa.String(36))
    are_new_keys_due: Mapped[bool] = mapped_column(default=False)
    are_roles_held: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(sa.String(16), default=ENGLISH, server_default=ENGLISH)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class PersonInvitationRow(Base):
    """An invitation of a person; its keys are in the directory, neither half is stored."""

    __tablename__ = "person_invitations"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    status: Mapped[str] = mapped_column(sa.String(10), index=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    institution: Mapped[str] = mapped_column(sa.String(20), index=True)
    state_code: Mapped[str | None] = mapped_column(sa.String(8), index=True)
    sealed_organ: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    sealed_name: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    sealed_email: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    email_lookup: Mapped[bytes | None] = mapped_column(sa.LargeBinary, index=True)
    inviter_id: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    mail_id: Mapped[str | None] = mapped_column(sa.String(36))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class EnrolmentRow(Base):
    """An activation between its two pages; opens with the newcomer's cookie and the boot key."""

    __tablename__ = "enrolments"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    invitation_id: Mapped[str] = mapped_column(sa.ForeignKey("person_invitations.id"), unique=True)
    person_id: Mapped[str] = mapped_column(sa.String(36))
    sealed_name: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_email: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PendingSignInRow(Base):
    """A sign-in whose password was right and whose second factor is awaited; makes no reader.

    `origin` is the keyed hash of the network address: another try from there that succeeds makes
    this one nothing to tell of.
    """

    __tablename__ = "pending_sign_ins"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    origin: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SessionRow(Base):
    """A signed-in browser; the opened keys are sealed under its cookie and the boot key."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    handle: Mapped[str] = mapped_column(sa.String(36), unique=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    browser: Mapped[str] = mapped_column(sa.String(60))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stepped_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    idle_minutes: Mapped[int] = mapped_column()
    factor: Mapped[str] = mapped_column(sa.String(10), server_default="totp")


class DeviceRow(Base):
    """A browser in which a person once completed a sign-in; it proves nothing by itself."""

    __tablename__ = "devices"
    __table_args__ = (sa.UniqueConstraint("person_id", "secret_lookup"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    secret_lookup: Mapped[bytes] = mapped_column(sa.LargeBinary)
    browser: Mapped[str] = mapped_column(sa.String(60))
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AttemptRow(Base):
    """One try of a secret; forgotten when the secret was right."""

    __tablename__ = "attempts"
    __table_args__ = (sa.Index("ix_attempts_counted", "kind", "scope", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    scope: Mapped[str] = mapped_column(sa.String(10))
    subject: Mapped[bytes] = mapped_column(sa.LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RefusalCountRow(Base):
    """How often sign-in to one account was refused since `since`; without a subject, to no account.

    Most refusals are counted here alone: the log is never cut, and a stranger decides how many.
    """

    __tablename__ = "refusal_counts"

    subject: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[int] = mapped_column()


class OutcomeRow(Base):
    """What an unsafe request led to, found again by its idempotency key; no content is kept."""

    __tablename__ = "outcomes"
    __table_args__ = (sa.UniqueConstraint("person_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(sa.String(64))
    fingerprint: Mapped[bytes] = mapped_column(sa.LargeBinary)
    status: Mapped[int] = mapped_column()
    location: Mapped[str | None] = mapped_column(sa.Text)
    reply: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KeyringBackupRow(Base):
    """Somebody's word that a backup of the keyring was made and can be read."""

    __tablename__ = "keyring_backups"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    root_version: Mapped[int] = mapped_column()
    confirmed_by: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessReviewRow(Base):
    """Somebody's word, for one edition, that everybody on her institution's list still belongs."""

    __tablename__ = "access_reviews"
    __table_args__ = (sa.UniqueConstraint("edition_id", "circle"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    edition_id: Mapped[str] = mapped_column(sa.String(4))
    circle: Mapped[str] = mapped_column(sa.String(40))
    people: Mapped[int] = mapped_column()
    confirmed_by: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MemberCaseRow(Base):
    """What two people of the Secretariat decide against a note: one proposes, another confirms."""

    __tablename__ = "member_cases"
    __table_args__ = (sa.Index("ix_member_cases_subject", "kind", "subject"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    subject: Mapped[str] = mapped_column(sa.String(40))
    sealed_note: Mapped[bytes] = mapped_column(sa.LargeBinary)
    proposed_by: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class EventBrowserRow(Base):
    """The kind of browser in which an account's event of the log happened, by its request."""

    __tablename__ = "event_browsers"

    request_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PasskeyRow(Base):
    """A passkey as the browser registered it; believed only where the member's blob vouches."""

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    sealed_label: Mapped[bytes] = mapped_column(sa.LargeBinary)
    transports: Mapped[str] = mapped_column(sa.String(60))  # words, spaces between
    is_backed_up: Mapped[bool] = mapped_column()
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PasskeyChallengeRow(Base):
    """One question to a passkey, asked of a session or a sign-in under way; deleted on use."""

    __tablename__ = "passkey_challenges"
    __table_args__ = (sa.UniqueConstraint("owner", "purpose"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(64))
    purpose: Mapped[str] = mapped_column(sa.String(12))
    act_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    nonce: Mapped[bytes] = mapped_column(sa.LargeBinary)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RecoveryCodeRow(Base):
    """A recovery code that was not used yet, hashed under a key of its person."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary)
    memory_kib: Mapped[int] = mapped_column()
    passes: Mapped[int] = mapped_column()
    lanes: Mapped[int] = mapped_column()
    keyed_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


_NAMED = {"sealed_name": "name", "sealed_email": "email"}
_PLACED = _NAMED | {"sealed_organ": "organ"}
_FOUND = (Lookup("email_lookup", "sealed_email", "people/email"),)

WRAPPED = (
    WrappedTable(table_of(PersonRow), _PLACED, lookups=_FOUND),
    WrappedTable(table_of(PersonInvitationRow), _PLACED, lookups=_FOUND),
    WrappedTable(table_of(EnrolmentRow), _NAMED),
    WrappedTable(table_of(MemberCaseRow), {"sealed_note": "note"}),
    WrappedTable(table_of(PasskeyRow), {"sealed_label": "label"}),
)
"""What root rotation wraps anew."""
