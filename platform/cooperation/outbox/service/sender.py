"""Drain the outbox: each mail leaves once, or is flagged for a person.

Taking a mail, sending it and noting the outcome are three steps with a commit between them; a
death in the middle leaves `sending`, which the next round turns into `uncertain`.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from cooperation.core.clock import Clock
from cooperation.core.db import Database
from cooperation.core.errors import DomainError
from cooperation.core.failpoints import reach
from cooperation.core.settings import Settings
from cooperation.outbox import queries
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import (
    Mail,
    MailStatus,
    Outcome,
    lease_end,
    next_try_at,
    status_after,
)
from cooperation.outbox.service.transport import Transport, message_of, transport_for
from cooperation.vault.errors import CannotOpen
from cooperation.vault.root import RootKeys, version_of

_log = structlog.get_logger(__name__)
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class _Taken:
    """A mail that this sender holds the lease of."""

    id: str
    sealed: bytes


def send_due(database: Database, root: RootKeys, settings: Settings, clock: Clock) -> int:
    """Send what is due now, one mail after the other; return how many left."""
    with database.reading() as session:
        if not queries.has_work(session, clock.now()):
            return 0
    root.require_at_hand()
    sent = 0
    with transport_for(settings) as transport:
        _settle_abandoned(database, transport, clock.now())
        started_at = clock.now()
        while taken := _take_next(database, started_at, clock.now()):
            reach("sending.taken")
            outcome = _try_once(root, transport, taken, settings, clock.now())
            reach("sending.delivered")
            _note(database, taken, outcome, clock.now())
            sent += outcome is Outcome.ACCEPTED
    return sent


def _settle_abandoned(database: Database, transport: Transport, now: datetime) -> None:
    with database.writing() as session:
        for mail in queries.abandoned(session, now):
            delivered = transport.has_delivered(mail.id)
            mail.leased_until = None
            if delivered is None:
                mail.status, mail.reason = MailStatus.UNCERTAIN, "interrupted"
            elif delivered:
                _mark_sent(mail, now)
            else:
                mail.status, mail.next_try_at = MailStatus.DUE, now


def _take_next(database: Database, due_at: datetime, now: datetime) -> _Taken | None:
    with database.writing() as session:
        mail = queries.next_due(session, due_at)
        if mail is None:
            return None
        mail.status = MailStatus.SENDING
        mail.leased_until = lease_end(now)
        mail.tries += 1
        return _Taken(mail.id, mail.sealed_payload or b"")


def _try_once(
    root: RootKeys, transport: Transport, taken: _Taken, settings: Settings, now: datetime
) -> Outcome:
    try:
        payload = root.unwrap(taken.sealed, table="mails", row=taken.id, kind="payload")
        mail = Mail.from_bytes(payload)
        content = message_of(taken.id, mail, now, settings).as_bytes()
    except (CannotOpen, ValueError, KeyError):
        return Outcome.UNREADABLE if _is_key_at_hand(root, taken.sealed) else Outcome.LATER
    return transport.deliver(taken.id, mail.to, content)


def _is_key_at_hand(root: RootKeys, sealed: bytes) -> bool:
    """Tell whether the version that wrapped a mail is in the keyring; it may be copied late."""
    try:
        return root.has_version(version_of(sealed))
    except CannotOpen:
        return True


def _note(database: Database, taken: _Taken, outcome: Outcome, now: datetime) -> None:
    with database.writing() as session:
        mail = session.get_one(MailRow, taken.id)
        mail.leased_until = None
        refused = outcome is Outcome.REFUSED
        takes_others = refused and queries.has_left_since(session, mail.queued_at)
        mail.reason = "refused_with_all" if refused and not takes_others else outcome.value
        mail.status = status_after(outcome, mail.tries, takes_others=takes_others)
        if mail.status == MailStatus.SENT:
            _mark_sent(mail, now)
        elif mail.status == MailStatus.DUE:
            mail.next_try_at = next_try_at(mail.tries, now) or now
        status = mail.status
    if status in {MailStatus.FAILED, MailStatus.UNCERTAIN}:
        _log.warning("mail_flagged", mail=taken.id, status=str(status), reason=outcome.value)


def _mark_sent(mail: MailRow, now: datetime) -> None:
    mail.status = MailStatus.SENT
    mail.sent_at = now
    mail.sealed_payload = None


class Sender:
    """A thread that drains the outbox until it is stopped; `nudge` makes it look at once."""

    def __init__(
        self, database: Database, root: RootKeys, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._root = root
        self._settings = settings
        self._clock = clock
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send, or begin again where the thread has ended."""
        if not self.is_alive():
            self._is_stopping = False
            self._thread = threading.Thread(target=self._run, name="outbox-sender", daemon=True)
            self._thread.start()

    def is_alive(self) -> bool:
        """Tell whether the thread runs; an unforeseen failure ends it."""
        return self._thread is not None and self._thread.is_alive()

    def nudge(self) -> None:
        """Look for mails now instead of after the pause."""
        self._wake.set()

    def stop(self, *, patience_seconds: float = 30.0) -> None:
        """Finish the mail in hand and end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._is_stopping = True
            self._wake.set()
            thread.join(patience_seconds)

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                send_due(self._database, self._root, self._settings, self._clock)
            except (OperationalError, DomainError, OSError) as failure:
                # a busy, full or absent database, no root key, no folder: look again later
                _log.warning("outbox_waits", error=type(failure).__name__)
            self._wake.wait(_PAUSE_SECONDS)
            self._wake.clear()
