"""Tables of drafts and submissions; whatever a State wrote is sealed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from cooperation.core.append_only import protect
from cooperation.core.db import Base, UtcDateTime
from cooperation.core.ids import new_id


class Reopening(Base):
    """Who last reopened a response that was marked ready, and why; gone once it is ready again.

    The reason is sealed under the draft's bundle of that day. The mark that was taken off stands
    here, so that it can be put back on the same texts; a reopening from before this was kept has
    none.
    """

    __tablename__ = "reopenings"

    response_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("responses.id"), primary_key=True
    )
    reopened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reopened_by: Mapped[str] = mapped_column(sa.String(36))
    bundle_id: Mapped[str | None] = mapped_column(sa.String(36))
    sealed_reason: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_by: Mapped[str | None] = mapped_column(sa.String(36))
    ready_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))


class Response(Base):
    """A State's response in an edition; made at the first save, with the draft's bundle."""

    __tablename__ = "responses"
    __table_args__ = (sa.UniqueConstraint("edition_id", "state_code"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    status: Mapped[str] = mapped_column(sa.String(12))
    done_parts: Mapped[str] = mapped_column(sa.String(200), default="")  # codes, spaces between
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(sa.String(36))
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_by: Mapped[str | None] = mapped_column(sa.String(36))
    ready_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    version: Mapped[int] = mapped_column()
    is_reopened: Mapped[bool] = column_property(sa.exists().where(Reopening.response_id == id))  # noqa: A003

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class DraftAnswer(Base):
    """Which version of the answer to one question is the present one.

    `page_key` and `page_step` name the snapshot of the page that it was saved through.
    """

    __tablename__ = "draft_answers"
    __table_args__ = (sa.UniqueConstraint("response_id", "question"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    response_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("responses.id"))
    question: Mapped[str] = mapped_column(sa.String(12))
    version: Mapped[int] = mapped_column()
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(sa.String(36))
    page_key: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    page_step: Mapped[int] = mapped_column(default=0, server_default="0")

    __mapper_args__ = {  # noqa: RUF012
        "version_id_col": version,
        "version_id_generator": False,  # the sealed record names its version, so we count
    }


class DraftAnswerVersion(Base):
    """One saved version of a draft answer: answer, mark and origin in one sealed record."""

    __tablename__ = "draft_answer_versions"

    answer_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("draft_answers.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(sa.String(36))


class StoredFile(Base):
    """A file of an answer under one bundle; `reference` is its id inside the answer.

    The same file stands here once for each bundle its answer was sealed in: draft, submission.
    What was taken out of a draft is `removed_at` and read by nobody; it can be put back until the
    response is written to again, and is destroyed within an hour.
    """

    __tablename__ = "response_files"
    __table_args__ = (sa.UniqueConstraint("reference", "bundle_id"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(sa.String(36))
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    question: Mapped[str] = mapped_column(sa.String(12))
    header: Mapped[bytes] = mapped_column(sa.LargeBinary)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class FileChunk(Base):
    """A sealed piece of a file, at most 64 KiB before sealing."""

    __tablename__ = "response_file_chunks"

    file_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("response_files.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Submission(Base):
    """What a signatory signed: immutable, numbered in its State and edition."""

    __tablename__ = "submissions"
    __table_args__ = (sa.UniqueConstraint("edition_id", "state_code", "number"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True, default=new_id)
    response_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("responses.id"))
    edition_id: Mapped[str] = mapped_column(sa.String(4), sa.ForeignKey("editions.id"))
    state_code: Mapped[str] = mapped_column(sa.String(8))
    number: Mapped[int]
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_late: Mapped[bool]
    submitted_by: Mapped[str] = mapped_column(sa.String(36))
    prepared_by: Mapped[str] = mapped_column(sa.String(36))
    consent: Mapped[str] = mapped_column("d01", sa.String(60))
    directory: Mapped[str] = mapped_column("d03", sa.String(60))
    figures: Mapped[str] = mapped_column("d04", sa.String(60))
    root: Mapped[bytes] = mapped_column(sa.LargeBinary)
    manifest: Mapped[bytes] = mapped_column(sa.LargeBinary)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)


class SubmissionAnswer(Base):
    """One question of a submission under the bundle of its audience.

    Narrowing alone moves a row to another bundle; the commitment stays. `is_withheld`: narrowed
    after the backup that the instance was restored from, and not sealed again by its State yet.
    """

    __tablename__ = "submission_answers"

    submission_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("submissions.id"), primary_key=True
    )
    question: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    state_code: Mapped[str] = mapped_column(sa.String(8))
    bundle_id: Mapped[str] = mapped_column(sa.String(36))
    bundle_kind: Mapped[str] = mapped_column(sa.String(24))
    audience: Mapped[str] = mapped_column(sa.String(12))
    status: Mapped[str] = mapped_column(sa.String(12))
    version: Mapped[int]  # the submission's number: what the sealed record's context says
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary)
    is_withheld: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    narrowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PreparedSigning(Base):
    """What a signatory is about to sign with her passkey; lives five minutes, deleted on use.

    The salts of its root are made from `nonce` under a key of hers, so nothing secret stands here.
    """

    __tablename__ = "prepared_signings"

    response_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("responses.id"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    session_id: Mapped[str] = mapped_column(sa.String(36))
    response_version: Mapped[int]
    is_court_confirmed: Mapped[bool]
    root: Mapped[bytes] = mapped_column(sa.LargeBinary)
    nonce: Mapped[bytes] = mapped_column(sa.LargeBinary)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SubmissionApproval(Base):
    """The passkey's signature over a submission's root, with all that is needed to check it."""

    __tablename__ = "submission_approvals"

    submission_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("submissions.id"), primary_key=True
    )
    state_code: Mapped[str] = mapped_column(sa.String(8))
    nonce: Mapped[bytes] = mapped_column(sa.LargeBinary)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    client_data: Mapped[bytes] = mapped_column(sa.LargeBinary)
    authenticator_data: Mapped[bytes] = mapped_column(sa.LargeBinary)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)


protect(DraftAnswerVersion.__table__)
protect(Submission.__table__)
protect(SubmissionApproval.__table__)
