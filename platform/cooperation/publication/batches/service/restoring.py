"""What was taken from readers after a backup is taken from them again in the restored instance."""

from datetime import datetime

from cooperation.core.db import Session, note_destruction
from cooperation.publication import queries
from cooperation.publication.models import PublishedAnswer
from cooperation.two_persons import service as two_persons


def unpublish_again(
    session: Session, edition_id: str, state_code: str, question: str, *, narrowed_at: datetime
) -> bool:
    """Destroy what was published of a narrowed answer; open batches that hold it are void."""
    for batch_id in queries.batches_holding(session, edition_id, state_code, question):
        two_persons.end(session, narrowed_at, act_id=batch_id)
    row = session.get(PublishedAnswer, (edition_id, state_code, question))
    if row is None or row.narrowed_at is not None:
        return False
    row.narrowed_at = narrowed_at
    _destroy(session, row)
    return True


def retract_again(
    session: Session,
    edition_id: str,
    state_code: str,
    question: str,
    *,
    retraction_id: str | None,
    retracted_at: datetime,
) -> bool:
    """Destroy what was published in error, and close the proposal to take it back."""
    if retraction_id is not None:
        two_persons.mark_done(session, retraction_id, retracted_at)
    row = session.get(PublishedAnswer, (edition_id, state_code, question))
    if row is None or row.sealed is None:
        session.flush()
        return False
    row.retracted_at = retracted_at
    _destroy(session, row)
    return True


def _destroy(session: Session, row: PublishedAnswer) -> None:
    row.sealed = None
    queries.delete_files(session, row.edition_id, row.state_code, row.question)
    session.flush()
    note_destruction(session)
