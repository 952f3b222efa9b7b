"""Named reads of editions, participants and stored questionnaires."""

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.core.errors import NotFound
from cooperation.editions.models import EditionParticipantRow, EditionRow, QuestionnaireRow
from cooperation.editions.rules import Edition, EditionStatus, Participant
from cooperation.register.rules import RegionalGroup

_EDITIONS = sa.select(EditionRow, QuestionnaireRow.version).join(
    QuestionnaireRow, QuestionnaireRow.content_hash == EditionRow.questionnaire_hash
)
_EDITION = _EDITIONS.where(EditionRow.id == sa.bindparam("id"))
_QUESTIONNAIRE_HASH = sa.select(EditionRow.questionnaire_hash).where(
    EditionRow.id == sa.bindparam("id")
)


def edition_row(session: Session, edition_id: str) -> EditionRow:
    """Return an edition's row, locked for this transaction; raises `NotFound`."""
    row = session.get(EditionRow, edition_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def status_held(session: Session, edition_id: str) -> str | None:
    """Return an edition's status, which nobody changes before this transaction ends."""
    held = sa.select(EditionRow.status).where(EditionRow.id == edition_id)
    return session.scalar(held.with_for_update(read=True))


def years(session: Session) -> dict[str, int]:
    """Return the year of every edition, by id."""
    return {row[0]: row[1] for row in session.execute(sa.select(EditionRow.id, EditionRow.year))}


def questionnaire_hash(session: Session, edition_id: str) -> str:
    """Return the hash of what the edition asks; raises `NotFound`."""
    found = session.scalar(_QUESTIONNAIRE_HASH, {"id": edition_id})
    if found is None:
        raise NotFound
    return found


def questionnaire_content(session: Session, content_hash: str) -> bytes:
    """Return a stored questionnaire's canonical bytes; raises `NotFound`."""
    row = session.get(QuestionnaireRow, content_hash)
    if row is None:
        raise NotFound
    return row.content


def _edition(row: EditionRow, version: str) -> Edition:
    return Edition(
        id=row.id,
        series=row.series,
        year=row.year,
        follows=row.follows,
        status=EditionStatus(row.status),
        opens_on=row.opens_on,
        deadline_on=row.deadline_on,
        questionnaire_version=version,
        questionnaire_hash=row.questionnaire_hash,
        prepared_by=row.prepared_by,
        prepared_at=row.prepared_at,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        prepared_hash=row.prepared_hash,
    )


def edition(session: Session, edition_id: str) -> Edition:
    """Return an edition; raises `NotFound`."""
    found = session.execute(_EDITION, {"id": edition_id}).one_or_none()
    if found is None:
        raise NotFound
    return _edition(*found)


def editions_where(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Edition]:
    """Return the editions that meet all conditions, latest year first."""
    query = _EDITIONS.where(*conditions).order_by(EditionRow.year.desc(), EditionRow.series)
    return [_edition(row, version) for row, version in session.execute(query)]


def frozen_participants(session: Session, edition_id: str) -> list[Participant]:
    """Return the States of an edition that was opened, in the order of names."""
    table = EditionParticipantRow
    query = (
        sa.select(table.state_code, table.name, table.regional_group)
        .where(table.edition == edition_id)
        .order_by(table.position)
    )
    return [
        Participant(code, name, RegionalGroup(group))
        for code, name, group in session.execute(query)
    ]
