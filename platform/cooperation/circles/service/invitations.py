"""Invitations: keys of two halves, the signed `invite`, the package for the newcomer."""

from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.rules import Role
from cooperation.circles import queries
from cooperation.circles.models import InvitationKey
from cooperation.circles.rules import InvitationOverError
from cooperation.circles.service.circle_keys import circle_exists, held_key, public_circle
from cooperation.circles.service.members import states_of
from cooperation.circles.service.renewal import renew_circle
from cooperation.circles.service.verified import (
    LogNote,
    append_statement,
    check_anchor,
    directory_of,
    verified,
)
from cooperation.core.db import Session
from cooperation.vault.invitation import (
    Halves,
    InvitationKeys,
    Package,
    derive_keys,
    new_halves,
    seal_package,
)
from cooperation.vault.keys import key_hash
from cooperation.vault.statements import Invite, InviteAction, moment


def invite_first_head(session: Session, *, invitation_id: str, ends_at: datetime) -> Halves:
    """Return the first head's two halves, for the server's console; a second call makes new ones.

    Raises `InvitationOverError` once there is a genesis.
    """
    if directory_of(session).genesis:
        raise InvitationOverError
    halves = new_halves()
    _store(session, derive_keys(halves, invitation_id), ends_at, package=None)
    return halves


def make_invitation(
    ctx: RequestContext, *, invitation_id: str, role: Role, circle: str, ends_at: datetime
) -> Halves:
    """Invite one person into a circle, to found it where it has no version, or into none.

    Raises `StatementRefused` where the directory's rules do not allow it, `CannotOpen` when the
    inviter does not hold the key that the newcomer must have.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    _close_to_the_past(ctx, circle)
    halves = new_halves()
    keys = derive_keys(halves, invitation_id)
    public_key = keys.sealing.public_bytes()
    statement = Invite(
        invitation=invitation_id,
        action=_action(ctx.session, circle),
        circle=circle,
        role=role.value,
        sealing_hash=key_hash(public_key),
        signing_key=keys.signing.public_bytes(),
        at=moment(ctx.now),
        ends_at=moment(ends_at),
    )
    note = LogNote(
        actor=ctx.actor,
        action="person.invited",
        at=ctx.now,
        subject=invitation_id,
        states=states_of(None, circle),
    )
    append_statement(ctx.session, statement, ctx.reader.as_signer(), note)
    package = seal_package(
        _package(ctx, circle),
        public_key,
        instance=verified(ctx.session).place.instance,
        invitation=invitation_id,
    )
    _store(ctx.session, keys, ends_at, package=package)
    return halves


def void_invitation(session: Session, invitation_id: str) -> None:
    """Forget an invitation's package, so that its halves open nothing; unknown ids are let pass."""
    row = queries.invitation_key(session, invitation_id)
    if row is not None:
        session.delete(row)
        session.flush()


def are_halves_right(session: Session, *, invitation_id: str, halves: Halves) -> bool:
    """Tell whether both halves make the invitation's keys; raises `CodeRefused` for a bad form."""
    keys = derive_keys(halves, invitation_id)
    row = queries.invitation_key(session, invitation_id)
    return row is not None and row.signing_key == keys.signing.public_bytes()


def _action(session: Session, circle: str) -> str:
    if not circle:
        return InviteAction.ACCOUNT
    return InviteAction.JOIN if circle_exists(session, circle) else InviteAction.FOUND


def _close_to_the_past(ctx: RequestContext, circle: str) -> None:
    """Give the circles that a dissolved one was of a new key before it is founded again.

    Whoever held the circle's key before may have kept what it opened.
    """
    directory = directory_of(ctx.session)
    entry = directory.circles.get(circle)
    if entry is None or entry.dissolution is None:
        return
    for outer in directory.circles_with(circle):
        if outer.renewed_at < entry.dissolution.place:
            renew_circle(ctx, outer.name)


def _package(ctx: RequestContext, circle: str) -> Package:
    """Return what the newcomer must have: her circle's key, or that which the new one joins's."""
    anchor = ctx.reader.anchor
    if not circle:
        return Package(anchor, "", 0, b"")
    joins = directory_of(ctx.session).rules.of(circle).joins
    given = circle if circle_exists(ctx.session, circle) else joins
    public = public_circle(ctx.session, given)
    key = held_key(ctx.session, ctx.reader, public)
    return Package(anchor, given, public.version, key.raw)


def _store(
    session: Session, keys: InvitationKeys, ends_at: datetime, *, package: bytes | None
) -> None:
    session.add(
        InvitationKey(
            id=keys.invitation_id,
            sealing_key=keys.sealing.public_bytes(),
            signing_key=keys.signing.public_bytes(),
            sealed_package=package,
            is_genesis=package is None,
            ends_at=ends_at,
        )
    )
    session.flush()
