"""Named reads of the tables of keys."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from cooperation.circles.models import (
    Bundle,
    CircleVersionRow,
    Grant,
    Instance,
    InvitationKey,
    Member,
    MembershipRow,
    RecoverySheetRow,
    StatementRow,
)
from cooperation.circles.rules import state_of_circle
from cooperation.core.db import Session

_AT_ONCE = 500


class BundleHead(NamedTuple):
    """A bundle's signed header; a tuple, because the Court opens two for each State.

    The first `version` signs neither subject nor parties nor for whom the maker acts; what its row
    says of them is not believed.
    """

    version: int
    id: str
    kind: str
    edition: str
    state: str | None
    subject: str
    parties: str
    key_id: bytes
    maker: str
    acting: str
    signature: bytes


class GrantRow(NamedTuple):
    """A bundle's content key sealed to a version of a circle."""

    bundle_id: str
    circle: str
    circle_version: int
    sealed_key: bytes


class HeldKey(NamedTuple):
    """A circle's private key sealed to a member."""

    circle: str
    circle_version: int
    member: str
    member_key_version: int
    sealed_key: bytes


_INSTANCE_ID = sa.select(Instance.id)
_INSTANCE_WITH_STATEMENTS = (
    sa.select(Instance.id, StatementRow.seq, StatementRow.encoded)
    .outerjoin(StatementRow, StatementRow.seq >= sa.bindparam("seq"))
    .order_by(StatementRow.seq)
)
_IS_ENABLED = sa.select(Member.disabled_at.is_(None)).where(
    Member.person_id == sa.bindparam("person_id")
)
_MEMBERSHIP = sa.select(*(getattr(MembershipRow, name) for name in HeldKey._fields)).where(
    MembershipRow.circle == sa.bindparam("circle"),
    MembershipRow.member == sa.bindparam("member"),
)
_NEWEST_MEMBERSHIP = _MEMBERSHIP.order_by(MembershipRow.circle_version.desc()).limit(1)
_HEADS = sa.select(*(getattr(Bundle, name) for name in BundleHead._fields)).where(
    Bundle.id.in_(sa.bindparam("ids", expanding=True)), Bundle.destroyed_at.is_(None)
)
_GRANTS = sa.select(*(getattr(Grant, name) for name in GrantRow._fields)).where(
    Grant.bundle_id.in_(sa.bindparam("ids", expanding=True)),
    Grant.circle.in_(sa.bindparam("circles", expanding=True)),
)


def instance_row(session: Session) -> Instance | None:
    """Return the instance's row."""
    return session.scalars(sa.select(Instance)).one_or_none()


def instance_id(session: Session) -> str | None:
    """Return the instance's id."""
    return session.scalar(_INSTANCE_ID)


def instance_with_statements(
    session: Session, seq: int
) -> tuple[str | None, list[tuple[int, bytes]]]:
    """Return the instance's id, and number and bytes of the statements from `seq` on, in order."""
    rows = session.execute(_INSTANCE_WITH_STATEMENTS, {"seq": seq}).all()
    statements = [(row[1], row[2]) for row in rows if row[1] is not None]
    return (rows[0][0] if rows else None), statements


def statements_between(
    session: Session, start: int, end: int, limit: int
) -> list[tuple[int, bytes]]:
    """Return number and bytes of statements from `start` on and below `end`, in order."""
    wanted = sa.select(StatementRow.seq, StatementRow.encoded).where(
        StatementRow.seq >= start, StatementRow.seq < end
    )
    rows = session.execute(wanted.order_by(StatementRow.seq).limit(limit))
    return [(seq, encoded) for seq, encoded in rows]


def member(session: Session, person_id: str) -> Member | None:
    """Return a person's keys."""
    return session.get(Member, person_id)


def members(session: Session, person_ids: Iterable[str]) -> list[Member]:
    """Return the keys of these people, as far as they have any."""
    found: list[Member] = []
    for some in _portions(person_ids):
        found += session.scalars(sa.select(Member).where(Member.person_id.in_(some)))
    return found


def is_enabled(session: Session, person_id: str) -> bool:
    """Tell whether a person has keys and was not disabled."""
    return session.scalar(_IS_ENABLED, {"person_id": person_id}) is True


def invitation_key(session: Session, invitation_id: str) -> InvitationKey | None:
    """Return the keys of an open invitation."""
    return session.get(InvitationKey, invitation_id)


def circle_version(session: Session, circle: str, version: int) -> CircleVersionRow | None:
    """Return one version of a circle's public key."""
    return session.get(CircleVersionRow, (circle, version))


def newest_membership(session: Session, circle: str, member: str) -> HeldKey | None:
    """Return a circle's key sealed to a member, the newest that she holds."""
    named = {"circle": circle, "member": member}
    row = session.execute(_NEWEST_MEMBERSHIP, named).one_or_none()
    return None if row is None else HeldKey._make(row)


def links(session: Session, circle: str, after: int, last: int) -> dict[int, bytes | None]:
    """Return the links of a circle's versions above `after`, up to `last`, by version."""
    wanted = sa.select(CircleVersionRow.version, CircleVersionRow.sealed_previous).where(
        CircleVersionRow.circle == circle,
        CircleVersionRow.version > after,
        CircleVersionRow.version <= last,
    )
    return {row.version: row.sealed_previous for row in session.execute(wanted)}


def open_invitation_keys(session: Session, ids: Iterable[str]) -> list[InvitationKey]:
    """Return the keys of these invitations, as far as they are still open."""
    found: list[InvitationKey] = []
    for some in _portions(ids):
        found += session.scalars(sa.select(InvitationKey).where(InvitationKey.id.in_(some)))
    return found


def public_keys(session: Session, circles: Iterable[str]) -> dict[tuple[str, int], bytes]:
    """Return the public keys of all versions of these circles, by circle and version."""
    found: dict[tuple[str, int], bytes] = {}
    for some in _portions(circles):
        rows = session.execute(
            sa.select(
                CircleVersionRow.circle, CircleVersionRow.version, CircleVersionRow.public_key
            ).where(CircleVersionRow.circle.in_(some))
        )
        found |= {(circle, version): key for circle, version, key in rows}
    return found


def delete_memberships(
    session: Session, circle: str, *, members: Iterable[str] | None = None, since: int = 1
) -> None:
    """Delete what is sealed of a circle's keys from a version on, to these members or to all."""
    wanted = sa.delete(MembershipRow).where(
        MembershipRow.circle == circle, MembershipRow.circle_version >= since
    )
    if members is not None:
        wanted = wanted.where(MembershipRow.member.in_(list(members)))
    session.execute(wanted)


def sheets_of(session: Session, circle: str) -> Sequence[RecoverySheetRow]:
    """Return a circle's recovery sheets, oldest first."""
    wanted = sa.select(RecoverySheetRow).where(RecoverySheetRow.circle == circle)
    return session.scalars(wanted.order_by(RecoverySheetRow.made_at, RecoverySheetRow.id)).all()


def delete_members(session: Session, person_ids: Iterable[str]) -> None:
    """Delete people's keys, the blobs of their private ones with them."""
    session.execute(sa.delete(Member).where(Member.person_id.in_(list(person_ids))))


def bundle(session: Session, bundle_id: str) -> Bundle | None:
    """Return a bundle's row, to be changed."""
    return session.get(Bundle, bundle_id)


def bundle_heads(session: Session, bundle_ids: Iterable[str]) -> list[BundleHead]:
    """Return the bundles that exist and are not destroyed, in no order."""
    found: list[BundleHead] = []
    for some in _portions(bundle_ids):
        found += [BundleHead._make(row) for row in session.execute(_HEADS, {"ids": some})]
    return found


def bundles_of(session: Session, kind: str, edition: str, state: str | None) -> Sequence[Bundle]:
    """Return the bundles of a kind and edition, of one State or of all, oldest first."""
    wanted = sa.select(Bundle).where(
        Bundle.kind == kind, Bundle.edition == edition, Bundle.destroyed_at.is_(None)
    )
    if state is not None:
        wanted = wanted.where(Bundle.state == state)
    return session.scalars(wanted.order_by(Bundle.created_at, Bundle.id)).all()


def bundles_without_grant(session: Session, circle: str, versions: range) -> Sequence[Bundle]:
    """Return the bundles that no grant opens to these versions of a circle, oldest first."""
    grant = sa.select(Grant.bundle_id).where(
        Grant.circle == circle,
        Grant.circle_version >= versions.start,
        Grant.circle_version < versions.stop,
    )
    wanted = sa.select(Bundle).where(Bundle.destroyed_at.is_(None), Bundle.id.not_in(grant))
    code = state_of_circle(circle)
    if code is not None:
        wanted = wanted.where(Bundle.state == code)
    return session.scalars(wanted.order_by(Bundle.created_at, Bundle.id)).all()


def grants_to(
    session: Session, bundle_ids: Iterable[str], circles: Sequence[str]
) -> dict[str, list[GrantRow]]:
    """Return the grants of these bundles to these circles, by bundle."""
    found: dict[str, list[GrantRow]] = {}
    for some in _portions(bundle_ids):
        rows = session.execute(_GRANTS, {"ids": some, "circles": circles})
        for grant in map(GrantRow._make, rows):
            found.setdefault(grant.bundle_id, []).append(grant)
    return found


def _portions(values: Iterable[str]) -> Iterable[Sequence[str]]:
    listed = list(dict.fromkeys(values))
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def newest_grants(session: Session, bundle_id: str) -> dict[str, int]:
    """Return to which version of each circle a bundle was granted last."""
    newest = sa.func.max(Grant.circle_version)
    rows = session.execute(
        sa.select(Grant.circle, newest).where(Grant.bundle_id == bundle_id).group_by(Grant.circle)
    )
    return {row[0]: row[1] for row in rows}


def delete_grants(session: Session, bundle_id: str) -> None:
    """Delete every grant of a bundle."""
    session.execute(sa.delete(Grant).where(Grant.bundle_id == bundle_id))
