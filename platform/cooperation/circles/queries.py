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
    StatementRow,
)
from cooperation.core.db import Session

_AT_ONCE = 500


class BundleHead(NamedTuple):
    """A bundle's signed header; a tuple, because the Court opens two for each State."""

    id: str
    kind: str
    edition: str
    state: str | None
    key_id: bytes
    maker: str
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
    MembershipRow.circle_version == sa.bindparam("version"),
    MembershipRow.member == sa.bindparam("member"),
)
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


def member(session: Session, person_id: str) -> Member | None:
    """Return a person's keys."""
    return session.get(Member, person_id)


def is_enabled(session: Session, person_id: str) -> bool:
    """Tell whether a person has keys and was not disabled."""
    return session.scalar(_IS_ENABLED, {"person_id": person_id}) is True


def invitation_key(session: Session, invitation_id: str) -> InvitationKey | None:
    """Return the keys of an open invitation."""
    return session.get(InvitationKey, invitation_id)


def circle_version(session: Session, circle: str, version: int) -> CircleVersionRow | None:
    """Return one version of a circle's public key."""
    return session.get(CircleVersionRow, (circle, version))


def membership(session: Session, circle: str, version: int, member: str) -> HeldKey | None:
    """Return a circle's key sealed to a member."""
    named = {"circle": circle, "version": version, "member": member}
    row = session.execute(_MEMBERSHIP, named).one_or_none()
    return None if row is None else HeldKey._make(row)


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


def delete_grants(session: Session, bundle_id: str) -> None:
    """Delete every grant of a bundle."""
    session.execute(sa.delete(Grant).where(Grant.bundle_id == bundle_id))
