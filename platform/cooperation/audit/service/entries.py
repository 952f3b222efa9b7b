"""Entries: record an act, read what may be read, know size and root, verify."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import sqlalchemy as sa

from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Actor, Institution, Role, state_circle
from cooperation.audit import queries
from cooperation.audit.models import LogEntry
from cooperation.audit.queries import LogFilter, Visibility
from cooperation.audit.rules import (
    ACTIONS,
    DELIVERIES,
    SYSTEM,
    UNDELIVERED,
    Entry,
    LogState,
    Reading,
    ReadingFilter,
    Scope,
    nodes_completed,
    peaks_of,
    root_of_peaks,
    siblings_of,
    to_milliseconds,
)
from cooperation.core.db import Session
from cooperation.core.errors import Broken, NotFound
from cooperation.core.last import do_last, settle
from cooperation.core.requests import request_id
from cooperation.core.text import _
from cooperation.vault.merkle import leaf_hash

_LOCK = 0x434F4F50  # advisory lock of PostgreSQL under which entries get their numbers
_RECORDED, _WRITTEN = "audit.recorded", "audit.written"
_UNNUMBERED = -1


class UnknownActionError(RuntimeError):
    """An act that the vocabulary does not hold: a programming error."""


class LogBrokenError(Broken):
    """A sub-tree that must be there is missing."""

    sentence = _("The log did not pass its integrity check.")


def record(
    session: Session,
    *,
    actor: Actor | None,
    action: str,
    at: datetime,
    edition: str | None = None,
    states: Scope = (),
    questions: Scope = (),
    submission: str | None = None,
    version: int | None = None,
    commitment: bytes | None = None,
    statement: bytes | None = None,
    subject: str | None = None,
) -> None:
    """Append one entry within the caller's transaction, last in it where that is its kind.

    `subject` is the random id of the object concerned, never a name. `actor` is `None` for what
    the server does by itself. Raises `UnknownActionError`.
    """
    if action not in ACTIONS:
        raise UnknownActionError(action)
    entry = Entry(
        seq=_UNNUMBERED,
        at=to_milliseconds(at),
        actor=actor.person_id if actor else SYSTEM,
        role=actor.main_role.value if actor else SYSTEM,
        institution=institution_name(actor),
        action=action,
        request_id=request_id.get(),
        edition=edition,
        states=_sorted(states),
        questions=_sorted(questions),
        submission=submission,
        version=version,
        commitment=commitment,
        statement=statement,
        subject=subject,
    )
    session.info.setdefault(_RECORDED, set()).add(action)
    do_last(session, partial(_append_next, entry=entry))


def number_of_last(session: Session) -> int:
    """Return the number of the last entry, which this transaction has just recorded."""
    settle(session)
    return queries.size_of_log(session) - 1


def record_undelivered(session: Session, readings: Iterable[Entry], *, at: datetime) -> None:
    """Say of these entries that what they name did not reach its reader; `version` is its number.

    The first entry stays and counts no longer as a reading.
    """
    for reading in readings:
        if reading.action in DELIVERIES:
            failed = replace(
                reading, action=UNDELIVERED, at=to_milliseconds(at), version=reading.seq
            )
            _append_next(session, entry=failed)


def entries_in(session: Session) -> list[Entry]:
    """Return the entries that this session has written, with their numbers."""
    found: list[Entry] = session.info.get(_WRITTEN, [])
    return found


def _append_next(session: Session, *, entry: Entry) -> None:
    """Give an entry the next number and write it; others wait from here to the commit."""
    session.flush()
    wait_for_turn(session)
    numbered = replace(entry, seq=queries.size_of_log(session))
    _append(session, numbered)
    session.info.setdefault(_WRITTEN, []).append(numbered)


def evidence_in(session: Session) -> set[str]:
    """Return the acts that this session has recorded."""
    found: set[str] = session.info.get(_RECORDED, set())
    return found


def institution_name(actor: Actor | None) -> str:
    """Return the institution as entries name it: `state/KEN`, `secretariat`, ..., `system`."""
    if actor is None:
        return SYSTEM
    return actor.circle or actor.institution.value


def _sorted(scope: Scope) -> Scope:
    return scope if scope == "all" else tuple(sorted(set(scope)))


def wait_for_turn(session: Session) -> None:
    """Let one transaction at a time number entries; SQLite's IMMEDIATE has done so already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _append(session: Session, entry: Entry) -> None:
    canonical = entry.canonical()
    places = siblings_of(entry.seq)
    siblings = queries.node_hashes(session, places)
    if len(siblings) != len(places):
        raise LogBrokenError
    nodes = nodes_completed(entry.seq, leaf_hash(canonical), siblings)
    columns = vars(entry) | {
        "states": queries.scope_text(entry.states),
        "questions": queries.scope_text(entry.questions),
        "canonical": canonical,
    }
    queries.append(
        session,
        columns,
        [{"level": level, "position": place, "hash": value} for level, place, value in nodes],
    )


def log_state(session: Session) -> LogState:
    """Return the log's size and root now."""
    settle(session)
    size = queries.size_of_log(session)
    return LogState(size, root_at(session, size))


def number_since(session: Session, moment: datetime) -> int:
    """Return how many entries were written after a moment."""
    return queries.number_since(session, moment)


def bytes_of_entries(session: Session, *, start: int, limit: int) -> list[bytes]:
    """Return the canonical bytes of the entries from number `start` on, at most `limit`."""
    return queries.canonical_from(session, start, limit)


def root_at(session: Session, size: int) -> bytes:
    """Return the root that the log had at `size` entries, which must not exceed its size now.

    Raises `LogBrokenError` where the sub-trees for it are missing: the log was cut.
    """
    places = peaks_of(size)
    peaks = queries.node_hashes(session, places)
    if len(peaks) != len(places):
        raise LogBrokenError
    return root_of_peaks(peaks)


def entries_for(
    session: Session,
    *,
    action: str | None = None,
    edition: str | None = None,
    submission: str | None = None,
    subject: str | None = None,
    statement: bytes | None = None,
) -> list[Entry]:
    """Return the entries that agree with everything given, oldest first; for other slices."""
    settle(session)
    wanted = (
        (LogEntry.action, action),
        (LogEntry.edition, edition),
        (LogEntry.submission, submission),
        (LogEntry.subject, subject),
        (LogEntry.statement, statement),
    )
    return queries.entries_where(
        session, *(column == value for column, value in wanted if value is not None)
    )


def statement_entries(session: Session, *, after: int = -1) -> list[Entry]:
    """Return the entries with a number above `after` that hold the hash of a statement."""
    settle(session)
    return queries.entries_where(session, LogEntry.seq > after, LogEntry.statement.is_not(None))


def days_of_readings(session: Session, wanted: ReadingFilter) -> list[tuple[date, int]]:
    """Return on which days others opened a State's answers; for the State's own people only."""
    return queries.days_of_readings(session, wanted)


def readings_of_state(session: Session, wanted: ReadingFilter) -> list[Reading]:
    """Return who else opened a State's answers, by day; for the State's own people only."""
    return queries.readings_of_state(session, wanted)


def openings_of_state(session: Session, wanted: ReadingFilter) -> list[Reading]:
    """Return who else opened a State's answers, over all days; for its own people only."""
    return queries.openings_of_state(session, wanted)


def delivered_readings(session: Session, actions: Iterable[str], *, edition: str) -> list[Entry]:
    """Return the entries of these readings in an edition, without those not delivered."""
    settle(session)
    return queries.delivered_readings(session, actions, edition=edition)


def openings_by(session: Session, person_id: str, since: datetime) -> list[Entry]:
    """Return what an account has opened of others' answers since then, oldest first."""
    settle(session)
    return queries.openings_by(session, person_id, since)


def last_of(session: Session, *, action: str, since: datetime) -> dict[str, datetime]:
    """Return when each object last met this act since then, by its id."""
    settle(session)
    return queries.last_of(session, action=action, since=since)


def events_of_person(
    session: Session,
    person_id: str,
    *,
    actions: Sequence[str],
    limit: int,
    before: int | None = None,
) -> list[Entry]:
    """Return acts of these kinds by a person or upon her, newest first; for accounts."""
    return queries.events_of_person(session, person_id, actions, before, limit)


def visibility_of(actor: Actor) -> Visibility:
    """Return which entries the person may see (product.md, "Who may read what")."""
    if actor.has(Role.AUDITOR) or actor.has(Role.HEAD):
        return Visibility()
    if actor.institution is Institution.STATE:
        return Visibility(state_code=actor.state_code)
    return Visibility(person_id=actor.person_id)


def read_entries(
    session: Session, *, actor: Actor, wanted: LogFilter, limit: int
) -> Sequence[Entry]:
    """Return a page of the log as far as the person may see it, newest first.

    A State sees which institution acted, not which of its people, and of other States nothing.
    Raises `NotFound` when a State's person asks for another State's entries.
    """
    require(actor, Permission.READ_LOG)
    visibility = visibility_of(actor)
    own = visibility.state_code
    if own is not None and wanted.state_code not in {None, own}:
        raise NotFound
    entries = queries.newest_entries(session, visibility, wanted, limit)
    return entries if own is None else [_as_seen_by(own, entry) for entry in entries]


def _as_seen_by(state_code: str, entry: Entry) -> Entry:
    if entry.institution == state_circle(state_code):
        return entry
    states: Scope = (state_code,)
    return Entry(**vars(entry) | {"actor": "", "role": "", "request_id": "", "states": states})
