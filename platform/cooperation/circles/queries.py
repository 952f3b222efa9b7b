"""Named reads of the tables of keys."""

from collections.abc import Iterable, Sequence

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


def instance_row(session: Session) -> Instance | None:
    """Return the instance's row."""
    return session.scalars(sa.select(Instance)).one_or_none()


def instance_id(session: Session) -> str | None:
    """Return the instance's id."""
    return session.scalar(sa.select(Instance.id))


def statements_from(session: Session, seq: int) -> Sequence[sa.Row[int, bytes]]:
    """Return number and bytes of the statements from `seq` on, in the order of the log."""
    statement = sa.select(StatementRow.seq, StatementRow.encoded)
    return session.execute(statement.where(StatementRow.seq >= seq).order_by("seq")).all()


def member(session: Session, person_id: str) -> Member | None:
    """Return a person's keys."""
    return session.get(Member, person_id)


def invitation_key(session: Session, invitation_id: str) -> InvitationKey | None:
    """Return the keys of an open invitation."""
    return session.get(InvitationKey, invitation_id)


def circle_version(session: Session, circle: str, version: int) -> CircleVersionRow | None:
    """Return one version of a circle's public key."""
    return session.get(CircleVersionRow, (circle, version))


def membership(session: Session, circle: str, version: int, member: str) -> MembershipRow | None:
    """Return a circle's key sealed to a member."""
    return session.get(MembershipRow, (circle, version, member))


def bundles(session: Session, bundle_ids: Iterable[str]) -> list[Bundle]:
    """Return the bundles that exist and are not destroyed, in no order."""
    found: list[Bundle] = []
    for some in _portions(bundle_ids):
        wanted = sa.select(Bundle).where(Bundle.id.in_(some), Bundle.destroyed_at.is_(None))
        found += session.scalars(wanted)
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
) -> dict[str, list[Grant]]:
    """Return the grants of these bundles to these circles, by bundle."""
    found: dict[str, list[Grant]] = {}
    for some in _portions(bundle_ids):
        wanted = sa.select(Grant).where(Grant.bundle_id.in_(some), Grant.circle.in_(circles))
        for grant in session.scalars(wanted):
            found.setdefault(grant.bundle_id, []).append(grant)
    return found


def _portions(values: Iterable[str]) -> Iterable[Sequence[str]]:
    listed = list(dict.fromkeys(values))
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def delete_grants(session: Session, bundle_id: str) -> None:
    """Delete every grant of a bundle."""
    session.execute(sa.delete(Grant).where(Grant.bundle_id == bundle_id))
