"""What happened to accounts after a backup is done again in the restored instance.

No key is needed, and every one of these only takes away. Each tells whether it found something.
"""

from datetime import datetime

import sqlalchemy as sa

from cooperation.access.rules import Institution, Role
from cooperation.accounts import queries
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import (
    EnrolmentRow,
    OutcomeRow,
    PasskeyChallengeRow,
    PasskeyRow,
    PendingSignInRow,
    PersonInvitationRow,
    PersonRow,
    RecoveryCodeRow,
    SessionRow,
)
from cooperation.accounts.rules import InvitationStatus, PersonStatus
from cooperation.accounts.signin.service.codes import step_at
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import Session

_UNDER_WAY = (EnrolmentRow, PasskeyChallengeRow, PendingSignInRow, SessionRow, OutcomeRow)


def forget_sign_ins(session: Session, *, now: datetime) -> None:
    """Sign everybody out, and take no code of an authenticator that may have been used already."""
    for model in _UNDER_WAY:
        session.execute(sa.delete(model))
    last = step_at(now)
    session.execute(
        sa.update(PersonRow).where(PersonRow.last_code_step < last).values(last_code_step=last)
    )


def disable_again(session: Session, person_id: str, *, at: datetime, now: datetime) -> bool:
    """Disable an account that was disabled after the backup; new keys are due to its circle."""
    row = session.get(PersonRow, person_id)
    if row is None or row.status != PersonStatus.ACTIVE:
        return False
    row.status, row.disabled_at, row.email_lookup = PersonStatus.DISABLED, at, None
    row.are_new_keys_due = row.institution != Institution.NONE
    for invitation in queries.open_invitations(session, now=now, inviter_id=row.id):
        void_invitation(session, invitation, actor=None, now=now)
    circles.disable_member(session, row.id, now=at)
    audit.record(
        session,
        actor=None,
        action="person.disabled",
        at=now,
        subject=row.id,
        states=(row.state_code,) if row.state_code else (),
    )
    session.flush()
    return True


def hold_roles(session: Session, person_id: str) -> bool:
    """Hold back the role of a person whose role was changed after the backup.

    The change was signed, and the statement is lost: a head gives her a role anew.
    """
    row = session.get(PersonRow, person_id)
    own = {Institution.SECRETARIAT, Institution.NONE}
    if row is None or row.institution not in own or row.are_roles_held:
        return False
    row.are_roles_held = True
    session.flush()
    return True


def release_last_heads(session: Session) -> tuple[int, list[str]]:
    """Give the held heads their role back where no other head is left; return how many, and whom.

    Else nobody could confirm the restore or give a role anew, for ever. How many heads there are is
    told by the signed directory, as everywhere.
    """
    active = queries.people(session, institution=Institution.SECRETARIAT, only_active=True)
    heads = [row for row in active if Role.HEAD in circles.roles_of(session, row.id)]
    free = [row for row in heads if not row.are_roles_held]
    if free:
        return len(free), []
    for row in heads:
        row.are_roles_held = False
    session.flush()
    return len(heads), sorted(row.id for row in heads)


def people_with_held_roles(session: Session) -> list[str]:
    """Return the ids of the active people whose roles are held back."""
    wanted = sa.select(PersonRow.id).where(
        PersonRow.are_roles_held, PersonRow.status == PersonStatus.ACTIVE
    )
    return list(session.scalars(wanted.order_by(PersonRow.id)))


def void_again(session: Session, invitation_id: str, *, now: datetime) -> bool:
    """Void an invitation that was voided after the backup."""
    row = session.get(PersonInvitationRow, invitation_id)
    if row is None or row.status in {InvitationStatus.VOID, InvitationStatus.USED}:
        return False
    void_invitation(session, row, actor=None, now=now)
    return True


def spend_recovery_codes(session: Session, person_id: str) -> bool:
    """Delete all recovery codes of a person who used one: which one it was, the log never said."""
    codes = session.scalars(
        sa.select(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id)
    ).all()
    for code in codes:
        session.delete(code)
    session.flush()
    return bool(codes)


def forget_passkey(session: Session, passkey_id: str) -> bool:
    """Delete a passkey that was removed after the backup."""
    row = session.get(PasskeyRow, passkey_id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True
