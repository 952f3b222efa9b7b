"""Named reads of releases, proposals and published answers; whole reads as tuples."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.publication.models import (
    Proposal,
    ProposalItem,
    PublishedAnswer,
    PublishedFile,
    PublishedFileChunk,
    Release,
)
from cooperation.publication.rules import Item, ProposalStatus


class PublishedRow(NamedTuple):
    """A published answer, sealed; `sealed` is nothing once the State narrowed it."""

    state_code: str
    question: str
    bundle_id: str
    status: str
    sealed: bytes | None
    commitment: bytes
    submission_id: str
    published_at: datetime
    narrowed_at: datetime | None
    version: int


class PublishedHead(NamedTuple):
    """What is known of a published answer without its content."""

    state_code: str
    question: str
    status: str
    commitment: bytes
    published_at: datetime
    narrowed_at: datetime | None
    version: int


_ROW = tuple(getattr(PublishedAnswer, name) for name in PublishedRow._fields)
_HEAD = tuple(getattr(PublishedAnswer, name) for name in PublishedHead._fields)


_Row = TypeVar("_Row", bound=tuple[object, ...])


def _of_edition(
    statement: sa.Select[_Row], edition_id: str, state_code: str | None, questions: Sequence[str]
) -> sa.Select[_Row]:
    statement = statement.where(PublishedAnswer.edition_id == edition_id)
    if state_code is not None:
        statement = statement.where(PublishedAnswer.state_code == state_code)
    if questions:
        statement = statement.where(PublishedAnswer.question.in_(questions))
    return statement


def published_rows(
    session: Session,
    edition_id: str,
    *,
    state_code: str | None = None,
    questions: Sequence[str] = (),
) -> list[PublishedRow]:
    """Return published answers of an edition: of all States or one, of all questions or some."""
    statement = _of_edition(sa.select(*_ROW), edition_id, state_code, questions)
    return [PublishedRow._make(row) for row in session.execute(statement)]


def published_heads(
    session: Session, edition_id: str, *, state_code: str | None = None
) -> list[PublishedHead]:
    """Return what is published in an edition, without content."""
    statement = _of_edition(sa.select(*_HEAD), edition_id, state_code, ())
    return [PublishedHead._make(row) for row in session.execute(statement)]


def released_keys(
    session: Session, edition_id: str, state_code: str | None = None
) -> frozenset[tuple[str, str, bytes]]:
    """Return what States have released, by State, question and commitment."""
    statement = sa.select(Release.state_code, Release.question, Release.commitment).where(
        Release.edition_id == edition_id
    )
    if state_code is not None:
        statement = statement.where(Release.state_code == state_code)
    return frozenset((row[0], row[1], row[2]) for row in session.execute(statement))


def proposals_of(session: Session, edition_id: str) -> Sequence[Proposal]:
    """Return the batches of an edition, newest first."""
    return session.scalars(
        sa.select(Proposal)
        .where(Proposal.edition_id == edition_id)
        .order_by(Proposal.number.desc())
    ).all()


def open_proposals(session: Session, edition_id: str) -> Sequence[Proposal]:
    """Return the batches of an edition that wait for a head, oldest first."""
    return session.scalars(
        sa.select(Proposal)
        .where(Proposal.edition_id == edition_id, Proposal.status == ProposalStatus.OPEN)
        .order_by(Proposal.number)
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


def proposals_holding(
    session: Session, edition_id: str, state_code: str, question: str
) -> Sequence[Proposal]:
    """Return the open batches that hold an answer."""
    return session.scalars(
        sa.select(Proposal)
        .join(ProposalItem, ProposalItem.proposal_id == Proposal.id)
        .where(
            Proposal.edition_id == edition_id,
            Proposal.status == ProposalStatus.OPEN,
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
