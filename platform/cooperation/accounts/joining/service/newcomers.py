"""Newcomers: who they are, and their row."""

from dataclasses import dataclass

from cooperation.access.rules import Role
from cooperation.accounts import queries
from cooperation.accounts.models import PersonInvitationRow, PersonRow
from cooperation.accounts.people.service.wrapped import (
    INVITATIONS,
    PEOPLE,
    email_lookup,
    email_lookups,
    unwrap_organ,
    unwrap_text,
    wrap_text,
)
from cooperation.accounts.rules import (
    InvitationStatus,
    PersonStatus,
    normal_email,
)
from cooperation.accounts.signin.service.door import Door
from cooperation.core.db import Session
from cooperation.core.errors import Invalid
from cooperation.core.text import _, reader_language


@dataclass(frozen=True)
class Newcomer:
    """Name and e-mail address of a person to be."""

    name: str
    email: str


def newcomer_of(door: Door, row: PersonInvitationRow, *, name: str, email: str) -> Newcomer:
    """Return who is invited; a first person says it herself."""
    if row.sealed_name is None or row.sealed_email is None:
        return Newcomer(name.strip(), normal_email(email))
    return Newcomer(
        unwrap_text(door.root, row.sealed_name, table=INVITATIONS, row=row.id, kind="name"),
        unwrap_text(door.root, row.sealed_email, table=INVITATIONS, row=row.id, kind="email"),
    )


def require_free_address(session: Session, door: Door, email: str) -> None:
    """Raise `Invalid` where an active account has this address."""
    if queries.person_by_lookup(session, email_lookups(door.root, email)) is not None:
        raise Invalid(errors=(("email", _("There is an account with this address already.")),))


def add_person(
    session: Session,
    door: Door,
    row: PersonInvitationRow,
    newcomer: Newcomer,
    *,
    person_id: str,
    step: int,
) -> None:
    """Write the account and mark the invitation as used."""
    root = door.root
    organ = unwrap_organ(root, row.sealed_organ, table=INVITATIONS, row=row.id)
    session.add(
        PersonRow(
            id=person_id,
            status=PersonStatus.ACTIVE,
            sealed_name=wrap_text(root, newcomer.name, table=PEOPLE, row=person_id, kind="name"),
            sealed_email=wrap_text(root, newcomer.email, table=PEOPLE, row=person_id, kind="email"),
            email_lookup=email_lookup(root, newcomer.email),
            institution=Role(row.role).body,
            state_code=row.state_code,
            sealed_organ=wrap_text(root, organ, table=PEOPLE, row=person_id, kind="organ")
            if organ
            else None,
            activated_at=door.now,
            language=reader_language(),
            last_code_step=step,
        )
    )
    session.flush()
    row.status = InvitationStatus.USED
    row.person_id = person_id
    session.flush()
