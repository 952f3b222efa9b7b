"""Named reads of checkpoints and of the witnesses' signatures below them."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from cooperation.audit.models import CheckpointRow, Cosignature
from cooperation.core.db import Session
from cooperation.vault.signed_notes import TreeHead


def add_checkpoint(session: Session, head: TreeHead, *, at: datetime, note: str) -> None:
    """Write down a checkpoint, once: another host may have signed the same head."""
    known = sa.select(CheckpointRow.id).where(
        CheckpointRow.origin == head.origin, CheckpointRow.size == head.size
    )
    if session.scalar(known) is None:
        session.add(
            CheckpointRow(origin=head.origin, size=head.size, root=head.root, at=at, note=note)
        )


def checkpoint_of(session: Session, head: TreeHead) -> int | None:
    """Return the row of a checkpoint that says exactly this."""
    return session.scalar(
        sa.select(CheckpointRow.id).where(
            CheckpointRow.origin == head.origin,
            CheckpointRow.size == head.size,
            CheckpointRow.root == head.root,
        )
    )


def all_checkpoints(session: Session) -> Iterator[CheckpointRow]:
    """Give every checkpoint, the oldest first."""
    yield from session.scalars(
        sa.select(CheckpointRow).order_by(CheckpointRow.id).execution_options(yield_per=1000)
    )


def witnesses_of_checkpoint(session: Session, checkpoint: int) -> set[str]:
    """Return who has cosigned a checkpoint."""
    wanted = sa.select(Cosignature.witness).where(Cosignature.checkpoint_id == checkpoint)
    return set(session.scalars(wanted))


def add_cosignature(
    session: Session, checkpoint: int, *, witness: str, line: str, at: datetime
) -> None:
    """Write a cosignature down, unless the witness has one of this checkpoint."""
    if witness not in witnesses_of_checkpoint(session, checkpoint):
        session.add(Cosignature(checkpoint_id=checkpoint, witness=witness, line=line, at=at))
        session.flush()


def last_cosignatures(session: Session) -> dict[str, tuple[datetime, int]]:
    """Return when each witness last cosigned, and how many entries the log had then."""
    last = (
        sa.select(Cosignature.witness, sa.func.max(Cosignature.id).label("id"))
        .group_by(Cosignature.witness)
        .subquery()
    )
    rows = session.execute(
        sa.select(Cosignature.witness, Cosignature.at, CheckpointRow.size)
        .join(last, last.c.id == Cosignature.id)
        .join(CheckpointRow, CheckpointRow.id == Cosignature.checkpoint_id)
    )
    return {witness: (at, size) for witness, at, size in rows}


def has_checkpoints(session: Session, origin: str) -> bool:
    """Tell whether a log of this name was ever signed."""
    wanted = sa.select(CheckpointRow.id).where(CheckpointRow.origin == origin).limit(1)
    return session.scalar(wanted) is not None


Cosigned = tuple[CheckpointRow, list[tuple[str, str]]]
"""A checkpoint with its witnesses and their signature lines, in the order in which they came."""


def newest_checkpoint(session: Session) -> Cosigned | None:
    """Return the checkpoint that was issued last."""
    return _cosigned(session, sa.select(sa.func.max(CheckpointRow.id)).scalar_subquery())


def best_checkpoint(session: Session, *, above: int, among: int) -> Cosigned | None:
    """Return that of the newest checkpoints over more entries which most witnesses have signed.

    Of the log's present name only: the key that people hold is the one under that name.
    """
    name = sa.select(CheckpointRow.origin).order_by(CheckpointRow.id.desc()).limit(1)
    newest = (
        sa.select(CheckpointRow.id)
        .where(CheckpointRow.size > above, CheckpointRow.origin == name.scalar_subquery())
        .order_by(CheckpointRow.id.desc())
        .limit(among)
        .subquery()
    )
    best = (
        sa.select(newest.c.id)
        .outerjoin(Cosignature, Cosignature.checkpoint_id == newest.c.id)
        .group_by(newest.c.id)
        .order_by(sa.func.count(Cosignature.id).desc(), newest.c.id.desc())
        .limit(1)
    )
    return _cosigned(session, best.scalar_subquery())


def _cosigned(session: Session, wanted: sa.ScalarSelect[int]) -> Cosigned | None:
    rows = session.execute(
        sa.select(CheckpointRow, Cosignature.witness, Cosignature.line)
        .outerjoin(Cosignature, Cosignature.checkpoint_id == CheckpointRow.id)
        .where(CheckpointRow.id == wanted)
        .order_by(Cosignature.id)
    ).all()
    if not rows:
        return None
    return rows[0][0], [(witness, line) for _row, witness, line in rows if line is not None]
