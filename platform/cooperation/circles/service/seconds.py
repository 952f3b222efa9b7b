"""The second person's signature: the end of the founding, consent to a waiting grant."""

from cooperation.access.context import RequestContext
from cooperation.circles.service.verified import (
    LogNote,
    append_statement,
    check_anchor,
    directory_of,
)
from cooperation.core.db import Session
from cooperation.vault.statements import Founded, Second, moment


def is_founded(session: Session) -> bool:
    """Tell whether the founding has ended: roles are granted by two persons."""
    return directory_of(session).is_founded


def needs_second(session: Session, circle: str) -> bool:
    """Tell whether a role of this circle's people (empty: of nobody's) waits for a second."""
    return directory_of(session).needs_second(circle)


def end_founding(ctx: RequestContext) -> None:
    """Sign that the founding has ended; nothing happens where it has."""
    if is_founded(ctx.session):
        return
    check_anchor(ctx.session, ctx.reader.anchor)
    note = LogNote(actor=ctx.actor, action="founding.ended", at=ctx.now)
    append_statement(ctx.session, Founded(moment(ctx.now)), ctx.reader.as_signer(), note)


def waiting_invitation(session: Session, invitation_id: str) -> bytes | None:
    """Return the hash of an `invite` that waits for its second; nothing for any other."""
    for statement_hash, waiting in directory_of(session).waiting.items():
        if waiting.invitation == invitation_id:
            return statement_hash
    return None


def sign_second(ctx: RequestContext, *, subject: bytes, subject_id: str) -> None:
    """Consent to exactly the statement with this hash, so that it takes effect.

    Raises `StatementRefused` where the directory's rules do not allow it: the same person, another
    circle's, a hash that nothing waits under.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    note = LogNote(actor=ctx.actor, action="grant.confirmed", at=ctx.now, subject=subject_id)
    statement = Second(subject, moment(ctx.now))
    append_statement(ctx.session, statement, ctx.reader.as_signer(), note)
