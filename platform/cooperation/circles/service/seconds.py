"""The second person's signature: the end of the founding, consent to a waiting grant."""

from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.access.rules import Role
from cooperation.circles.service.verified import (
    LogNote,
    append_statement,
    check_anchor,
    directory_of,
)
from cooperation.core.db import Session
from cooperation.vault.statements import Founded, Second, moment


@dataclass(frozen=True)
class WaitingGrant:
    """What the directory holds until a second person signs: an invitation's role, or a change.

    `person` is empty for an invitation, `invitation` for a change of role.
    """

    subject: bytes
    circle: str
    first: str
    roles: frozenset[Role]
    invitation: str
    person: str
    founds: bool


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


def waiting_grant(session: Session, subject: bytes) -> WaitingGrant | None:
    """Return the grant that waits under this hash, as its first person signed it."""
    directory = directory_of(session)
    waiting = directory.waiting.get(subject)
    if waiting is None:
        return None
    roles: tuple[str, ...]
    if waiting.role is None:
        roles, person = (directory.invitations[waiting.invitation].invite.role,), ""
    else:
        roles, person = waiting.role.roles, waiting.role.person
    return WaitingGrant(
        subject=subject,
        circle=waiting.circle,
        first=waiting.first,
        roles=frozenset(Role(role) for role in roles),
        invitation=waiting.invitation,
        person=person,
        founds=waiting.founds,
    )


def waiting_invitation(session: Session, invitation_id: str) -> WaitingGrant | None:
    """Return the grant of an invitation that waits; nothing for any other."""
    for subject, waiting in directory_of(session).waiting.items():
        if waiting.invitation == invitation_id:
            return waiting_grant(session, subject)
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
