"""Root key: prepare a version, rotate to it, destroy an old one; commands of the administrator.

Two persons: an administrator proposes, a head approves (accounts.service.key_acts). The order is
keyring, instance's row, values: whatever is in the database opens with the keyring that stands
there, at every moment. A killed command is called again and goes on (design: vault.md, Sign-in and
sessions; reliability R12).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cooperation.accounts import service as accounts
from cooperation.accounts.rules import KeyAct
from cooperation.circles import service as circles
from cooperation.core.clock import Clock
from cooperation.core.db import (
    Database,
    Session,
    database_moment,
    has_earlier_transactions,
)
from cooperation.core.errors import Conflict
from cooperation.core.failpoints import reach
from cooperation.core.settings import Settings
from cooperation.core.text import Text, _
from cooperation.safekeeping.service import WRAPPED_TABLES
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import ApprovalMissingError
from cooperation.vault.keyring import add_version, keyring_lock, make_current, remove_version
from cooperation.vault.root import RootKeys
from cooperation.web.keys import open_root

TABLES = WRAPPED_TABLES
"""Every column that the root key has wrapped, smallest loss first should somebody interrupt."""

_PASSES = 3
_PATIENCE_SECONDS = 65
_SHOWN = 10

Report = Callable[[str], None]


class ActUnapprovedError(Conflict):
    """No head has approved this act on the root key."""

    def __init__(self, act: Text) -> None:
        super().__init__(
            _(
                "Not approved: %(act)s. An administrator proposes it on the page Two "
                "persons, a head approves it there; then run this command again within 24 hours. "
                "Nothing was changed.",
                act=act,
            )
        )


class EnvironmentsKeyError(Conflict):
    """The root key comes from the environment, where no command can write it."""

    sentence = _(
        "The root key comes from the environment: write both versions into COOPERATION_ROOT_KEY "
        "(1:...,2:...) on every host, start every process again, then run this command."
    )


class RotationUnfinishedError(Conflict):
    """Some values could not be wrapped anew."""


class VersionInUseError(Conflict):
    """The version is needed: it wraps, or something in the database carries it."""


@dataclass(frozen=True)
class Rotated:
    """A completed rotation."""

    version: int
    older: tuple[int, ...]
    changed: int
    seconds: float


@dataclass(frozen=True)
class _Act:
    """What a command on the root key works with."""

    settings: Settings
    database: Database
    root: RootKeys
    clock: Clock

    def approval(self, session: Session, kind: KeyAct, detail: str = "") -> str | None:
        """Return the id of the open approval of this act, if there is one."""
        act = two_persons.find_approval(
            session,
            kind,
            accounts.key_act_hash(self.root, kind, detail, version=circles.root_version(session)),
            now=self.clock.now(),
        )
        return None if act is None else act.id


def prepare_version(settings: Settings, database: Database, clock: Clock) -> int:
    """Add a new version to the keyring, to be copied before it is used; return it.

    It wraps nothing before the rotation; one that is prepared already is returned.
    """
    with _acting(settings, database, clock) as act:
        if settings.root_key is not None:
            raise EnvironmentsKeyError
        if act.root.newest > act.root.current:
            return act.root.newest
        return add_version(settings.keyring_path)


def rotate_root(settings: Settings, database: Database, clock: Clock, report: Report) -> Rotated:
    """Wrap everything with the newest root key, or go on where an earlier call was killed.

    Raises `ActUnapprovedError`, `EnvironmentsKeyError`, `RotationUnfinishedError`.
    """
    started = time.monotonic()
    with _acting(settings, database, clock) as act:
        _begin_where_due(act)
        report(f"root key version {act.root.current}")
        _wait_for_earlier(database, report)
        changed = 0
        for _pass in range(_PASSES):
            changed += sum(_rewrap(act, table.name, report) for table in TABLES)
            with database.writing() as session:
                carried = circles.end_rotation(session, act.root, TABLES, now=clock.now())
            if carried.are_all_of(act.root.current):
                break
        else:
            raise RotationUnfinishedError(_unfinished(carried))
        older = tuple(each for each in act.root.versions if each < act.root.current)
        return Rotated(act.root.current, older, changed, time.monotonic() - started)


def retire_root(settings: Settings, database: Database, clock: Clock, version: int) -> None:
    """Destroy an old version of the root key; backups made under it cannot be read any more.

    Raises `VersionInUseError`, `ActUnapprovedError`, `EnvironmentsKeyError`.
    """
    with _acting(settings, database, clock) as act:
        _refuse_if_needed(act, version)
        with database.writing() as session:
            if not circles.is_retired(session, version):
                approval = act.approval(session, KeyAct.KEY_DESTRUCTION, str(version))
                if approval is None:
                    raise ActUnapprovedError(
                        _("the destruction of version %(version)s", version=version)
                    )
                two_persons.use(session, approval, now=clock.now())
                circles.record_retirement(session, version, now=clock.now())
        reach("retirement.logged")
        if settings.root_key is not None:
            raise EnvironmentsKeyError(
                _("Now take version %(version)s out of COOPERATION_ROOT_KEY.", version=version)
            )
        if act.root.has_version(version):
            remove_version(settings.keyring_path, version)


@contextmanager
def _acting(settings: Settings, database: Database, clock: Clock) -> Iterator[_Act]:
    """Open the root keys for one key act at a time."""
    if settings.root_key is not None:
        yield _Act(settings, database, open_root(settings, database), clock)
        return
    root = open_root(settings, database)
    with keyring_lock(settings.keyring_path):
        with database.reading() as session:
            circles.check_instance(session, root)
        yield _Act(settings, database, root, clock)


def _begin_where_due(act: _Act) -> None:
    """Let the newest version wrap, and say so in row and log; skip what is done already.

    What another host wrote with the version of before, as its keyring was copied late, belongs to
    the rotation that was approved.
    """
    with act.database.reading() as session:
        recorded = circles.root_version(session)
        if recorded == act.root.current and circles.is_rotation_under_way(session):
            return
        is_approved = act.approval(session, KeyAct.ROOT_ROTATION) is not None
        if not is_approved and recorded == act.root.current:
            carried = circles.carried_versions(session, act.root, TABLES)
            if carried.versions.keys() - {recorded} or carried.stale_lookups:
                return
    if not is_approved:
        raise ActUnapprovedError(_("a change of the root key from version %(v)s", v=recorded))
    if recorded == act.root.current:
        _switch_keyring(act)
    with act.database.writing() as session:
        approval = act.approval(session, KeyAct.ROOT_ROTATION)
        if approval is None:
            raise ApprovalMissingError
        two_persons.use(session, approval, now=act.clock.now())
        accounts.end_everybodys_sessions(session)
        circles.begin_rotation(session, act.root, now=act.clock.now())
    reach("rotation.begun")


def _switch_keyring(act: _Act) -> None:
    if act.settings.root_key is not None:
        raise EnvironmentsKeyError
    path = act.settings.keyring_path
    if act.root.newest == act.root.current:
        add_version(path)
    make_current(path, act.root.newest)


def _wait_for_earlier(database: Database, report: Report) -> None:
    """Let requests end that began before: they may still write with the version of before."""
    with database.reading() as session:
        moment = database_moment(session)
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        with database.reading() as session:
            if not has_earlier_transactions(session, moment):
                return
        time.sleep(0.2)
    report("some transactions are still under way; what they write is looked at once more")


def _rewrap(act: _Act, name: str, report: Report) -> int:
    table = next(each for each in TABLES if each.name == name)
    changed = 0
    for batch in circles.rewrap(act.database, act.root, table):
        changed += batch.changed
        report(f"{batch.table:<20} {batch.seen:>7,} of {batch.of:,}")
    return changed


def _refuse_if_needed(act: _Act, version: int) -> None:
    with act.database.reading() as session:
        carried = circles.carried_versions(session, act.root, TABLES)
        recorded = circles.root_version(session)
        is_retired = circles.is_retired(session, version)
    if version >= min(act.root.current, recorded):
        raise VersionInUseError(_("Version %(version)s is in use.", version=version))
    if not act.root.has_version(version) and not is_retired:
        raise VersionInUseError(
            _("There is no version %(version)s in the keyring.", version=version)
        )
    values = carried.versions[version] + carried.stale_lookups
    if values:
        raise VersionInUseError(
            _(
                "%(values)s values still carry version %(version)s: run rotate-root to its end.",
                values=values,
                version=version,
            )
        )


def _unfinished(carried: circles.Carried) -> Text:
    if not carried.damaged:
        return _("Other processes still write with an older version: run this command again.")
    return _(
        "No version at hand opens these values; restore them from a backup, the rest is done: "
        "%(names)s",
        names=", ".join(carried.damaged[:_SHOWN]),
    )
