"""Inviting a colleague: the link goes by mail, the code is shown once to the inviter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, Role, circle_of_institution, seconds_of
from cooperation.accounts import queries
from cooperation.accounts.joining.service.grants import INVITING, is_founding_over
from cooperation.accounts.joining.service.leaving import let_go
from cooperation.accounts.joining.service.mails import activation_link, send_link
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import PersonInvitationRow
from cooperation.accounts.people.service.people import is_in_reach
from cooperation.accounts.people.service.wrapped import (
    INVITATIONS,
    email_lookup,
    email_lookups,
    unwrap_text,
    wrap_text,
)
from cooperation.accounts.rules import (
    FOUNDED_BY_HEAD,
    INVITATION_LIFE,
    InvitationKind,
    InvitationStatus,
    normal_email,
    roles_to_invite,
    state_of_newcomer,
)
from cooperation.circles import service as circles
from cooperation.core.errors import Invalid, NotAllowed, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.core.text import ENGLISH, Text, _
from cooperation.two_persons import service as two_persons
from cooperation.vault.root import RootKeys

_TAKEN = _("There is an account with this address. If its owner lost access, tick the box below.")
_NOT_HERE = _("An invitation cannot be sent to this address.")


@dataclass(frozen=True)
class MadeInvitation:
    """An invitation just made; `code` is shown once and stored nowhere."""

    id: str
    email: str
    code: str
    token: str
    ends_at: datetime
    is_waiting: bool = False


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that may still be used, as its inviters see it."""

    id: str
    name: str
    email: str
    role: Role
    role_name: Text
    ends_at: datetime
    is_waiting: bool


def invitable_roles(ctx: RequestContext) -> tuple[Role, ...]:
    """Return the roles for which the actor may invite now."""
    founded = frozenset(
        role
        for role in FOUNDED_BY_HEAD
        if circles.circle_exists(ctx.session, circle_of_institution(role.body, None))
    )
    return roles_to_invite(ctx.actor, founded)


def invite_person(
    ctx: RequestContext, *, name: str, email: str, role: Role, organ: str, replaces: bool
) -> MadeInvitation:
    """Invite a colleague for seven days; the mail with the link is queued.

    After the founding an invitation into Secretariat, Court or server waits for a second person,
    its mail is held and activation refuses it (reliability 1.5).

    `replaces` disables the active account with this address first. Raises `NotAllowed` for a role
    that the actor may not give, `Invalid` for an address in use.
    """
    require(ctx.actor, Permission.INVITE_PERSON)
    require_step_up(ctx.actor, Permission.INVITE_PERSON, ctx.now)
    if role not in invitable_roles(ctx):
        raise NotAllowed
    address = normal_email(email)
    _clear_address(ctx, address, replaces=replaces)
    row = _new_row(ctx, name=name.strip(), email=address, role=role, organ=organ.strip())
    _void_earlier(ctx, row, address)
    ctx.session.add(row)
    ctx.session.flush()
    reach("invitation.stored")
    circle = circle_of_institution(role.body, row.state_code)
    if seconds_of(role.body, founds=False):
        is_founding_over(ctx)
    halves = circles.make_invitation(
        ctx, invitation_id=row.id, role=role, circle=circle, ends_at=row.ends_at
    )
    reach("invitation.keys_made")
    waiting = circles.waiting_invitation(ctx.session, row.id)
    row.mail_id = send_link(
        ctx.session,
        ctx.root,
        to=address,
        language=ENGLISH,  # nobody knows hers yet
        link=activation_link(ctx.settings, row.id, halves.token),
        ends_at=row.ends_at,
        now=ctx.now,
        invitation_id=row.id,
        role=role,
        state_code=row.state_code,
        held=waiting is not None,
    )
    if waiting is not None:
        _let_wait(ctx, row, waiting.subject)
    ctx.session.flush()
    return MadeInvitation(
        row.id, address, halves.code, halves.token, row.ends_at, waiting is not None
    )


def _let_wait(ctx: RequestContext, row: PersonInvitationRow, subject_hash: bytes) -> None:
    """Hold the invitation until another person confirms exactly what was signed."""
    row.status = InvitationStatus.WAITING
    two_persons.propose(
        ctx,
        INVITING,
        institution=Institution(row.institution),
        subject=row.id,
        shown_hash=subject_hash,
        roles=(Role(row.role),),
    )


def withdraw_invitation(ctx: RequestContext, invitation_id: str) -> None:
    """Make an invitation of the actor's own institution, or made by her, worthless."""
    require(ctx.actor, Permission.INVITE_PERSON)
    row = next((row for row in _open_rows(ctx) if row.id == invitation_id), None)
    if row is None:
        raise NotFound
    void_invitation(ctx.session, row, actor=ctx.actor, now=ctx.now)
    ctx.session.flush()


def invitations_of(ctx: RequestContext) -> list[OpenInvitation]:
    """Return the open invitations of the actor's own institution, and those made by her."""
    require(ctx.actor, Permission.READ_COLLEAGUES)
    return [
        OpenInvitation(
            id=row.id,
            name=_text(ctx.root, row, row.sealed_name, "name"),
            email=_text(ctx.root, row, row.sealed_email, "email"),
            role=Role(row.role),
            role_name=Role(row.role).label,
            ends_at=row.ends_at,
            is_waiting=row.status == InvitationStatus.WAITING,
        )
        for row in _open_rows(ctx)
    ]


def _open_rows(ctx: RequestContext) -> Sequence[PersonInvitationRow]:
    own = queries.open_invitations(
        ctx.session,
        now=ctx.now,
        institution=ctx.actor.institution,
        state_code=ctx.actor.state_code,
    )
    made = queries.open_invitations(ctx.session, now=ctx.now, inviter_id=ctx.actor.person_id)
    rows = {row.id: row for row in (*own, *made) if row.kind == InvitationKind.PERSON}
    return list(rows.values())


def _text(root: RootKeys, row: PersonInvitationRow, sealed: bytes | None, kind: str) -> str:
    if sealed is None:
        return ""
    return unwrap_text(root, sealed, table=INVITATIONS, row=row.id, kind=kind)


def _clear_address(ctx: RequestContext, address: str, *, replaces: bool) -> None:
    """Let the address through, disabling its active account where that is wished and allowed."""
    existing = queries.person_by_lookup(ctx.session, email_lookups(ctx.root, address))
    if existing is None:
        return
    if existing.id == ctx.actor.person_id or not is_in_reach(ctx, existing):
        raise Invalid(errors=(("email", _NOT_HERE),))
    if not replaces:
        raise Invalid(errors=(("email", _TAKEN),))
    let_go(ctx, existing.id)


def _new_row(
    ctx: RequestContext, *, name: str, email: str, role: Role, organ: str
) -> PersonInvitationRow:
    invitation_id = new_id()
    institution = role.body
    return PersonInvitationRow(
        id=invitation_id,
        kind=InvitationKind.PERSON,
        status=InvitationStatus.OPEN,
        role=role,
        institution=institution,
        state_code=state_of_newcomer(ctx.actor, role),
        sealed_organ=wrap_text(ctx.root, organ, table=INVITATIONS, row=invitation_id, kind="organ")
        if organ and institution is Institution.COURT
        else None,
        sealed_name=wrap_text(ctx.root, name, table=INVITATIONS, row=invitation_id, kind="name"),
        sealed_email=wrap_text(ctx.root, email, table=INVITATIONS, row=invitation_id, kind="email"),
        email_lookup=email_lookup(ctx.root, email),
        inviter_id=ctx.actor.person_id,
        made_at=ctx.now,
        ends_at=ctx.now + INVITATION_LIFE,
    )


def _void_earlier(ctx: RequestContext, row: PersonInvitationRow, address: str) -> None:
    """Void what the new invitation stands in for: same address, or the same circle to found."""
    is_founding = Role(row.role).body is not ctx.actor.institution and (row.role in FOUNDED_BY_HEAD)
    same = email_lookups(ctx.root, address)
    for earlier in _open_rows(ctx):
        is_same_address = earlier.email_lookup in same
        if is_same_address or (is_founding and earlier.role == row.role):
            void_invitation(ctx.session, earlier, actor=ctx.actor, now=ctx.now)
