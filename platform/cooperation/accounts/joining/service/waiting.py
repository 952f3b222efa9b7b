"""Acts of two persons: one proposes, another sees exactly that and approves or refuses it.

Source: design/reliability.md 1.5. A granted role is enforced by the directory too: without the
second's signature it does not exist there, and activation finds the invitation waiting.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, Role
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import PersonInvitationRow, PersonRow, WaitingActRow
from cooperation.accounts.people.service.notices import tell_key_act_approved, tell_role_granted
from cooperation.accounts.people.service.people import LastHeadError, has_other_head, person_name
from cooperation.accounts.people.service.wrapped import INVITATIONS, unwrap_text, wrap_text
from cooperation.accounts.rules import (
    REASON_CHARACTERS,
    WAITING_LIFE,
    ActKind,
    ActStatus,
    InvitationStatus,
    WaitingAct,
    status_at,
)
from cooperation.accounts.signin.service.sessions import delete_sessions
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound
from cooperation.core.ids import new_id
from cooperation.core.text import _
from cooperation.outbox import service as outbox

_TABLE = "waiting_acts"
_SHOWN = 30


class ActClosedError(Conflict):
    """The act was decided, withdrawn or replaced, or its time is over."""

    sentence = _("This act does not wait any more. Nothing was changed.")


class ActChangedError(Conflict):
    """What waits is not what the second person was shown."""

    sentence = _("What was proposed has changed since you read it. Nothing was approved.")


class OwnRoleError(NotAllowed):
    """Whose role it is may not be its second person."""

    sentence = _("This is about your own role: another person approves or refuses it.")


class SamePersonError(NotAllowed):
    """Who proposed may not approve or refuse."""

    sentence = _("You proposed this yourself: another person approves or refuses it.")


def end_founding(ctx: RequestContext) -> None:
    """From now on roles of Secretariat, Court and server are granted by two persons."""
    circles.end_founding(ctx)


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


def store_act(
    ctx: RequestContext,
    *,
    kind: ActKind,
    institution: Institution,
    subject_id: str | None,
    subject_hash: bytes,
    roles: Sequence[Role] = (),
    note: str = "",
) -> str:
    """Keep what the actor proposes for a week; return its id. The caller has logged it."""
    act_id = new_id()
    row = WaitingActRow(
        id=act_id,
        kind=kind,
        status=ActStatus.WAITING,
        institution=institution,
        subject_id=subject_id,
        subject_hash=subject_hash,
        roles=" ".join(sorted(roles)),
        sealed_note=wrap_text(ctx.root, note, table=_TABLE, row=act_id, kind="note"),
        proposed_by=ctx.actor.person_id,
        proposed_at=ctx.now,
        ends_at=ctx.now + WAITING_LIFE,
    )
    ctx.session.add(row)
    ctx.session.flush()
    return act_id


def waiting_acts(ctx: RequestContext) -> list[WaitingAct]:
    """Return the acts that the actor may see: those that wait first, then the newest decided."""
    require(ctx.actor, Permission.READ_WAITING)
    rows = ctx.session.scalars(
        sa.select(WaitingActRow).order_by(WaitingActRow.proposed_at.desc(), WaitingActRow.id)
    ).all()
    acts = [act for act in (as_act(ctx, row) for row in rows) if act.is_for(ctx.actor)]
    acts.sort(key=lambda act: not act.is_waiting)
    return acts[:_SHOWN]


def open_acts(ctx: RequestContext) -> list[WaitingAct]:
    """Return the acts that wait, of those that the actor may see, oldest first."""
    require(ctx.actor, Permission.READ_WAITING)
    rows = ctx.session.scalars(
        sa.select(WaitingActRow)
        .where(WaitingActRow.status == ActStatus.WAITING, WaitingActRow.ends_at > ctx.now)
        .order_by(WaitingActRow.proposed_at, WaitingActRow.id)
    ).all()
    return [act for act in (as_act(ctx, row) for row in rows) if act.is_for(ctx.actor)]


def find_act(ctx: RequestContext, act_id: str) -> WaitingAct:
    """Return an act that the actor may see; raises `NotFound` for any other."""
    require(ctx.actor, Permission.READ_WAITING)
    return as_act(ctx, _visible_row(ctx, act_id))


def approve_act(ctx: RequestContext, act_id: str, *, shown_hash: bytes) -> WaitingAct:
    """Approve exactly what the first person proposed; it takes effect at once.

    An act on keys may be carried out within a day. Raises `SamePersonError`, `ActClosedError`,
    `ActChangedError`; `LastHeadError` where the other head's role was changed meanwhile.
    """
    row = _row_to_decide(ctx, act_id)
    if shown_hash != row.subject_hash:
        raise ActChangedError
    kind = ActKind(row.kind)
    if kind.is_of_keys:
        log_act(ctx, "act.approved", row)
        tell_key_act_approved(
            ctx.session, ctx.root, ctx.settings, person_id=row.proposed_by, now=ctx.now
        )
    else:
        _confirm_grant(ctx, row)
    _decide(ctx, row, ActStatus.APPROVED)
    return as_act(ctx, row)


def refuse_act(ctx: RequestContext, act_id: str, *, reason: str) -> None:
    """Refuse an act; the first person reads the reason. Raises `Invalid` (field "reason")."""
    row = _row_to_decide(ctx, act_id)
    text = reason.strip()
    if not text or len(text) > REASON_CHARACTERS:
        raise Invalid(errors=(("reason", _("Give a reason of at most 400 characters.")),))
    row.sealed_reason = wrap_text(ctx.root, text, table=_TABLE, row=row.id, kind="reason")
    _decide(ctx, row, ActStatus.REFUSED)
    _void_subject(ctx, row)
    log_act(ctx, "act.refused", row)


def withdraw_act(ctx: RequestContext, act_id: str) -> None:
    """Take one's own proposal back; raises `ActClosedError`, `NotAllowed` for a colleague's."""
    require(ctx.actor, Permission.WITHDRAW_WAITING)
    row = _row_in_turn(ctx, act_id)
    if row.proposed_by != ctx.actor.person_id:
        raise NotAllowed(_("Only the person who proposed this can withdraw it."))
    _require_waiting(ctx, row)
    _decide(ctx, row, ActStatus.WITHDRAWN)
    _void_subject(ctx, row)
    log_act(ctx, "act.withdrawn", row)


def log_act(ctx: RequestContext, action: str, row: WaitingActRow) -> None:
    """Record what was done with an act; the commitment is the hash of what was proposed."""
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        commitment=row.subject_hash,
        subject=row.subject_id or row.id,
    )


def as_act(ctx: RequestContext, row: WaitingActRow) -> WaitingAct:
    """Return a row as people see it; roles and person as they were signed, where it waits."""
    kind = ActKind(row.kind)
    grant = None if kind.is_of_keys else circles.waiting_grant(ctx.session, row.subject_hash)
    who, email = _subject_of(ctx, row, kind)
    status = status_at(
        ActStatus(row.status),
        is_key_act=kind.is_of_keys,
        ends_at=row.ends_at,
        decided_at=row.decided_at,
        now=ctx.now,
    )
    signed = grant.roles if grant is not None else {Role(role) for role in row.roles.split()}
    return WaitingAct(
        id=row.id,
        kind=kind,
        status=status,
        institution=Institution(row.institution),
        roles=tuple(role for role in Role if role in signed),
        who=who,
        email=email,
        note=unwrap_text(ctx.root, row.sealed_note, table=_TABLE, row=row.id, kind="note"),
        subject_id=row.subject_id,
        subject_hash=row.subject_hash,
        proposed_by=row.proposed_by,
        proposer=person_name(ctx.session, ctx.root, row.proposed_by),
        proposed_at=row.proposed_at,
        ends_at=row.ends_at,
        decider=person_name(ctx.session, ctx.root, row.decided_by) if row.decided_by else None,
        decided_at=row.decided_at,
        reason=_reason_of(ctx, row),
        founds=grant is not None and grant.founds,
    )


def _visible_row(ctx: RequestContext, act_id: str) -> WaitingActRow:
    row = ctx.session.get(WaitingActRow, act_id)
    if row is None or not as_act(ctx, row).is_for(ctx.actor):
        raise NotFound
    return row


def _row_in_turn(ctx: RequestContext, act_id: str) -> WaitingActRow:
    """Return an act as it is once everybody who was deciding on it has ended."""
    circles.take_turn(ctx.session)
    ctx.session.get(WaitingActRow, act_id, populate_existing=True)
    return _visible_row(ctx, act_id)


def _row_to_decide(ctx: RequestContext, act_id: str) -> WaitingActRow:
    require(ctx.actor, Permission.DECIDE_WAITING)
    require_step_up(ctx.actor, Permission.DECIDE_WAITING, ctx.now)
    row = _row_in_turn(ctx, act_id)
    _require_waiting(ctx, row)
    if row.proposed_by == ctx.actor.person_id:
        raise SamePersonError
    if row.subject_id == ctx.actor.person_id:
        raise OwnRoleError
    if not as_act(ctx, row).may_be_decided_by(ctx.actor):
        raise NotAllowed
    return row


def _require_waiting(ctx: RequestContext, row: WaitingActRow) -> None:
    if row.status != ActStatus.WAITING or row.ends_at <= ctx.now:
        raise ActClosedError


def _decide(ctx: RequestContext, row: WaitingActRow, status: ActStatus) -> None:
    row.status = status
    row.decided_by, row.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()


def _confirm_grant(ctx: RequestContext, row: WaitingActRow) -> None:
    """Sign as the second; an invitation's mail leaves, a changed person signs in anew."""
    grant = circles.waiting_grant(ctx.session, row.subject_hash)
    if grant is None or (grant.invitation or grant.person) != row.subject_id:
        raise ActChangedError
    circles.sign_second(ctx, subject=row.subject_hash, subject_id=row.subject_id or row.id)
    if grant.person:
        if Role.HEAD not in grant.roles and not has_other_head(ctx, grant.person):
            raise LastHeadError
        delete_sessions(ctx.session, grant.person)
        ctx.session.get_one(PersonRow, grant.person).are_roles_held = False
        tell_role_granted(ctx.session, ctx.root, ctx.settings, person_id=grant.person, now=ctx.now)
        return
    invitation = _waiting_invitation(ctx.session, grant.invitation, ctx.now)
    if invitation is None:
        raise ActClosedError
    invitation.status = InvitationStatus.OPEN
    if invitation.mail_id is not None:
        outbox.release(ctx.session, [invitation.mail_id], ctx.now)


def _void_subject(ctx: RequestContext, row: WaitingActRow) -> None:
    if row.kind != ActKind.INVITATION or row.subject_id is None:
        return
    invitation = _waiting_invitation(ctx.session, row.subject_id, ctx.now)
    if invitation is not None:
        void_invitation(ctx.session, invitation, actor=ctx.actor, now=ctx.now)


def _waiting_invitation(
    session: Session, invitation_id: str, now: datetime
) -> PersonInvitationRow | None:
    row = session.get(PersonInvitationRow, invitation_id, with_for_update=True)
    if row is None or row.status != InvitationStatus.WAITING or row.ends_at <= now:
        return None
    return row


def _subject_of(ctx: RequestContext, row: WaitingActRow, kind: ActKind) -> tuple[str, str]:
    """Return the name and e-mail address of the person whom it is about."""
    if row.subject_id is None:
        return "", ""
    if kind is ActKind.ROLE:
        return person_name(ctx.session, ctx.root, row.subject_id), ""
    invitation = ctx.session.get(PersonInvitationRow, row.subject_id)
    if invitation is None or invitation.sealed_name is None or invitation.sealed_email is None:
        return "", ""
    name, email = (
        unwrap_text(ctx.root, sealed, table=INVITATIONS, row=invitation.id, kind=kind_)
        for sealed, kind_ in (
            (invitation.sealed_name, "name"),
            (invitation.sealed_email, "email"),
        )
    )
    return name, email


def _reason_of(ctx: RequestContext, row: WaitingActRow) -> str:
    if row.sealed_reason is None:
        return ""
    return unwrap_text(ctx.root, row.sealed_reason, table=_TABLE, row=row.id, kind="reason")
