"""Named reads of releases, proposals and published answers; whole reads as tuples."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from cooperation.core.db import Session, driver_rows
from cooperation.publication.models import (
    Proposal,
    ProposalItem,
    PublishedAnswer,
    PublishedFile,
    PublishedFileChunk,
    Release,
    Retraction,
)
from cooperation.publication.rules import Item


class SealedRecord(NamedTuple):
    """A published answer, sealed: first what a bundle needs to open it, then what it is."""

    question: str
    version: int
    state_code: str
    sealed: bytes
    status: str
    commitment: bytes
    proposal_id: str
    submission_id: str


class PublishedHead(NamedTuple):
    """What is known of a published answer without its content."""

    state_code: str
    question: str
    status: str
    commitment: bytes
    published_at: datetime
    narrowed_at: datetime | None
    version: int
    retracted_at: datetime | None


_HEAD = tuple(getattr(PublishedAnswer, name) for name in PublishedHead._fields)
_TABLE = PublishedAnswer.__table__.c
_TO_OPEN = (_TABLE.question, _TABLE.version, _TABLE.state_code, _TABLE.sealed)

_Select = TypeVar("_Select", bound=sa.Select[*tuple[Any, ...]])


def _of_edition(
    statement: _Select, edition_id: str, state_code: str | None, questions: Sequence[str]
) -> _Select:
    statement = statement.where(_TABLE.edition_id == edition_id)
    if state_code is not None:
        statement = statement.where(_TABLE.state_code == state_code)
    if questions:
        statement = statement.where(_TABLE.question.in_(questions))
    return statement


def _present(
    statement: _Select, edition_id: str, state_code: str | None, questions: Sequence[str]
) -> _Select:
    found = _of_edition(statement, edition_id, state_code, questions)
    return found.where(_TABLE.sealed.is_not(None)).order_by(_TABLE.state_code, _TABLE.question)


def sealed_records(
    session: Session,
    edition_id: str,
    *,
    state_code: str | None = None,
    questions: Sequence[str] = (),
) -> Sequence[SealedRecord]:
    """Return what is published in an edition and not narrowed, by State."""
    known = (_TABLE.status, _TABLE.commitment, _TABLE.proposal_id, _TABLE.submission_id)
    statement = sa.select(*_TO_OPEN, *known)
    rows = driver_rows(session, _present(statement, edition_id, state_code, questions))
    return [SealedRecord._make(row) for row in rows]


def items_to_open(session: Session, edition_id: str) -> list[tuple[str, int, str, bytes]]:
    """Return what a bundle needs to open a whole edition: the first members of `SealedRecord`."""
    return driver_rows(session, _present(sa.select(*_TO_OPEN), edition_id, None, ()))


def narrowed_heads(
    session: Session,
    edition_id: str,
    *,
    state_code: str | None = None,
    questions: Sequence[str] = (),
) -> list[PublishedHead]:
    """Return what was published in an edition and then narrowed or taken back."""
    statement = _of_edition(sa.select(*_HEAD), edition_id, state_code, questions)
    rows = session.execute(statement.where(_TABLE.sealed.is_(None)))
    return [PublishedHead._make(row) for row in rows]


def published_heads(
    session: Session, edition_id: str, *, state_code: str | None = None
) -> list[PublishedHead]:
    """Return what is published in an edition, without content."""
    statement = _of_edition(sa.select(*_HEAD), edition_id, state_code, ())
    return [PublishedHead._make(row) for row in session.execute(statement)]


def submissions_published(session: Session, edition_id: str, state_code: str) -> frozenset[str]:
    """Return the submissions that a State's published answers come from, narrowed ones aside."""
    statement = sa.select(PublishedAnswer.submission_id).where(
        PublishedAnswer.edition_id == edition_id,
        PublishedAnswer.state_code == state_code,
        PublishedAnswer.sealed.is_not(None),
    )
    return frozenset(session.scalars(statement.distinct()))


def release_times(
    session: Session, edition_id: str, state_code: str | None = None
) -> dict[tuple[str, str, bytes], datetime]:
    """Return when States released what, by State, question and commitment."""
    statement = sa.select(
        Release.state_code, Release.question, Release.commitment, Release.released_at
    ).where(Release.edition_id == edition_id)
    if state_code is not None:
        statement = statement.where(Release.state_code == state_code)
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(statement)}


def retractions_of(session: Session, edition_id: str, state_code: str) -> Sequence[Retraction]:
    """Return all proposals to take an answer of a State back."""
    return session.scalars(
        sa.select(Retraction).where(
            Retraction.edition_id == edition_id, Retraction.state_code == state_code
        )
    ).all()


def proposals_of(session: Session, edition_id: str) -> Sequence[Proposal]:
    """Return the batches of an edition, newest first."""
    return session.scalars(
        sa.select(Proposal)
        .where(Proposal.edition_id == edition_id)
        .order_by(Proposal.number.desc())
    ).all()


def items_of(session: Session, proposal_ids: Collection[str]) -> dict[str, list[Item]]:
    """Return the exact lists of batches by proposal."""
    statement = sa.select(
        ProposalItem.proposal_id,
        ProposalItem.state_code,
        ProposalItem.question,
        ProposalItem.submission_id,
        ProposalItem.commitment,
    ).where(ProposalItem.proposal_id.in_(proposal_ids))
    found: dict[str, list[Item]] = {proposal_id: [] for proposal_id in proposal_ids}
    for row in session.execute(statement):
        found[row[0]].append(Item(*row[1:]))
    return found


def batches_holding(
    session: Session, edition_id: str, state_code: str, question: str
) -> Sequence[str]:
    """Return the ids of the batches that hold an answer."""
    return session.scalars(
        sa.select(Proposal.id)
        .join(ProposalItem, ProposalItem.proposal_id == Proposal.id)
        .where(
            Proposal.edition_id == edition_id,
            ProposalItem.state_code == state_code,
            ProposalItem.question == question,
        )
    ).all()


def last_number(session: Session, edition_id: str) -> int:
    """Return the number of the last batch of an edition, 0 where there is none."""
    statement = sa.select(sa.func.max(Proposal.number)).where(Proposal.edition_id == edition_id)
    return session.scalar(statement) or 0


def published_file(session: Session, edition_id: str, reference: str) -> PublishedFile | None:
    """Return a file of a published answer."""
    return session.scalar(
        sa.select(PublishedFile).where(
            PublishedFile.edition_id == edition_id, PublishedFile.reference == reference
        )
    )


def published_chunks(session: Session, file_id: str) -> list[bytes]:
    """Return a file's sealed pieces in order."""
    statement = sa.select(PublishedFileChunk.sealed).where(PublishedFileChunk.file_id == file_id)
    return list(session.scalars(statement.order_by(PublishedFileChunk.number)))


def delete_files(session: Session, edition_id: str, state_code: str, question: str) -> None:
    """Delete the published files of an answer."""
    ids = sa.select(PublishedFile.id).where(
        PublishedFile.edition_id == edition_id,
        PublishedFile.state_code == state_code,
        PublishedFile.question == question,
    )
    session.execute(sa.delete(PublishedFileChunk).where(PublishedFileChunk.file_id.in_(ids)))
    session.execute(sa.delete(PublishedFile).where(PublishedFile.id.in_(ids)))
