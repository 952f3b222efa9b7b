"""Named reads of drafts, files and submissions; whole reads as tuples, not as objects."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from cooperation.core.db import Base, Session, driver_instant, driver_rows
from cooperation.responses.models import (
    DraftAnswer,
    DraftAnswerVersion,
    FileChunk,
    PreparedSigning,
    Reopening,
    Response,
    StoredFile,
    Submission,
    SubmissionAnswer,
    SubmissionApproval,
)
from cooperation.responses.rules import AnswerStatus, SubmittedAnswer


class DraftRow(NamedTuple):
    """The present version of one draft answer, sealed."""

    answer_id: str
    question: str
    version: int
    sealed: bytes
    saved_at: datetime
    saved_by: str
    page_key: str = ""
    page_step: int = 0


_ANSWER_COLUMNS = (
    SubmissionAnswer.submission_id,
    SubmissionAnswer.state_code,
    SubmissionAnswer.question,
    SubmissionAnswer.bundle_id,
    SubmissionAnswer.bundle_kind,
    SubmissionAnswer.audience,
    SubmissionAnswer.status,
    SubmissionAnswer.version,
    SubmissionAnswer.sealed,
    SubmissionAnswer.commitment,
    SubmissionAnswer.is_withheld,
    SubmissionAnswer.narrowed_at,
)

STAMP = ("saved_at", "saved_by", "page_key", "page_step")
"""What a save writes beside the version."""

_HEADS = Base.metadata.tables[DraftAnswer.__tablename__]
_NEW_HEAD = sa.insert(_HEADS)
_NEW_VERSION = sa.insert(Base.metadata.tables[DraftAnswerVersion.__tablename__])
_RESPONSE = sa.select(Response).where(
    Response.edition_id == sa.bindparam("edition_id"),
    Response.state_code == sa.bindparam("state_code"),
)
_RESPONSE_LOCKED = _RESPONSE.with_for_update()
_DRAFT = (
    sa.select(
        DraftAnswer.id,
        DraftAnswer.question,
        DraftAnswer.version,
        DraftAnswerVersion.sealed,
        DraftAnswer.saved_at,
        DraftAnswer.saved_by,
        DraftAnswer.page_key,
        DraftAnswer.page_step,
    )
    .join(
        DraftAnswerVersion,
        sa.and_(
            DraftAnswerVersion.answer_id == DraftAnswer.id,
            DraftAnswerVersion.version == DraftAnswer.version,
        ),
    )
    .where(DraftAnswer.response_id == sa.bindparam("response_id"))
)
_DRAFT_OF_QUESTIONS = _DRAFT.where(
    DraftAnswer.question.in_(sa.bindparam("questions", expanding=True))
)
_SAVED_QUESTIONS = sa.select(DraftAnswer.question).where(
    DraftAnswer.response_id == sa.bindparam("response_id")
)


def response_of(
    session: Session, edition_id: str, state_code: str, *, for_writing: bool = False
) -> Response | None:
    """Return a State's response in an edition; `for_writing` makes other savers wait."""
    statement = _RESPONSE_LOCKED if for_writing else _RESPONSE
    return session.scalar(statement, {"edition_id": edition_id, "state_code": state_code})


def draft_rows(
    session: Session, response_id: str, questions: Collection[str] | None = None
) -> list[DraftRow]:
    """Return the present versions, of all questions or of those named."""
    wanted: dict[str, object] = {"response_id": response_id}
    if questions is None:
        found = session.execute(_DRAFT, wanted)
    else:
        found = session.execute(_DRAFT_OF_QUESTIONS, wanted | {"questions": list(questions)})
    return [DraftRow(*row) for row in found]


def add_heads(session: Session, heads: Sequence[Mapping[str, object]]) -> None:
    """Write the heads of draft answers that are saved for the first time."""
    if heads:
        session.execute(_NEW_HEAD, heads)


def move_heads(session: Session, versions: Mapping[str, int], stamp: Mapping[str, object]) -> bool:
    """Move draft answers to their next version, given the present ones by id; tell if all were."""
    if not versions:
        return True
    wanted: dict[str, object] = {f"new_{name}": value for name, value in stamp.items()}
    for number, (answer_id, version) in enumerate(versions.items()):
        wanted[f"id_{number}"], wanted[f"seen_{number}"] = answer_id, version
    found = session.execute(_moving(len(versions)), wanted)
    return getattr(found, "rowcount", 0) == len(versions)


@cache
def _moving(count: int) -> sa.Update:
    """Return the statement that moves so many heads, each only from the version that is named."""
    named = [
        sa.and_(
            _HEADS.c.id == sa.bindparam(f"id_{number}"),
            _HEADS.c.version == sa.bindparam(f"seen_{number}"),
        )
        for number in range(count)
    ]
    stamp: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in STAMP}
    return sa.update(_HEADS).where(sa.or_(*named)).values(version=_HEADS.c.version + 1, **stamp)


def keep_versions(session: Session, versions: Sequence[Mapping[str, object]]) -> None:
    """Write new versions of draft answers."""
    session.execute(_NEW_VERSION, versions)


def all_draft_rows(session: Session, response_id: str) -> list[DraftRow]:
    """Return every version of every answer of a draft."""
    statement = (
        sa.select(
            DraftAnswer.id,
            DraftAnswer.question,
            DraftAnswerVersion.version,
            DraftAnswerVersion.sealed,
            DraftAnswerVersion.saved_at,
            DraftAnswerVersion.saved_by,
        )
        .join(DraftAnswerVersion, DraftAnswerVersion.answer_id == DraftAnswer.id)
        .where(DraftAnswer.response_id == response_id)
        .order_by(DraftAnswer.question, DraftAnswerVersion.version)
    )
    return [DraftRow(*row) for row in session.execute(statement)]


def submission_ids(session: Session, edition_id: str, state_code: str | None) -> list[str]:
    """Return all submissions of an edition, corrected ones too, of one State or of all."""
    wanted = sa.select(Submission.id).where(Submission.edition_id == edition_id)
    if state_code is not None:
        wanted = wanted.where(Submission.state_code == state_code)
    return list(session.scalars(wanted.order_by(Submission.state_code, Submission.number)))


def older_rows(session: Session, response_id: str, versions: dict[str, int]) -> list[DraftRow]:
    """Return older versions by question; versions that never were are left out."""
    wanted = [
        sa.and_(DraftAnswer.question == question, DraftAnswerVersion.version == version)
        for question, version in versions.items()
    ]
    if not wanted:
        return []
    statement = (
        sa.select(
            DraftAnswer.id,
            DraftAnswer.question,
            DraftAnswerVersion.version,
            DraftAnswerVersion.sealed,
            DraftAnswerVersion.saved_at,
            DraftAnswerVersion.saved_by,
        )
        .join(DraftAnswerVersion, DraftAnswerVersion.answer_id == DraftAnswer.id)
        .where(DraftAnswer.response_id == response_id, sa.or_(*wanted))
    )
    return [DraftRow(*row) for row in session.execute(statement)]


def saved_questions(session: Session, response_id: str) -> frozenset[str]:
    """Return the questions that have been saved in a draft, without opening them."""
    return frozenset(session.scalars(_SAVED_QUESTIONS, {"response_id": response_id}))


def last_saver(session: Session, response_id: str, question: str) -> str | None:
    """Return who saved the present version of a draft answer."""
    return session.scalar(
        sa.select(DraftAnswer.saved_by).where(
            DraftAnswer.response_id == response_id, DraftAnswer.question == question
        )
    )


def latest_submission(session: Session, state_code: str, *editions: str) -> Submission | None:
    """Return a State's latest submission in these editions, the newest of them first."""
    return session.scalar(_newest(state_code, editions))


def own_submissions(session: Session, edition_id: str, state_code: str) -> Sequence[Submission]:
    """Return a State's submissions in an edition, newest first."""
    return session.scalars(
        sa.select(Submission)
        .where(Submission.edition_id == edition_id, Submission.state_code == state_code)
        .order_by(Submission.number.desc())
    ).all()


def submissions_by_id(session: Session, submission_ids: Collection[str]) -> Sequence[Submission]:
    """Return submissions, in no order; unknown ids are left out."""
    return session.scalars(sa.select(Submission).where(Submission.id.in_(submission_ids))).all()


def narrowed_questions(session: Session, edition_id: str, state_code: str) -> dict[str, datetime]:
    """Return the questions that a State has narrowed in an edition, with the first time."""
    statement = (
        sa.select(SubmissionAnswer.question, sa.func.min(SubmissionAnswer.narrowed_at))
        .join(Submission, Submission.id == SubmissionAnswer.submission_id)
        .where(
            Submission.edition_id == edition_id,
            Submission.state_code == state_code,
            SubmissionAnswer.narrowed_at.is_not(None),
        )
        .group_by(SubmissionAnswer.question)
    )
    rows = session.execute(statement)
    return {question: at for question, at in rows if at is not None}


def latest_submissions(
    session: Session, edition_id: str, state_code: str | None = None
) -> Sequence[Submission]:
    """Return the latest submission of each State in an edition, in order of State."""
    newest = (
        sa.select(Submission.state_code, sa.func.max(Submission.number).label("number"))
        .where(Submission.edition_id == edition_id)
        .group_by(Submission.state_code)
        .subquery()
    )
    statement = (
        sa.select(Submission)
        .join(
            newest,
            sa.and_(
                newest.c.state_code == Submission.state_code,
                newest.c.number == Submission.number,
            ),
        )
        .where(Submission.edition_id == edition_id)
        .order_by(Submission.state_code)
    )
    if state_code is not None:
        statement = statement.where(Submission.state_code == state_code)
    return session.scalars(statement).all()


def earlier_answers(
    session: Session, state_code: str, editions: Sequence[str], questions: Collection[str]
) -> tuple[str, list[SubmittedAnswer]]:
    """Return edition and rows of a State's latest submission in `editions`, the newest first."""
    before = (
        _newest(state_code, editions).with_only_columns(Submission.id, Submission.edition_id)
    ).subquery()
    found = session.execute(
        sa.select(before.c.edition_id, *_ANSWER_COLUMNS)
        .join(before, before.c.id == SubmissionAnswer.submission_id)
        .where(SubmissionAnswer.question.in_(questions))
    ).all()
    return (found[0][0] if found else "", [SubmittedAnswer._make(row[1:]) for row in found])


def earlier_answered(session: Session, state_code: str, editions: Sequence[str]) -> frozenset[str]:
    """Return what a State's latest submission in `editions`, the newest first, answers."""
    before = _newest(state_code, editions).with_only_columns(Submission.id)
    statement = sa.select(SubmissionAnswer.question).where(
        SubmissionAnswer.submission_id == before.scalar_subquery(),
        SubmissionAnswer.status == AnswerStatus.ANSWERED.value,
    )
    return frozenset(session.scalars(statement))


def _newest(state_code: str, editions: Sequence[str]) -> sa.Select[Submission]:
    """Select a State's latest submission in the first of these editions that has one."""
    places = {edition_id: place for place, edition_id in enumerate(("", *editions))}
    return (
        sa.select(Submission)
        .where(Submission.state_code == state_code, Submission.edition_id.in_(editions))
        .order_by(sa.case(places, value=Submission.edition_id), Submission.number.desc())
        .limit(1)
    )


def answer_rows(
    session: Session,
    submission_ids: Collection[str],
    *,
    questions: Collection[str] | None = None,
    audiences: Collection[str] | None = None,
) -> list[SubmittedAnswer]:
    """Return the rows of submissions, of all questions and audiences or of those named."""
    statement = sa.select(*_ANSWER_COLUMNS).where(
        SubmissionAnswer.submission_id.in_(submission_ids)
    )
    if questions is not None:
        statement = statement.where(SubmissionAnswer.question.in_(questions))
    if audiences is not None:
        statement = statement.where(SubmissionAnswer.audience.in_(audiences))
    return [
        SubmittedAnswer._make(row if row[-1] is None else (*row[:-1], driver_instant(row[-1])))
        for row in driver_rows(session, statement)
    ]


def commitments(session: Session, submission_id: str, audience: str) -> dict[str, bytes]:
    """Return the commitments of a submission's answers for one audience, by question."""
    statement = sa.select(SubmissionAnswer.question, SubmissionAnswer.commitment).where(
        SubmissionAnswer.submission_id == submission_id, SubmissionAnswer.audience == audience
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def file_bytes(session: Session, state_code: str) -> int:
    """Return how much a State's files take, each counted once however often it is sealed."""
    once = sa.select(sa.func.min(StoredFile.id)).where(
        StoredFile.state_code == state_code, StoredFile.removed_at.is_(None)
    )
    found = session.scalar(
        sa.select(sa.func.sum(sa.func.length(FileChunk.sealed))).where(
            FileChunk.file_id.in_(once.group_by(StoredFile.reference))
        )
    )
    return int(found or 0)


def stored_file(session: Session, bundle_id: str, reference: str) -> StoredFile | None:
    """Return a file under one bundle; none that was removed."""
    return session.scalar(
        sa.select(StoredFile).where(
            StoredFile.bundle_id == bundle_id,
            StoredFile.reference == reference,
            StoredFile.removed_at.is_(None),
        )
    )


def kept_references(session: Session, bundle_id: str, references: Collection[str]) -> set[str]:
    """Return which of these files are under a bundle, those that were removed too."""
    wanted = sa.select(StoredFile.reference).where(
        StoredFile.bundle_id == bundle_id, StoredFile.reference.in_(references)
    )
    return set(session.scalars(wanted))


def removed_references(session: Session, bundle_id: str) -> Sequence[str]:
    """Return the files under a bundle that were removed and can still be put back."""
    wanted = sa.select(StoredFile.reference).where(
        StoredFile.bundle_id == bundle_id, StoredFile.removed_at.is_not(None)
    )
    return session.scalars(wanted).all()


def removed_before(session: Session, moment: datetime) -> list[tuple[str, str]]:
    """Return bundle and reference of the files that were removed until a moment."""
    wanted = sa.select(StoredFile.bundle_id, StoredFile.reference)
    rows = session.execute(wanted.where(StoredFile.removed_at <= moment))
    return [(row[0], row[1]) for row in rows]


def stored_files(session: Session, bundle_id: str) -> Sequence[StoredFile]:
    """Return all files under one bundle, without those that were removed."""
    wanted = sa.select(StoredFile).where(
        StoredFile.bundle_id == bundle_id, StoredFile.removed_at.is_(None)
    )
    return session.scalars(wanted.order_by(StoredFile.id)).all()


def file_chunks(session: Session, file_id: str) -> list[bytes]:
    """Return a file's sealed pieces in order."""
    statement = sa.select(FileChunk.sealed).where(FileChunk.file_id == file_id)
    return list(session.scalars(statement.order_by(FileChunk.number)))


def progress_rows(session: Session, edition_id: str) -> list[tuple[str, str, str, datetime]]:
    """Return State, status, done parts and time of the last save of every response."""
    statement = sa.select(
        Response.state_code, Response.status, Response.done_parts, Response.saved_at
    ).where(Response.edition_id == edition_id)
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]


def submitted_states(session: Session, edition_id: str) -> frozenset[str]:
    """Return the States that have submitted in an edition."""
    statement = sa.select(Submission.state_code).where(Submission.edition_id == edition_id)
    return frozenset(session.scalars(statement.distinct()))


def prepared_signing(session: Session, response_id: str, person_id: str) -> PreparedSigning | None:
    """Return what this person is about to sign with her passkey, if anything."""
    return session.get(PreparedSigning, (response_id, person_id))


def reopening_of(session: Session, response_id: str) -> Reopening | None:
    """Return who last reopened a response, unless it was marked ready again."""
    return session.get(Reopening, response_id)


def approval_of(session: Session, submission_id: str) -> SubmissionApproval | None:
    """Return the passkey's signature over a submission's root; none for one without."""
    return session.get(SubmissionApproval, submission_id)
