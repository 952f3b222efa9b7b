"""Activation: both halves in one request, then the authenticator, and only then an account.

Five wrong codes make an invitation void. A try is counted, committed, before the halves are looked
at (vault.md, Invitations; reliability 1.4).
"""

from dataclasses import dataclass

import sqlalchemy as sa

from cooperation.access.rules import INSTITUTION_OF, Institution, Role
from cooperation.accounts import queries
from cooperation.accounts.models import EnrolmentRow, PersonInvitationRow, PersonRow
from cooperation.accounts.rules import (
    ENROLMENT_LIFE,
    INVITATION_TRIES,
    ROLE_NAMES,
    AttemptKind,
    InvitationKind,
    InvitationStatus,
    PersonStatus,
    Scope,
    normal_email,
)
from cooperation.accounts.service.attempts import begin_attempt, forget_attempt
from cooperation.accounts.service.codes import (
    QrPicture,
    accepted_step,
    enrolment_address,
    qr_picture,
    seed_text,
)
from cooperation.accounts.service.door import Door, cookie_secret, cookie_text
from cooperation.accounts.service.mails import (
    activation_notice,
    address_of_record,
    send_notices,
)
from cooperation.accounts.service.sign_in import CodeWrong, begin_code_attempt
from cooperation.accounts.service.voiding import void_invitation
from cooperation.accounts.service.wrapped import (
    ENROLMENTS,
    INVITATIONS,
    PEOPLE,
    email_lookup,
    unwrap_text,
    wrap_text,
)
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotFound
from cooperation.core.text import Text, _
from cooperation.vault.errors import CannotOpen, CodeRefused
from cooperation.vault.gate import hashing_place
from cooperation.vault.invitation import Halves, derive_keys
from cooperation.vault.member import OpenedMember
from cooperation.vault.passwords import check_password, new_passphrase
from cooperation.vault.sessions import EnrolledMember, new_secret

_WRONG_HALVES = _("Link and code do not belong together. After five wrong tries both are void.")


class InvitationClosed(NotFound):
    """The invitation was used, voided, tried too often, is not yet printed, or over."""

    sentence = _("This invitation cannot be used any more.")


class EnrolmentOver(Conflict):
    """The second page of an activation came too late, or from another browser."""

    sentence = _("This took longer than half an hour. Open the link of your invitation again.")


@dataclass(frozen=True)
class InvitationFacts:
    """What the page of an open invitation shows before anything is proven."""

    id: str
    role_name: Text
    asks_name: bool
    state_code: str | None


@dataclass(frozen=True)
class Begun:
    """A begun activation: the cookie of its second page, what is shown once, and the seed."""

    cookie: str
    passphrase: str | None
    totp_seed: bytes


@dataclass(frozen=True)
class Enrolment:
    """What the second page shows."""

    secret: str
    picture: QrPicture


@dataclass(frozen=True)
class _Newcomer:
    name: str
    email: str


@dataclass(frozen=True)
class _Found:
    row_id: str
    newcomer: _Newcomer
    enrolled: EnrolledMember


def find_invitation(door: Door, invitation_id: str) -> InvitationFacts:
    """Return an open invitation's facts; raises `InvitationClosed`."""
    with door.database.reading() as session:
        row = _open_row(session, invitation_id, door)
        return InvitationFacts(
            id=row.id,
            role_name=ROLE_NAMES[Role(row.role)],
            asks_name=row.kind != InvitationKind.PERSON,
            state_code=row.state_code,
        )


def begin_activation(
    door: Door,
    *,
    invitation_id: str,
    halves: Halves,
    password: str | None,
    name: str = "",
    email: str = "",
) -> Begun:
    """Check both halves and make the newcomer's keys; nothing is active yet.

    Without a `password` the platform makes a passphrase. `name` and `email` count for first persons
    only, who say themselves who they are. Raises `InvitationClosed`, `Invalid` with the field in
    error, `TooManyAttempts`, `Unavailable`.
    """
    _check_halves(door, invitation_id, halves)
    with door.database.reading() as session:
        row = _open_row(session, invitation_id, door)
        newcomer = _newcomer(door, row, name=name, email=email)
        _require_free_address(session, door, newcomer.email)
    chosen = password if password is not None else new_passphrase()
    check_password(chosen, context=(*newcomer.name.split(), *newcomer.email.split("@")))
    with hashing_place(door.folder), door.database.reading() as session:
        opened = circles.begin_enrolment(
            session,
            invitation_id=invitation_id,
            halves=halves,
            password=chosen,
            profile=door.profile,
            now=door.now,
        )
    cookie = _keep_enrolment(door, invitation_id, halves, opened, newcomer)
    return Begun(cookie, chosen if password is None else None, opened.keys.totp_seed)


def enrolment(door: Door, *, cookie: str, invitation_id: str) -> Enrolment:
    """Return what the authenticator needs; raises `EnrolmentOver` after half an hour."""
    found = _find_enrolment(door, cookie, invitation_id)
    seed = found.enrolled.member.totp_seed
    picture = qr_picture(enrolment_address(seed, found.newcomer.email))
    return Enrolment(seed_text(seed), picture)


def finish_activation(door: Door, *, cookie: str, invitation_id: str, code: str) -> str:
    """Check the first code and make the account; return the new person's id.

    Raises `EnrolmentOver`, `CodeWrong`, `TooManyAttempts`, `InvitationClosed`, and what circles
    raise when somebody else founded the circle first.
    """
    found = _find_enrolment(door, cookie, invitation_id)
    opened = found.enrolled.member.proven()
    attempt = begin_code_attempt(door, opened.keys.person_id)
    step = accepted_step(opened.keys.totp_seed, code, door.now, last_step=0)
    if step is None:
        raise CodeWrong
    with door.database.writing() as session:
        forget_attempt(session, attempt)
        row = _open_row(session, invitation_id, door)
        _require_free_address(session, door, found.newcomer.email)
        circles.complete_enrolment(
            session,
            door.root,
            invitation_id=invitation_id,
            halves=found.enrolled.halves,
            opened=opened,
            now=door.now,
        )
        _add_person(session, door, row, found.newcomer, person_id=opened.keys.person_id, step=step)
        session.execute(sa.delete(EnrolmentRow).where(EnrolmentRow.id == found.row_id))
        _tell(session, door, row)
    return opened.keys.person_id


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


def _newcomer(door: Door, row: PersonInvitationRow, *, name: str, email: str) -> _Newcomer:
    if row.sealed_name is None or row.sealed_email is None:
        return _Newcomer(name.strip(), normal_email(email))
    return _Newcomer(
        unwrap_text(door.root, row.sealed_name, table=INVITATIONS, row=row.id, kind="name"),
        unwrap_text(door.root, row.sealed_email, table=INVITATIONS, row=row.id, kind="email"),
    )


def _require_free_address(session: Session, door: Door, email: str) -> None:
    if queries.person_by_lookup(session, email_lookup(door.root, email)) is not None:
        raise Invalid(errors=(("email", _("There is an account with this address already.")),))


def _keep_enrolment(
    door: Door, invitation_id: str, halves: Halves, opened: OpenedMember, newcomer: _Newcomer
) -> str:
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


def _find_enrolment(door: Door, cookie: str, invitation_id: str) -> _Found:
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
        newcomer = _Newcomer(
            unwrap_text(door.root, row.sealed_name, table=ENROLMENTS, row=row_id, kind="name"),
            unwrap_text(door.root, row.sealed_email, table=ENROLMENTS, row=row_id, kind="email"),
        )
    return _Found(row_id, newcomer, enrolled)


def _add_person(
    session: Session,
    door: Door,
    row: PersonInvitationRow,
    newcomer: _Newcomer,
    *,
    person_id: str,
    step: int,
) -> None:
    root = door.root
    session.add(
        PersonRow(
            id=person_id,
            status=PersonStatus.ACTIVE,
            sealed_name=wrap_text(root, newcomer.name, table=PEOPLE, row=person_id, kind="name"),
            sealed_email=wrap_text(root, newcomer.email, table=PEOPLE, row=person_id, kind="email"),
            email_lookup=email_lookup(root, newcomer.email),
            institution=INSTITUTION_OF[Role(row.role)],
            state_code=row.state_code,
            organ=row.organ,
            activated_at=door.now,
            last_code_step=step,
        )
    )
    session.flush()
    row.status = InvitationStatus.USED
    row.person_id = person_id
    session.flush()


def _tell(session: Session, door: Door, row: PersonInvitationRow) -> None:
    """Tell the State's address of record and the Secretariat of a State's first account."""
    if row.kind != InvitationKind.STATE or row.institution != Institution.STATE:
        return
    own = address_of_record(session, door.root, row.state_code)
    send_notices(
        session,
        door.root,
        to=[*([own] if own else []), door.settings.contact_email],
        body=activation_notice(door.settings),
        now=door.now,
        person_id=row.person_id or row.id,
    )
