"""Counting tries over all workers, in committed transactions of its own (reliability 3).

A try is written before the secret is looked at and removed when the secret was right, so neither a
crash nor a rolled-back request can lose one; when it cannot be written, nothing is tried.
"""

from collections.abc import Mapping
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
    """Count one try and commit; raises `TooManyAttempts` when a window is already full."""
    keyed = {
        scope: root.lookup(f"attempt/{kind}/{scope}", subject)
        for scope, subject in subjects.items()
    }
    with database.writing() as session:
        if not is_sqlite(session.get_bind()):
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        session.execute(sa.delete(AttemptRow).where(AttemptRow.at < now - LONGEST_WINDOW))
        for scope, subject in keyed.items():
            for limit in LIMITS[kind, scope]:
                if _count(session, kind, scope, subject, limit, now) >= limit.count:
                    raise TooManyAttempts(scope)
        rows = [
            AttemptRow(kind=kind, scope=scope, subject=subject, at=now)
            for scope, subject in keyed.items()
        ]
        session.add_all(rows)
        session.flush()
        return Attempt(tuple(row.id for row in rows))


def forget_attempt(session: Session, attempt: Attempt) -> None:
    """Take back a try whose secret was right, in the transaction that acts on it."""
    session.execute(sa.delete(AttemptRow).where(AttemptRow.id.in_(attempt.ids)))


def _count(
    session: Session, kind: AttemptKind, scope: Scope, subject: bytes, limit: Limit, now: datetime
) -> int:
    counted = sa.select(sa.func.count()).where(
        AttemptRow.kind == kind,
        AttemptRow.scope == scope,
        AttemptRow.subject == subject,
        AttemptRow.at > now - limit.window,
        AttemptRow.at <= now + CLOCK_STEP,
    )
    return session.scalar(counted) or 0
