"""Counting tries over all workers, in committed transactions of its own (reliability 3).

A try is written before the secret is looked at and removed when the secret was right, so neither a
crash nor a rolled-back request can lose one; when it cannot be written, nothing is tried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.accounts.models import AttemptRow
from cooperation.accounts.rules import (
    CLOCK_STEP,
    LIMITS,
    LONGEST_WINDOW,
    AttemptKind,
    Limit,
    Scope,
    counted_address,
)
from cooperation.core.db import Database, Session, is_sqlite
from cooperation.core.errors import NotAllowed
from cooperation.core.text import _
from cooperation.vault.root import RootKeys

_LOCK = 0x41545054


class TooManyAttempts(NotAllowed):
    """A limit is reached; `scope` says whose."""

    sentence = _("There were too many attempts. Wait some minutes, then try again.")

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope


@dataclass(frozen=True)
class Attempt:
    """The rows of one try."""

    ids: tuple[int, ...]


def begin_attempt(
    database: Database,
    root: RootKeys,
    *,
    kind: AttemptKind,
    subjects: Mapping[Scope, str],
    now: datetime,
) -> Attempt:
    """Count one try and commit; raises `TooManyAttempts` when a window is already full.

    Tries of a locked account still count for their address, since each costs a hash.
    """
    keyed = {
        scope: root.lookups(f"attempt/{kind}/{scope}", _counted(scope, subject))
        for scope, subject in subjects.items()
    }
    with database.writing() as session:
        if not is_sqlite(session.get_bind()):
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        session.execute(sa.delete(AttemptRow).where(AttemptRow.at < now - LONGEST_WINDOW))
        full = [
            scope
            for scope, known_as in keyed.items()
            if any(
                _is_full(session, (kind, scope, known_as), limit, now)
                for limit in LIMITS[kind, scope]
            )
        ]
        rows = [
            AttemptRow(kind=kind, scope=scope, subject=known_as[0], at=now)
            for scope, known_as in keyed.items()
            if scope not in full
        ]
        session.add_all(rows)
        session.flush()
        attempt = Attempt(tuple(row.id for row in rows))
    if full:
        raise TooManyAttempts(max(full, key=list(Scope).index))
    return attempt


def forget_attempt(session: Session, attempt: Attempt) -> None:
    """Take back a try whose secret was right, in the transaction that acts on it."""
    session.execute(sa.delete(AttemptRow).where(AttemptRow.id.in_(attempt.ids)))


def _counted(scope: Scope, subject: str) -> str:
    return counted_address(subject) if scope is Scope.ADDRESS else subject


def _is_full(
    session: Session,
    counted: tuple[AttemptKind, Scope, Sequence[bytes]],
    limit: Limit,
    now: datetime,
) -> bool:
    kind, scope, known_as = counted
    found = session.scalar(
        sa.select(sa.func.count()).where(
            AttemptRow.kind == kind,
            AttemptRow.scope == scope,
            AttemptRow.subject.in_(known_as),
            AttemptRow.at > now - limit.window,
            AttemptRow.at <= now + CLOCK_STEP,
        )
    )
    return (found or 0) >= limit.count
