"""Named reads of checkpoints and of the witnesses' signatures below them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from cooperation.audit.models import CheckpointRow, Cosignature
from cooperation.core.db import Session
from cooperation.vault.notes import TreeHead


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


def newest_checkpoints(
    session: Session, limit: int, *, above: int | None = None
) -> Sequence[CheckpointRow]:
    """Return the checkpoints (of more than `above` entries), the newest first."""
    wanted = sa.select(CheckpointRow).order_by(CheckpointRow.id.desc()).limit(limit)
    if above is not None:
        wanted = wanted.where(CheckpointRow.size > above)
    return session.scalars(wanted).all()


def cosignatures_of(
    session: Session, checkpoints: Sequence[int]
) -> dict[int, list[tuple[str, str]]]:
    """Return the witnesses of checkpoints, each with her signature line, by checkpoint."""
    found: dict[int, list[tuple[str, str]]] = {}
    if checkpoints:
        rows = session.scalars(
            sa.select(Cosignature)
            .where(Cosignature.checkpoint_id.in_(checkpoints))
            .order_by(Cosignature.id)
        )
        for row in rows:
            found.setdefault(row.checkpoint_id, []).append((row.witness, row.line))
    return found
