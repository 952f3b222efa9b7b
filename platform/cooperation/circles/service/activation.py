"""Activation: a newcomer's keys enter the directory, signed by her invitation.

The invitation's key signs `person`, and the `circle` or `admit` statements that the `invite`
authorises; there is no waiting and no key to swap. The first head's keys are the genesis
(vault.md, Invitations).
"""

from datetime import datetime

from cooperation.access.rules import Actor, Role
from cooperation.circles import queries
from cooperation.circles.models import InvitationKey, Member
from cooperation.circles.rules import (
    ASSEMBLY,
    SECRETARIAT,
    Activated,
    AlreadyFoundedError,
    InvitationOverError,
    state_of_circle,
)
from cooperation.circles.service.circle_keys import (
    PublicCircle,
    Recipient,
    circle_exists,
    public_circle,
)
from cooperation.circles.service.scribe import Scribe
from cooperation.circles.service.verified import (
    anchor_now,
    check_anchor,
    directory_of,
    take_turn,
)
from cooperation.core.db import Session
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.vault.errors import CannotOpen
from cooperation.vault.invitation import (
    Halves,
    InvitationKeys,
    Package,
    derive_keys,
    open_package,
)
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.member import (
    Anchor,
    OpenedMember,
    create_keys,
    make_blob_key,
    seal_member,
)
from cooperation.vault.merkle import EMPTY_ROOT
from cooperation.vault.passwords import Profile
from cooperation.vault.root import RootKeys
from cooperation.vault.statements import (
    Genesis,
    Invite,
    InviteAction,
    Person,
    Signer,
    moment,
)

_MEMBER_KEY_VERSION = 1


def begin_enrolment(
    session: Session,
    *,
    invitation_id: str,
    halves: Halves,
    password: str,
    profile: Profile,
    now: datetime,
) -> OpenedMember:
    """Check both halves and make a newcomer's keys; writes nothing.

    Raises `CodeRefused` (form), `CannotOpen` (wrong halves), `InvitationOverError`,
    `DirectoryChanged` (the log is not the one that the inviter saw).
    """
    row, keys = _usable(session, invitation_id, halves, now)
    anchor = Anchor(b"", 0, EMPTY_ROOT)
    if not row.is_genesis:
        anchor = _opened_package(session, row, keys).anchor
    return OpenedMember(create_keys(new_id(), anchor), make_blob_key(password, profile))


def complete_enrolment(
    session: Session,
    root: RootKeys,
    *,
    invitation_id: str,
    halves: Halves,
    opened: OpenedMember,
    now: datetime,
) -> Activated:
    """Make the newcomer a member: keys, statements, memberships, log; the invitation is used up.

    Raises as `begin_enrolment`, and `AlreadyFoundedError` when a colleague founded the circle
    first.
    """
    take_turn(session)
    row, keys = _usable(session, invitation_id, halves, now)
    if row.is_genesis:
        activated = _found_instance(session, opened, now)
    else:
        package = _opened_package(session, row, keys)
        invite = directory_of(session).invitations[invitation_id].invite
        actor = _actor(opened.keys.person_id, invite)
        scribe = Scribe(session, keys.as_signer(), actor, now)
        activated = _enter(scribe, invite, package, opened)
    session.delete(row)
    _store_member(session, root, opened, now)
    return activated


def _usable(
    session: Session, invitation_id: str, halves: Halves, now: datetime
) -> tuple[InvitationKey, InvitationKeys]:
    row = queries.invitation_key(session, invitation_id)
    if row is None or now >= row.ends_at:
        raise InvitationOverError
    if row.is_genesis and directory_of(session).genesis:
        raise InvitationOverError
    keys = derive_keys(halves, invitation_id)
    if keys.signing.public_bytes() != row.signing_key:
        raise CannotOpen
    return row, keys


def _opened_package(session: Session, row: InvitationKey, keys: InvitationKeys) -> Package:
    """Open the inviter's package, and check her log and her signed invitation against ours."""
    directory = directory_of(session)
    entry = directory.invitations.get(keys.invitation_id)
    if entry is None or entry.person or row.sealed_package is None:
        raise InvitationOverError
    if not directory.is_member(entry.inviter):
        raise InvitationOverError
    if entry.invite.signing_key != keys.signing.public_bytes():
        raise CannotOpen
    package = open_package(row.sealed_package, keys, instance=directory.instance)
    check_anchor(session, package.anchor)
    return package


def _found_instance(session: Session, opened: OpenedMember, now: datetime) -> Activated:
    """Sign genesis, and found `secretariat` and `assembly`."""
    keys = opened.keys
    head = Actor(keys.person_id, frozenset({Role.HEAD}), Role.HEAD.body)
    scribe = Scribe(session, Signer(keys.person_id, keys.signing), head, now)
    genesis = Genesis(
        person=keys.person_id,
        sealing_hash=key_hash(keys.sealing.public_bytes()),
        signing_key=keys.signing.public_bytes(),
        at=moment(now),
    )
    scribe.write(genesis, "genesis.signed", keys.person_id)
    secretariat = scribe.found(SECRETARIAT, _recipient(opened))
    assembly_key = PrivateKey.generate()
    assembly = scribe.found_with(ASSEMBLY, assembly_key)
    scribe.admit_circle(assembly, assembly_key, secretariat)
    return Activated(keys.person_id, SECRETARIAT, has_founded=True)


def _enter(scribe: Scribe, invite: Invite, package: Package, opened: OpenedMember) -> Activated:
    """Sign `person` with the invitation's key, and found or join the circle that it names."""
    person_id = opened.keys.person_id
    person = Person(
        person=person_id,
        invitation=invite.invitation,
        sealing_hash=key_hash(opened.keys.sealing.public_bytes()),
        signing_key=opened.keys.signing.public_bytes(),
        at=moment(scribe.now),
    )
    is_founding = invite.action == InviteAction.FOUND
    if is_founding and circle_exists(scribe.session, invite.circle):
        raise AlreadyFoundedError
    if not directory_of(scribe.session).is_usable(invite.invitation):
        raise InvitationOverError
    scribe.write(person, "person.activated", person_id)
    reach("activation.person_signed")
    if is_founding:
        _found(scribe, package, invite.circle, opened)
    elif invite.action == InviteAction.JOIN:
        circle = _current(scribe.session, package)
        scribe.admit_person(circle, PrivateKey(package.key), _recipient(opened))
    return Activated(person_id, invite.circle, has_founded=is_founding)


def _found(scribe: Scribe, package: Package, circle: str, opened: OpenedMember) -> None:
    founded = scribe.found(circle, _recipient(opened))
    reach("activation.circle_founded")
    assembly = _current(scribe.session, package)
    scribe.admit_circle(assembly, PrivateKey(package.key), founded)


def _current(session: Session, package: Package) -> PublicCircle:
    """Return the packed circle, if its key is still the one that the package holds."""
    circle = public_circle(session, package.circle)
    if circle.version != package.version:
        raise InvitationOverError
    if key_hash(PrivateKey(package.key).public_bytes()) != circle.key_hash:
        raise CannotOpen
    return circle


def _store_member(session: Session, root: RootKeys, opened: OpenedMember, now: datetime) -> None:
    """Keep the keys; the anchor in the blob is the log with the newcomer's own entries."""
    anchored = OpenedMember(opened.keys.with_anchor(anchor_now(session)), opened.blob_key)
    session.add(
        Member(
            person_id=opened.keys.person_id,
            sealing_key=opened.keys.sealing.public_bytes(),
            key_version=_MEMBER_KEY_VERSION,
            sealed_keys=seal_member(anchored, root),
            created_at=now,
        )
    )
    session.flush()
    reach("activation.member_stored")


def _actor(person_id: str, invite: Invite) -> Actor:
    role = Role(invite.role)
    return Actor(
        person_id,
        frozenset({role}),
        role.body,
        state_code=state_of_circle(invite.circle),
    )


def _recipient(opened: OpenedMember) -> Recipient:
    keys = opened.keys
    return Recipient(keys.person_id, _MEMBER_KEY_VERSION, keys.sealing.public_bytes())
