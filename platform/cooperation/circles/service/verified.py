"""The verified directory: checked once per process, then only what is new (vault.md, Whose key).

Each statement's hash must stand in the log at its number, and every such entry of the log must have
its statement; the first time the whole log is recomputed too. What a transaction adds is seen by
itself at once, and by others after its commit, because it works on a copy.

What does not fit makes the directory *unsound*: reading goes on, nothing is sealed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy.orm import SessionTransaction

from cooperation.access.rules import DIRECTORY_RULES, Actor
from cooperation.audit import service as audit
from cooperation.circles import queries
from cooperation.circles.models import StatementRow
from cooperation.circles.rules import InstanceUnknownError
from cooperation.core.db import Session, is_sqlite
from cooperation.vault.directory import Directory
from cooperation.vault.errors import DirectoryChanged
from cooperation.vault.member import Anchor
from cooperation.vault.places import LogPlace
from cooperation.vault.statements import SignedStatement, Signer, Statement, sign_statement

STATEMENT_ACTIONS = frozenset(
    {
        "genesis.signed",
        "person.invited",
        "person.activated",
        "person.admitted",
        "circle.admitted",
        "person.removed",
        "role.granted",
        "keys.renewed",
        "dissolution.proposed",
        "dissolution.confirmed",
        "recovery_sheet.made",
        "recovery_sheet.voided",
        "circle.removed",
        "role.proposed",
        "grant.confirmed",
        "founding.ended",
        "circle.founded",
        "circle.versioned",
    }
)
"""Actions of the log whose entries hold the hash of a directory statement."""

_INFO = "circles.verified"


class Place(NamedTuple):
    """Which database and instance something was verified for."""

    address: str
    instance: str


@dataclass(frozen=True)
class Remembered:
    """The directory as committed transactions left it."""

    directory: Directory
    is_sound: bool


@dataclass
class Verified:
    """The directory inside one transaction."""

    directory: Directory
    is_sound: bool
    place: Place
    transaction: SessionTransaction | None
    anchors: set[Anchor] = field(default_factory=set)
    has_written: bool = False


class LogNote(NamedTuple):
    """What the log says beside a statement: who acted, which act, on what."""

    actor: Actor | None
    action: str
    at: datetime
    subject: str | None = None
    states: tuple[str, ...] = ()


_remembered: dict[str, Remembered] = {}
"""By the database's address."""


def forget_verified() -> None:
    """Start as a new process would; for tests."""
    _remembered.clear()


def verified(session: Session) -> Verified:
    """Return the verified directory of this transaction; raises `InstanceUnknownError`."""
    held = session.info.get(_INFO)
    if isinstance(held, Verified) and held.transaction is session.get_transaction():
        return held
    address = session.get_bind().engine.url.render_as_string(hide_password=True)
    known = _remembered.get(address)
    last = known.directory.last_place if known else 0
    instance, rows = queries.instance_with_statements(session, last)
    if instance is None:
        raise InstanceUnknownError
    if known is None or known.directory.instance != instance:
        known = Remembered(Directory(instance, DIRECTORY_RULES), audit.verify(session).is_sound)
        rows = queries.instance_with_statements(session, 0)[1]
    place = Place(address, instance)
    remembered = _refreshed(session, known, rows)
    if remembered.is_sound:
        _remembered[address] = remembered
    fresh = Verified(
        directory=remembered.directory.copy(),
        is_sound=remembered.is_sound,
        place=place,
        transaction=session.get_transaction(),
    )
    session.info[_INFO] = fresh
    return fresh


def verify_directory(session: Session) -> None:
    """Verify log and directory now: whatever forks from this process starts with what it knows."""
    verified(session)


def take_turn(session: Session) -> None:
    """Let one transaction at a time change the directory, and see all that others committed.

    For acts of several statements; on SQLite the writing transaction is alone already.
    """
    if is_sqlite(session.get_bind().engine) or verified(session).has_written:
        return
    audit.wait_for_turn(session)
    session.info.pop(_INFO, None)


def directory_of(session: Session) -> Directory:
    """Return the directory of this transaction, for reading."""
    return verified(session).directory


def check_anchor(session: Session, anchor: Anchor) -> None:
    """Raise `DirectoryChanged` unless the log goes on from where the person last saw it."""
    current = verified(session)
    if anchor in current.anchors:
        return
    if not current.is_sound or anchor.genesis != current.directory.genesis:
        raise DirectoryChanged
    try:
        root = audit.root_at(session, anchor.log_size)
    except audit.LogBrokenError as failure:
        raise DirectoryChanged from failure
    if root != anchor.log_root:
        raise DirectoryChanged
    current.anchors.add(anchor)


def anchor_now(session: Session) -> Anchor:
    """Return the log as it is now."""
    state = audit.log_state(session)
    return Anchor(directory_of(session).genesis, state.size, state.root)


class Standing(NamedTuple):
    """How the directory stands: what was taken in, what had no effect, what is dated too early.

    `is_sound` is false where statements and log do not fit together; then nothing is sealed.
    """

    statements: int
    is_sound: bool
    refused: tuple[int, ...]
    set_back: tuple[int, ...]


def directory_standing(session: Session) -> Standing:
    """Fold all statements anew and return how they stand; the log itself is taken as it is.

    For who has verified the log, or only looks. Raises `InstanceUnknownError`.
    """
    instance, rows = queries.instance_with_statements(session, 0)
    if instance is None:
        raise InstanceUnknownError
    found = _extended(
        session, Remembered(Directory(instance, DIRECTORY_RULES), is_sound=True), rows
    )
    directory = found.directory
    taken = len(directory.seen) - len(directory.refused)
    return Standing(taken, found.is_sound, directory.refused, directory.set_back)


def statement_hashes(
    session: Session, *, start: int, end: int, limit: int
) -> list[tuple[int, bytes]]:
    """Return number and hash of the statements in the log from `start` on and below `end`."""
    rows = queries.statements_between(session, start, end, limit)
    return [(seq, sha256(encoded).digest()) for seq, encoded in rows]


def append_statement(
    session: Session, statement: Statement, signer: Signer, note: LogNote
) -> SignedStatement:
    """Sign a statement, log it and store it; raises `StatementRefused` before anything is written.

    The caller has checked the signer's anchor.
    """
    take_turn(session)
    current = verified(session)
    log = audit.log_state(session)
    signed = sign_statement(statement, signer, instance=current.place.instance, after=log.root)
    place = LogPlace(log.size, note.at, log.root)
    current.directory.copy().apply(signed, place)
    audit.record(
        session,
        actor=note.actor,
        action=note.action,
        at=note.at,
        states=note.states,
        statement=signed.hash,
        subject=note.subject,
    )
    seq = audit.number_of_last(session)
    current.has_written = True
    current.directory.apply(signed, place)
    session.add(StatementRow(seq=seq, encoded=signed.encoded))
    session.flush()
    return signed


def _refreshed(session: Session, known: Remembered, rows: list[tuple[int, bytes]]) -> Remembered:
    """Fold in what is new; `rows` are the statements from the last known one on."""
    directory = known.directory
    if directory.last_place >= 0:
        if not rows or not _is_last(directory, *rows[0]):
            return Remembered(directory, is_sound=False)
        rows = rows[1:]
        if not rows:
            return known
    return _extended(session, known, rows)


def _is_last(directory: Directory, seq: int, encoded: bytes) -> bool:
    return seq == directory.last_place and sha256(encoded).digest() == directory.last_hash


def _extended(session: Session, known: Remembered, rows: list[tuple[int, bytes]]) -> Remembered:
    """Fold new rows in, each against its entry of the log; a row that is not there is left out.

    PostgreSQL may show what others commit meanwhile, so nothing beyond the log's size is looked at.
    """
    size = audit.log_state(session).size
    directory, is_sound = known.directory.copy(), known.is_sound
    logged = {
        entry.seq: entry
        for entry in audit.statement_entries(session, after=directory.last_place)
        if entry.action in STATEMENT_ACTIONS and entry.seq < size
    }
    for seq, encoded in rows:
        if seq >= size and not is_sqlite(session.get_bind().engine):
            break
        entry = logged.pop(seq, None)
        if entry is None or entry.statement != sha256(encoded).digest():
            is_sound = False
            continue
        try:
            place = LogPlace(seq, entry.at, audit.root_at(session, seq))
        except audit.LogBrokenError:
            is_sound = False
            continue
        directory.take(encoded, place)
    return Remembered(directory, is_sound and not logged)
