"""Named reads of the notes verbales."""

from collections.abc import Sequence

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.notes_verbales.models import LetterPrint, NoteBatch, NoteDispatch, PrintedLetter
from cooperation.notes_verbales.rules import BatchStatus

_OUTWARD = (BatchStatus.APPROVED, BatchStatus.ISSUED)


def numbers_used(session: Session, session_number: int) -> Sequence[int]:
    """Return the running numbers that notes of an Assembly session hold."""
    wanted = sa.select(NoteBatch.number).where(
        NoteBatch.session_number == session_number, NoteBatch.number.is_not(None)
    )
    return [number for number in session.scalars(wanted) if number is not None]


def batches_of(session: Session, edition_id: str) -> Sequence[NoteBatch]:
    """Return an edition's batches, newest first."""
    wanted = sa.select(NoteBatch).where(NoteBatch.edition_id == edition_id)
    return session.scalars(wanted.order_by(NoteBatch.prepared_at.desc(), NoteBatch.id)).all()


def dispatches_of(session: Session, batch_id: str) -> Sequence[NoteDispatch]:
    """Return a batch's copies by the States' names, without their bytes."""
    wanted = sa.select(NoteDispatch).where(NoteDispatch.batch_id == batch_id)
    return session.scalars(wanted.order_by(NoteDispatch.place)).all()


def dispatch_of(session: Session, batch_id: str, state_code: str) -> NoteDispatch | None:
    """Return one State's copy."""
    wanted = sa.select(NoteDispatch).where(
        NoteDispatch.batch_id == batch_id, NoteDispatch.state_code == state_code
    )
    return session.scalar(wanted)


def not_compiled(session: Session, batch_id: str) -> Sequence[NoteDispatch]:
    """Return the copies whose PDF is still to be made."""
    wanted = sa.select(NoteDispatch).where(
        NoteDispatch.batch_id == batch_id, NoteDispatch.sha256.is_(None)
    )
    return session.scalars(wanted.order_by(NoteDispatch.place)).all()


def not_dispatched(session: Session, batch_id: str) -> Sequence[NoteDispatch]:
    """Return the copies that are still to be queued or marked for delivery by hand."""
    wanted = sa.select(NoteDispatch).where(
        NoteDispatch.batch_id == batch_id, NoteDispatch.dispatched_at.is_(None)
    )
    return session.scalars(wanted.order_by(NoteDispatch.place)).all()


def contents_of(session: Session, batch_id: str) -> Sequence[tuple[str, bytes]]:
    """Return the State code and the PDF of every copy that has been made."""
    wanted = sa.select(NoteDispatch.state_code, NoteDispatch.content).where(
        NoteDispatch.batch_id == batch_id, NoteDispatch.content.is_not(None)
    )
    rows = session.execute(wanted.order_by(NoteDispatch.place))
    return [(code, content) for code, content in rows if content is not None]


def hashes_of(session: Session, batch_id: str) -> dict[str, str]:
    """Return the SHA-256 of every copy by State code."""
    wanted = sa.select(NoteDispatch.state_code, NoteDispatch.sha256).where(
        NoteDispatch.batch_id == batch_id, NoteDispatch.sha256.is_not(None)
    )
    return {code: sha256 for code, sha256 in session.execute(wanted) if sha256 is not None}


def counts_of(session: Session, batch_id: str) -> tuple[int, int, int]:
    """Return how many copies there are, how many are made, how many are dispatched."""
    wanted = sa.select(
        sa.func.count(),
        sa.func.count(NoteDispatch.sha256),
        sa.func.count(NoteDispatch.dispatched_at),
    ).where(NoteDispatch.batch_id == batch_id)
    total, compiled, dispatched = session.execute(wanted).one()
    return total, compiled, dispatched


def outward_notes_of_state(
    session: Session, state_code: str
) -> Sequence[tuple[NoteBatch, NoteDispatch]]:
    """Return the approved notes to one State, newest first."""
    wanted = (
        sa.select(NoteBatch, NoteDispatch)
        .join(NoteDispatch, NoteDispatch.batch_id == NoteBatch.id)
        .where(NoteDispatch.state_code == state_code, NoteBatch.status.in_(_OUTWARD))
        .order_by(NoteBatch.approved_at.desc())
    )
    return [(batch, dispatch) for batch, dispatch in session.execute(wanted)]


def content_of(session: Session, dispatch_id: str) -> bytes | None:
    """Return one copy's PDF."""
    return session.scalar(sa.select(NoteDispatch.content).where(NoteDispatch.id == dispatch_id))


def annex_of(session: Session, batch_id: str) -> bytes | None:
    """Return the annex that goes with every copy of a batch."""
    return session.scalar(sa.select(NoteBatch.annex).where(NoteBatch.id == batch_id))


def prints_of(session: Session, batch_id: str) -> Sequence[LetterPrint]:
    """Return the printings of code letters of a batch, newest first."""
    wanted = sa.select(LetterPrint).where(LetterPrint.batch_id == batch_id)
    return session.scalars(wanted.order_by(LetterPrint.printed_at.desc(), LetterPrint.id)).all()


def letters_of(session: Session, print_ids: Sequence[str]) -> Sequence[PrintedLetter]:
    """Return which States' invitations these printings hold."""
    return session.scalars(
        sa.select(PrintedLetter).where(PrintedLetter.print_id.in_(print_ids))
    ).all()
