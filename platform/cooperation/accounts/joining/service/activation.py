"""Activation: both halves in one request, then the authenticator, and only then an account.

Five wrong codes make an invitation void. A try is counted, committed, before the halves are looked
at (vault.md, Invitations; reliability 1.4).
"""

from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts.joining.service.enrolments import find_enrolment, keep_enrolment
from cooperation.accounts.joining.service.mails import tell_of_first_account
from cooperation.accounts.joining.service.newcomers import (
    add_person,
    newcomer_of,
    require_free_address,
)
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import EnrolmentRow, PersonInvitationRow
from cooperation.accounts.people.service.notices import tell_invitation_used
from cooperation.accounts.rules import (
    INVITATION_TRIES,
    AttemptKind,
    InvitationKind,
    InvitationStatus,
    Scope,
)
from cooperation.accounts.signin.service.attempts import begin_attempt, forget_attempt
from cooperation.accounts.signin.service.codes import (
    QrPicture,
    accepted_step,
    enrolment_address,
    qr_picture,
    seed_text,
)
from cooperation.accounts.signin.service.door import Door
from cooperation.accounts.signin.service.sign_in import CodeWrong, begin_code_attempt
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Invalid, NotFound
from cooperation.core.text import Text, _
from cooperation.register import service as register
from cooperation.vault.errors import CodeRefused
from cooperation.vault.gate import hashing_place
from cooperation.vault.invitation import Halves, derive_keys
from cooperation.vault.passwords import check_password

_WRONG_HALVES = _("Link and code do not belong together. After five wrong tries both are void.")


class InvitationClosed(NotFound):
    """The invitation was used, voided, tried too often, is not yet printed, or over."""

    sentence = _("This invitation cannot be used any more.")


@dataclass(frozen=True)
class InvitationFacts:
    """What the page of an open invitation shows before anything is proven."""

    id: str
    role_name: Text
    asks_name: bool
    state_name: str | None


@dataclass(frozen=True)
class Begun:
    """A begun activation: the cookie of its second page, and the authenticator's seed."""

    cookie: str
    totp_seed: bytes


@dataclass(frozen=True)
class Enrolment:
    """What the second page shows."""

    secret: str
    address: str
    picture: QrPicture


def find_invitation(door: Door, invitation_id: str) -> InvitationFacts:
    """Return an open invitation's facts; raises `InvitationClosed`."""
    with door.database.reading() as session:
        row = _open_row(session, invitation_id, door)
        return InvitationFacts(
            id=row.id,
            role_name=Role(row.role).label,
            asks_name=row.kind != InvitationKind.PERSON,
            state_name=register.state(session, row.state_code).name if row.state_code else None,
        )


def begin_activation(
    door: Door,
    *,
    invitation_id: str,
    halves: Halves,
    password: str,
    name: str = "",
    email: str = "",
) -> Begun:
    """Check both halves and make the newcomer's keys; nothing is active yet.

    `name` and `email` count for first persons only, who say themselves who they are. Raises
    `InvitationClosed`, `Invalid` with the field in error, `TooManyAttempts`, `Unavailable`.
    """
    _check_halves(door, invitation_id, halves)
    with door.database.reading() as session:
        row = _open_row(session, invitation_id, door)
        newcomer = newcomer_of(door, row, name=name, email=email)
        require_free_address(session, door, newcomer.email)
    with hashing_place(door.folder), door.database.reading() as session:
        check_password(password, context=(*newcomer.name.split(), *newcomer.email.split("@")))
        opened = circles.begin_enrolment(
            session,
            invitation_id=invitation_id,
            halves=halves,
            password=password,
            profile=door.profile,
            now=door.now,
        )
    cookie = keep_enrolment(door, invitation_id, halves, opened, newcomer)
    return Begun(cookie, opened.keys.totp_seed)


def enrolment(door: Door, *, cookie: str, invitation_id: str) -> Enrolment:
    """Return what the authenticator needs; raises `EnrolmentOver` after half an hour."""
    found = find_enrolment(door, cookie, invitation_id)
    seed = found.enrolled.member.totp_seed
    address = enrolment_address(seed, found.newcomer.email)
    return Enrolment(seed_text(seed), address, qr_picture(address))


def finish_activation(door: Door, *, cookie: str, invitation_id: str, code: str) -> str:
    """Check the first code and make the account; return the new person's id.

    Raises `EnrolmentOver`, `CodeWrong`, `TooManyAttempts`, `InvitationClosed`, and what circles
    raise when somebody else founded the circle first.
    """
    found = find_enrolment(door, cookie, invitation_id)
    opened = found.enrolled.member.proven()
    attempt = begin_code_attempt(door, opened.keys.person_id)
    step = accepted_step(opened.keys.totp_seed, code, door.now, last_step=0)
    if step is None:
        raise CodeWrong
    with door.database.writing() as session:
        forget_attempt(session, attempt)
        row = _open_row(session, invitation_id, door)
        require_free_address(session, door, found.newcomer.email)
        circles.complete_enrolment(
            session,
            door.root,
            invitation_id=invitation_id,
            halves=found.enrolled.halves,
            opened=opened,
            now=door.now,
        )
        add_person(session, door, row, found.newcomer, person_id=opened.keys.person_id, step=step)
        session.execute(sa.delete(EnrolmentRow).where(EnrolmentRow.id == found.row_id))
        _tell(session, door, row)
    return opened.keys.person_id


def _tell(session: Session, door: Door, row: PersonInvitationRow) -> None:
    """Tell the inviter; and State and Secretariat, where this was a State's first account."""
    if row.inviter_id is not None and row.kind != InvitationKind.STATE:
        tell_invitation_used(
            session, door.root, door.settings, person_id=row.inviter_id, now=door.now
        )
    if row.kind == InvitationKind.STATE and row.state_code:
        tell_of_first_account(
            session,
            door.root,
            door.settings,
            state_code=row.state_code,
            person_id=row.person_id or row.id,
            now=door.now,
        )


def _open_row(session: Session, invitation_id: str, door: Door) -> PersonInvitationRow:
    row = session.get(PersonInvitationRow, invitation_id, with_for_update=True)
    if row is None or row.status != InvitationStatus.OPEN or row.ends_at <= door.now:
        raise InvitationClosed
    return row


def _check_halves(door: Door, invitation_id: str, halves: Halves) -> None:
    """Count a try and check; a badly formed code proves nothing, so it costs no try."""
    try:
        derive_keys(halves, invitation_id)
    except CodeRefused as refusal:
        raise Invalid(errors=(("code", refusal.sentence),)) from refusal
    attempt = begin_attempt(
        door.database,
        door.root,
        kind=AttemptKind.ACTIVATION,
        subjects={Scope.ADDRESS: door.address},
        now=door.now,
    )
    with door.database.writing() as session:
        _open_row(session, invitation_id, door).tries += 1
    with door.database.writing() as session:
        row = _open_row(session, invitation_id, door)
        if circles.are_halves_right(session, invitation_id=invitation_id, halves=halves):
            row.tries -= 1
            forget_attempt(session, attempt)
            return
        if row.tries >= INVITATION_TRIES:
            void_invitation(session, row, actor=None, now=door.now)
    raise Invalid(errors=(("code", _WRONG_HALVES),))
