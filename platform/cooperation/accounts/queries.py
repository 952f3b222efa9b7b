"""Named reads of accounts."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.rules import Institution
from cooperation.accounts.models import (
    KeyringBackupRow,
    PasskeyRow,
    PersonInvitationRow,
    PersonRow,
    RecoveryCodeRow,
    SessionRow,
)
from cooperation.accounts.rules import InvitationKind, InvitationStatus, PersonStatus
from cooperation.core.db import Session

_UNUSED = (InvitationStatus.HELD, InvitationStatus.WAITING, InvitationStatus.OPEN)
_SESSION = (
    sa.select(SessionRow, PersonRow)
    .join(PersonRow, PersonRow.id == SessionRow.person_id)
    .where(SessionRow.id == sa.bindparam("id"))
)


def person_by_lookup(session: Session, lookups: Sequence[bytes]) -> PersonRow | None:
    """Return the active person whose e-mail address has one of these look-up values."""
    return session.scalar(
        sa.select(PersonRow).where(
            PersonRow.email_lookup.in_(lookups), PersonRow.status == PersonStatus.ACTIVE
        )
    )


def session_with_person(session: Session, lookup_id: str) -> tuple[SessionRow, PersonRow] | None:
    """Return a session's row and whose it is; every request of a signed-in person begins so."""
    found = session.execute(_SESSION, {"id": lookup_id}).one_or_none()
    return None if found is None else (found[0], found[1])


def people(
    session: Session,
    *,
    institution: Institution | None = None,
    state_code: str | None = None,
    only_active: bool = False,
) -> Sequence[PersonRow]:
    """Return people, of one institution or of all, oldest account first."""
    wanted = sa.select(PersonRow).order_by(PersonRow.activated_at, PersonRow.id)
    if institution is not None:
        wanted = wanted.where(PersonRow.institution == institution)
    if state_code is not None:
        wanted = wanted.where(PersonRow.state_code == state_code)
    if only_active:
        wanted = wanted.where(PersonRow.status == PersonStatus.ACTIVE)
    return session.scalars(wanted).all()


def open_invitations(
    session: Session,
    *,
    now: datetime,
    institution: Institution | None = None,
    state_code: str | None = None,
    inviter_id: str | None = None,
) -> Sequence[PersonInvitationRow]:
    """Return invitations that may still be used, oldest first."""
    wanted = (
        sa.select(PersonInvitationRow)
        .where(PersonInvitationRow.status.in_(_UNUSED), PersonInvitationRow.ends_at > now)
        .order_by(PersonInvitationRow.made_at, PersonInvitationRow.id)
    )
    if institution is not None:
        wanted = wanted.where(PersonInvitationRow.institution == institution)
    if state_code is not None:
        wanted = wanted.where(PersonInvitationRow.state_code == state_code)
    if inviter_id is not None:
        wanted = wanted.where(PersonInvitationRow.inviter_id == inviter_id)
    return session.scalars(wanted).all()


def unused_state_invitations(
    session: Session, state_codes: Sequence[str]
) -> Sequence[PersonInvitationRow]:
    """Return the first invitations of these States that were neither used nor voided."""
    return session.scalars(
        sa.select(PersonInvitationRow).where(
            PersonInvitationRow.kind == InvitationKind.STATE,
            PersonInvitationRow.status.in_(_UNUSED),
            PersonInvitationRow.state_code.in_(state_codes),
        )
    ).all()


def ended_invitations(session: Session, now: datetime) -> Sequence[PersonInvitationRow]:
    """Return the unused invitations whose time is over."""
    return session.scalars(
        sa.select(PersonInvitationRow).where(
            PersonInvitationRow.status.in_(_UNUSED), PersonInvitationRow.ends_at <= now
        )
    ).all()


def sessions_of(session: Session, person_id: str, now: datetime) -> Sequence[SessionRow]:
    """Return the person's sessions that have not ended, newest first."""
    return session.scalars(
        sa.select(SessionRow)
        .where(SessionRow.person_id == person_id, SessionRow.ends_at > now)
        .order_by(SessionRow.started_at.desc(), SessionRow.id)
    ).all()


def invitations_by_id(
    session: Session, invitation_ids: Sequence[str]
) -> Sequence[PersonInvitationRow]:
    """Return these invitations, oldest first; unknown ids are left out."""
    return session.scalars(
        sa.select(PersonInvitationRow)
        .where(PersonInvitationRow.id.in_(invitation_ids))
        .order_by(PersonInvitationRow.made_at, PersonInvitationRow.id)
    ).all()


def newest_keyring_backup(session: Session) -> int:
    """Return the newest version of the root key whose backup somebody has confirmed; 0 for none."""
    return session.scalar(sa.select(sa.func.max(KeyringBackupRow.root_version))) or 0


def passkeys_of(session: Session, person_id: str) -> Sequence[PasskeyRow]:
    """Return all rows of passkeys that name this person, oldest first."""
    return session.scalars(
        sa.select(PasskeyRow)
        .where(PasskeyRow.person_id == person_id)
        .order_by(PasskeyRow.added_at, PasskeyRow.id)
    ).all()


def recovery_codes_of(session: Session, person_id: str) -> Sequence[RecoveryCodeRow]:
    """Return the person's recovery codes that were not used yet."""
    return session.scalars(
        sa.select(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id)
    ).all()


def person(session: Session, person_id: str) -> PersonRow:
    """Return the row of a person who is known to exist."""
    return session.get_one(PersonRow, person_id)


def is_passkey_known(session: Session, credential_id: bytes) -> bool:
    """Tell whether a passkey with this id is registered for anybody."""
    wanted = sa.exists().where(PasskeyRow.credential_id == credential_id)
    return session.scalar(sa.select(wanted)) or False
