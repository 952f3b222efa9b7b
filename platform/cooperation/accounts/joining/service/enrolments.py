"""Enrolments: an activation between its two pages, sealed under the newcomer's cookie."""

from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.accounts.joining.service.newcomers import Newcomer
from cooperation.accounts.models import EnrolmentRow
from cooperation.accounts.people.service.wrapped import ENROLMENTS, unwrap_text, wrap_text
from cooperation.accounts.rules import ENROLMENT_LIFE
from cooperation.accounts.signin.service.door import Door, cookie_secret, cookie_text
from cooperation.core.errors import Conflict
from cooperation.core.text import _
from cooperation.vault.errors import CannotOpen
from cooperation.vault.invitation import Halves
from cooperation.vault.member import OpenedMember
from cooperation.vault.sessions import EnrolledMember, new_secret


class EnrolmentOver(Conflict):
    """The second page of an activation came too late, or from another browser."""

    sentence = _("This took longer than half an hour. Open the link of your invitation again.")


@dataclass(frozen=True)
class FoundEnrolment:
    """An enrolment, opened."""

    row_id: str
    newcomer: Newcomer
    enrolled: EnrolledMember


def keep_enrolment(
    door: Door, invitation_id: str, halves: Halves, opened: OpenedMember, newcomer: Newcomer
) -> str:
    """Store what the second page needs; return the value of its cookie."""
    secret = new_secret()
    row_id = door.session_keys.lookup_id(secret)
    with door.database.writing() as session:
        session.execute(sa.delete(EnrolmentRow).where(EnrolmentRow.invitation_id == invitation_id))
        session.add(
            EnrolmentRow(
                id=row_id,
                invitation_id=invitation_id,
                person_id=opened.keys.person_id,
                sealed_name=wrap_text(
                    door.root, newcomer.name, table=ENROLMENTS, row=row_id, kind="name"
                ),
                sealed_email=wrap_text(
                    door.root, newcomer.email, table=ENROLMENTS, row=row_id, kind="email"
                ),
                sealed=door.session_keys.seal_enrolment(secret, opened, halves),
                ends_at=door.now + ENROLMENT_LIFE,
            )
        )
    return cookie_text(secret)


def find_enrolment(door: Door, cookie: str, invitation_id: str) -> FoundEnrolment:
    """Return what was stored for this cookie and invitation; raises `EnrolmentOver`."""
    secret = cookie_secret(cookie)
    if secret is None:
        raise EnrolmentOver
    row_id = door.session_keys.lookup_id(secret)
    with door.database.reading() as session:
        row = session.get(EnrolmentRow, row_id)
        if row is None or row.ends_at <= door.now or row.invitation_id != invitation_id:
            raise EnrolmentOver
        try:
            enrolled = door.session_keys.open_enrolment(row.sealed, secret, row.person_id)
        except CannotOpen as failure:
            raise EnrolmentOver from failure
        newcomer = Newcomer(
            unwrap_text(door.root, row.sealed_name, table=ENROLMENTS, row=row_id, kind="name"),
            unwrap_text(door.root, row.sealed_email, table=ENROLMENTS, row=row_id, kind="email"),
        )
    return FoundEnrolment(row_id, newcomer, enrolled)
