"""Founding an instance: the first head's two halves, and what is missing before an edition opens.

Source: reliability 1.4. The first head alone invites a second Secretariat person, the first Court
reader, administrator, auditor and co-facilitators; an edition opens only with two active people of
the Secretariat, one of them head, one active Court person and a confirmed backup of the keyring.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, Role, roles_of_body
from cooperation.accounts import queries
from cooperation.accounts.joining.service.inviting import invitable_roles
from cooperation.accounts.joining.service.mails import activation_link
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import KeyringBackupRow, PersonInvitationRow
from cooperation.accounts.rules import (
    INVITATION_LIFE,
    SET_UP_STEPS,
    Founding,
    InvitationKind,
    InvitationStatus,
    SetUpStep,
)
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Conflict
from cooperation.core.ids import new_id
from cooperation.core.settings import Settings
from cooperation.core.text import _


class FoundedError(Conflict):
    """The instance has its first person already."""

    sentence = _("This instance has its first head. Further people are invited by colleagues.")


@dataclass(frozen=True)
class SetUpStepPage:
    """A step of the set-up page with what has been done of it."""

    step: SetUpStep
    is_done: bool
    is_invited: bool
    may_invite: bool


def create_first_invitation(
    session: Session, *, settings: Settings, now: datetime
) -> tuple[str, str]:
    """Return the first head's link and code, for the server's console; earlier ones are void.

    Raises `FoundedError` once somebody has an account.
    """
    if queries.people(session):
        raise FoundedError
    for earlier in queries.open_invitations(session, now=now):
        void_invitation(session, earlier, actor=None, now=now)
    row = PersonInvitationRow(
        id=new_id(),
        kind=InvitationKind.GENESIS,
        status=InvitationStatus.OPEN,
        role=Role.HEAD,
        institution=Institution.SECRETARIAT,
        made_at=now,
        ends_at=now + INVITATION_LIFE,
    )
    session.add(row)
    session.flush()
    halves = circles.invite_first_head(session, invitation_id=row.id, ends_at=row.ends_at)
    audit.record(session, actor=None, action="invitation.prepared", at=now, subject=row.id)
    return activation_link(settings, row.id, halves.token), halves.code


def founding_state(session: Session) -> Founding:
    """Return what opening an edition depends on; `missing` says it in words."""
    heads = secretariat = court = 0
    for person in queries.people(session, only_active=True):
        roles = circles.roles_of(session, person.id)
        heads += Role.HEAD in roles
        secretariat += bool(roles & roles_of_body(Institution.SECRETARIAT))
        court += Role.COURT_READER in roles
    needed, backed_up = circles.root_version(session), queries.newest_keyring_backup(session)
    return Founding(
        secretariat_members=secretariat,
        heads=heads,
        court_members=court,
        keyring_backup_confirmed=0 < needed <= backed_up,
        is_keyring_changed=0 < backed_up < needed,
    )


def is_keyring_backup_due(session: Session) -> bool:
    """Tell whether the root key was rotated after the last confirmed backup of the keyring."""
    return 0 < queries.newest_keyring_backup(session) < circles.root_version(session)


def set_up_steps(ctx: RequestContext) -> list[SetUpStepPage]:
    """Return the steps of the set-up page."""
    require(ctx.actor, Permission.READ_SETUP)
    invitable = invitable_roles(ctx)
    present = Counter(
        role
        for person in queries.people(ctx.session, only_active=True)
        for role in circles.roles_of(ctx.session, person.id)
    )
    invited = {row.role for row in queries.open_invitations(ctx.session, now=ctx.now)}
    founding = founding_state(ctx.session)
    return [
        SetUpStepPage(
            step=step,
            is_done=_is_done(step, present, founding),
            is_invited=step.role is not None and step.role in invited,
            may_invite=step.role in invitable,
        )
        for step in SET_UP_STEPS
    ]


def confirm_keyring_backup(ctx: RequestContext) -> None:
    """Record the actor's word that a backup of the keyring was made and read back.

    It holds for every version of the root key in the keyring: one that a rotation has prepared too.
    """
    require(ctx.actor, Permission.CONFIRM_KEYRING_BACKUP)
    require_step_up(ctx.actor, Permission.CONFIRM_KEYRING_BACKUP, ctx.now)
    backup = KeyringBackupRow(
        id=new_id(),
        root_version=ctx.root.newest,
        confirmed_by=ctx.actor.person_id,
        confirmed_at=ctx.now,
    )
    ctx.session.add(backup)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="keyring_backup.confirmed",
        at=ctx.now,
        version=ctx.root.newest,
        subject=backup.id,
    )
    ctx.session.flush()


def _is_done(step: SetUpStep, present: Counter[Role], founding: Founding) -> bool:
    if step.role is None:
        return founding.keyring_backup_confirmed
    if step.role is Role.OFFICER:
        return not founding.is_secretariat_alone
    return present[step.role] > 0
