"""Roles granted by two persons: an invitation, or a change of role (design: reliability 1.5).

A granted role is enforced by the directory too: without the second's signature it does not exist
there, and activation finds the invitation waiting.
"""

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.access.rules import Role, seconds_of
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import PersonInvitationRow, PersonRow
from cooperation.accounts.people.service.notices import tell_role_granted
from cooperation.accounts.people.service.people import LastHeadError, has_other_head, person_name
from cooperation.accounts.people.service.wrapped import INVITATIONS, unwrap_text
from cooperation.accounts.rules import InvitationStatus, what_opens
from cooperation.accounts.signin.service.sessions import delete_sessions
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.text import Text, _
from cooperation.outbox import service as outbox
from cooperation.two_persons.rules import Act, ActClosedError
from cooperation.two_persons.service import ActPage, Scope, TwoPersonAct


def is_founding_over(ctx: RequestContext) -> bool:
    """Tell whether an edition was ever opened; signs so where an older release has not.

    The actor is of the Secretariat or the Court.
    """
    if circles.is_founded(ctx.session):
        return True
    if not audit.entries_for(ctx.session, action="edition.opened"):
        return False
    circles.end_founding(ctx)
    return True


def _seconds(ctx: RequestContext, act: Act) -> frozenset[Role]:
    """Return who may be the second: nobody of its own where a role founds its circle anew."""
    grant = circles.waiting_grant(ctx.session, act.shown_hash)
    return seconds_of(act.institution, founds=grant is not None and grant.founds)


def _hash_now(ctx: RequestContext, act: Act) -> bytes:
    """Return the hash of what the directory holds, where it is about the same person."""
    grant = circles.waiting_grant(ctx.session, act.shown_hash)
    is_same = grant is not None and (grant.invitation or grant.person) == act.subject
    return act.shown_hash if is_same else b""


def _invitation(ctx: RequestContext, act: Act) -> PersonInvitationRow | None:
    """Return the invitation, if it waits."""
    row = ctx.session.get(PersonInvitationRow, act.subject, with_for_update=True)
    if row is None or row.status != InvitationStatus.WAITING or row.ends_at <= ctx.now:
        return None
    return row


def _send_link(ctx: RequestContext, act: Act) -> None:
    """Sign as the second; the mail with the link leaves. Raises `ActClosedError`."""
    circles.sign_second(ctx, subject=act.shown_hash, subject_id=act.subject)
    invitation = _invitation(ctx, act)
    if invitation is None:
        raise ActClosedError
    invitation.status = InvitationStatus.OPEN
    if invitation.mail_id is not None:
        outbox.release(ctx.session, [invitation.mail_id], ctx.now)


def _void(ctx: RequestContext, act: Act) -> None:
    invitation = _invitation(ctx, act)
    if invitation is not None:
        void_invitation(ctx.session, invitation, actor=ctx.actor, now=ctx.now)


def _change_role(ctx: RequestContext, act: Act) -> None:
    """Sign as the second; the person signs in anew. Raises `LastHeadError`."""
    roles = _roles(ctx, act)
    circles.sign_second(ctx, subject=act.shown_hash, subject_id=act.subject)
    if Role.HEAD not in roles and not has_other_head(ctx, act.subject):
        raise LastHeadError
    delete_sessions(ctx.session, act.subject)
    ctx.session.get_one(PersonRow, act.subject).are_roles_held = False
    tell_role_granted(ctx.session, ctx.root, ctx.settings, person_id=act.subject, now=ctx.now)


def _who(ctx: RequestContext, act: Act) -> tuple[str, str]:
    """Return the name and e-mail address of the person whom it is about."""
    if act.kind == CHANGING_ROLE.kind:
        return person_name(ctx.session, ctx.root, act.subject), ""
    invitation = ctx.session.get(PersonInvitationRow, act.subject)
    if invitation is None or invitation.sealed_name is None or invitation.sealed_email is None:
        return "", ""
    sealed = ((invitation.sealed_name, "name"), (invitation.sealed_email, "email"))
    name, email = (
        unwrap_text(ctx.root, each, table=INVITATIONS, row=invitation.id, kind=kind)
        for each, kind in sealed
    )
    return name, email


def _roles(ctx: RequestContext, act: Act) -> tuple[Role, ...]:
    """Return the roles as they were signed, where they wait."""
    grant = circles.waiting_grant(ctx.session, act.shown_hash)
    return act.roles if grant is None else tuple(each for each in Role if each in grant.roles)


def _line(ctx: RequestContext, act: Act) -> Text:
    label = INVITING.label if act.kind == INVITING.kind else CHANGING_ROLE.label
    name, _email = _who(ctx, act)
    if not name:
        return label
    roles = ", ".join(str(role.label) for role in _roles(ctx, act))
    return _("%(act)s: %(name)s, %(roles)s", act=str(label), name=name, roles=roles)


def _page(ctx: RequestContext, act: Act) -> ActPage:
    name, email = _who(ctx, act)
    roles = _roles(ctx, act)
    words = ", ".join(str(role.label) for role in roles)
    facts = ((_("Person"), name), (_("E-mail"), email), (_("Role"), words))
    if act.kind == CHANGING_ROLE.kind:
        title = CHANGING_ROLE.label
        effects: tuple[Text, ...] = (
            _("From now on the person has the new role, and no longer the old one."),
            _("All sessions of the person end; the next sign-in is in the new role."),
        )
    else:
        title = INVITING.label
        sent = _("The link of the invitation is sent. With the code the person makes an account.")
        effects = (sent, *what_opens(roles))
    return ActPage(title, tuple(fact for fact in facts if fact[1]), effects)


def _scopes(ctx: RequestContext, act: Act) -> tuple[Scope]:
    del ctx
    return (Scope(subject=act.subject),)


INVITING = TwoPersonAct(
    kind="grant.invitation",
    label=_("Give a new person a role"),
    decides=Permission.DECIDE_WAITING,
    seconds=_seconds,
    proposed=None,
    ended=("act.refused", "act.withdrawn"),
    done=_("Confirmed. The link is on its way; the inviter hands over the code."),
    page=_page,
    hash_now=_hash_now,
    do=_send_link,
    undo=_void,
    line=_line,
    scopes=_scopes,
)
CHANGING_ROLE = TwoPersonAct(
    kind="grant.role",
    label=_("Change a person's role"),
    decides=Permission.DECIDE_WAITING,
    seconds=_seconds,
    proposed=None,
    ended=("act.refused", "act.withdrawn"),
    done=_("Confirmed. The role is changed; the person signs in again."),
    page=_page,
    hash_now=_hash_now,
    do=_change_role,
    line=_line,
    scopes=_scopes,
)
