"""Queue mails and change what happens to them; all within the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from cooperation.core.db import Session
from cooperation.core.errors import Invalid
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.core.text import Text, _, written_in
from cooperation.outbox import queries
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Attachment, Mail, MailStatus, is_sendable
from cooperation.vault.root import RootKeys

_REPEATABLE = frozenset({MailStatus.FAILED, MailStatus.UNCERTAIN})
_STOPPABLE = _REPEATABLE | {MailStatus.HELD, MailStatus.DUE}


class AddressRefusedError(Invalid):
    """The recipient is not one plain e-mail address."""

    sentence = _("Enter one e-mail address, such as name@example.org.")


def queue(
    session: Session,
    root: RootKeys,
    *,
    to: str,
    subject: Text,
    body: Text,
    language: str,
    now: datetime,
    purpose: str,
    held: bool = False,
    attachments: tuple[Attachment, ...] = (),
    subject_id: str | None = None,
    due_at: datetime | None = None,
) -> str:
    """Queue a mail, due at once, at `due_at`, or `held` until it is released; return its id.

    Both texts are written here, in the recipient's `language`. `subject` is a fixed string without
    content or a State's name. `subject_id` is the random id of
    the object that the mail belongs to. Raises `AddressRefusedError`.
    """
    if not is_sendable(to):
        raise AddressRefusedError
    one_line = " ".join(written_in(language, subject).split())
    payload = Mail(to, one_line, written_in(language, body), attachments).to_bytes()
    mail = MailRow(
        id=(mail_id := new_id()),
        purpose=purpose,
        subject_id=subject_id,
        status=MailStatus.HELD if held else MailStatus.DUE,
        sealed_payload=root.wrap(payload, table="mails", row=mail_id, kind="payload"),
        payload_mac=root.lookup("mail", payload.decode()),
        queued_at=now,
        next_try_at=due_at or now,
    )
    session.add(mail)
    session.flush()
    reach("mail.queued")
    return mail_id


def is_waiting(session: Session, purpose: str) -> bool:
    """Tell whether a mail of this purpose waits for its first try, and let none take it meanwhile.

    Who would queue the same sentence again need not: the one that waits is read after this act.
    """
    return queries.has_untried(session, purpose)


def was_queued(session: Session, purpose: str, subject_id: str, *, since: datetime) -> bool:
    """Tell whether a mail of this purpose about this object was queued since then."""
    return queries.was_queued(session, purpose, subject_id, since)


def release(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Make held mails due; return how many were held."""
    return _move(session, ids, frozenset({MailStatus.HELD}), now)


def oldest_due(session: Session) -> datetime | None:
    """Return since when the mail has waited that waits longest, of those that are to be sent."""
    return queries.oldest_due(session)


def retry(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Send failed or uncertain mails again because a person has decided so; return how many."""
    return _move(session, ids, _REPEATABLE, now)


def settle(session: Session, ids: Sequence[str]) -> int:
    """Erase failed or uncertain mails that a person has taken care of; return how many."""
    return _erase(session, ids, _REPEATABLE, MailStatus.SETTLED)


def void(session: Session, ids: Sequence[str]) -> int:
    """Erase mails that have not left and must not leave any more; return how many."""
    return _erase(session, ids, _STOPPABLE, MailStatus.VOIDED)


def _erase(
    session: Session, ids: Sequence[str], allowed: frozenset[MailStatus], status: MailStatus
) -> int:
    mails = [mail for mail in queries.mails_by_id(session, ids) if mail.status in allowed]
    for mail in mails:
        mail.status = status
        mail.sealed_payload = None
    session.flush()
    return len(mails)


def status_of(session: Session, ids: Sequence[str]) -> dict[str, MailStatus]:
    """Return where these mails stand; unknown ids are left out."""
    return queries.statuses_by_id(session, ids)


def counts_of(session: Session) -> dict[MailStatus, int]:
    """Return how many mails stand where; for `doctor`."""
    return queries.counts_by_status(session)


def number_flagged(session: Session) -> int:
    """Return how many mails failed or are uncertain and wait for a person."""
    counts = queries.counts_by_status(session)
    return sum(counts.get(status, 0) for status in _REPEATABLE)


def _move(
    session: Session, ids: Sequence[str], allowed: frozenset[MailStatus], now: datetime
) -> int:
    mails = [mail for mail in queries.mails_by_id(session, ids) if mail.status in allowed]
    for mail in mails:
        mail.status = MailStatus.DUE
        mail.next_try_at = now
        mail.tries = 0
    session.flush()
    return len(mails)
