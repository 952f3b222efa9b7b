"""The instance's row: which database this is, and which root key belongs to it."""

import hmac
from datetime import datetime

from cooperation.circles import queries
from cooperation.circles.models import Instance
from cooperation.circles.rules import InstanceUnknownError
from cooperation.core.db import Session
from cooperation.vault.root import RootKeys


def create_instance(session: Session, root: RootKeys, *, now: datetime) -> None:
    """Write the row; the database must be new."""
    if queries.instance_row(session) is not None:
        raise InstanceUnknownError
    session.add(
        Instance(
            id=root.instance,
            root_version=root.current,
            root_check=root.check_value(),
            created_at=now,
        )
    )
    session.flush()


def instance_id(session: Session) -> str | None:
    """Return the instance's id, `None` in a new database."""
    return queries.instance_id(session)


def is_root_of(session: Session, root: RootKeys) -> bool:
    """Tell whether database and root key belong together."""
    row = queries.instance_row(session)
    if row is None or row.id != root.instance or not root.has_version(row.root_version):
        return False
    return hmac.compare_digest(row.root_check, root.check_value(row.root_version))


def check_instance(session: Session, root: RootKeys) -> None:
    """Raise `InstanceUnknownError` unless database and root key belong together."""
    if not is_root_of(session, root):
        raise InstanceUnknownError
