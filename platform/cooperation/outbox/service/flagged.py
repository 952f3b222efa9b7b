"""Mails that failed or are uncertain: a person looks, sends again, or settles them otherwise.

Nobody sees what a mail says. The Secretariat sees to whom it goes, an administrator the mail
server's name alone, so that she can mend the way there.
"""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.audit import service as audit
from cooperation.core.errors import NotFound
from cooperation.core.text import Text
from cooperation.outbox import queries
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Mail, MailStatus, purpose_label, reason_label
from cooperation.outbox.service.queue import retry, settle
from cooperation.vault.errors import CannotOpen


@dataclass(frozen=True)
class FlaggedMail:
    """A mail as its page shows it; `to` is empty where its payload does not open."""

    id: str
    purpose: Text
    to: str
    status: MailStatus
    reason: Text
    tries: int
    queued_at: datetime


def flagged_mails(ctx: RequestContext) -> list[FlaggedMail]:
    """Return the mails that failed or are uncertain, newest first."""
    require(ctx.actor, Permission.READ_MAILS)
    return [
        FlaggedMail(
            id=row.id,
            purpose=purpose_label(row.purpose),
            to=_recipient(ctx, row),
            status=MailStatus(row.status),
            reason=reason_label(row.reason),
            tries=row.tries,
            queued_at=row.queued_at,
        )
        for row in queries.flagged(ctx.session)
    ]


def send_again(ctx: RequestContext, mail_id: str) -> None:
    """Let a flagged mail go out once more; raises `NotFound` for any other."""
    require(ctx.actor, Permission.SETTLE_MAIL)
    if not retry(ctx.session, [mail_id], ctx.now):
        raise NotFound
    audit.record(ctx.session, actor=ctx.actor, action="mail.resent", at=ctx.now, subject=mail_id)


def settle_mail(ctx: RequestContext, mail_id: str) -> None:
    """Note that a flagged mail was taken care of; it is erased. Raises `NotFound`."""
    require(ctx.actor, Permission.SETTLE_MAIL)
    if not settle(ctx.session, [mail_id]):
        raise NotFound
    audit.record(ctx.session, actor=ctx.actor, action="mail.settled", at=ctx.now, subject=mail_id)


def _recipient(ctx: RequestContext, row: MailRow) -> str:
    """Open the address alone; for an administrator only what follows the @."""
    if row.sealed_payload is None:
        return ""
    try:
        payload = ctx.root.unwrap(row.sealed_payload, table="mails", row=row.id, kind="payload")
    except CannotOpen:
        return ""
    to = Mail.from_bytes(payload).to
    if ctx.actor.institution is Institution.SECRETARIAT:
        return to
    return f"…@{to.rpartition('@')[2]}"
