"""What an instance measures of itself: numbers without content, and which of them alarm.

`doctor`, the metrics, the log of the server and the home pages of heads and administrators all read
the same measures (reliability 4.2, rule 7).
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.core.db import Database
from cooperation.core.settings import Settings
from cooperation.core.text import Text, _
from cooperation.outbox import service as outbox
from cooperation.web.space import MEGABYTE, SpaceWatch

WAL_ALARM = 64 * MEGABYTE
"""SQLite writes home every 4 MB; a log this long means that something keeps it from doing so."""
LOG_ALARM = 100_000
"""Entries within a day: 125 States in their last week make some ten thousand."""
FOLDERS_ALARM = 2048 * MEGABYTE
"""Of the folders that grow with the log: entries outside the database, and what was signed."""
MAIL_ALARM = timedelta(hours=6)
"""How long a mail may wait before somebody looks at the mail server."""
_DAY = timedelta(days=1)
_GROWING = ("journal", "signer")


@dataclass(frozen=True)
class Measures:
    """The numbers of one moment. Sizes are bytes; ages are seconds, None where there is nothing."""

    free: Mapping[str, int]
    low: tuple[str, ...]
    wal: int | None
    entries: int
    entries_today: int
    folders: int
    mails: Mapping[str, int]
    mail_waits: float | None
    sessions: int
    checkpoint_age: float | None

    @property
    def alarms(self) -> dict[str, Text]:
        """What somebody should look at, by a short name, each in one sentence."""
        return {name: sentence for name, is_raised, sentence in _checks(self) if is_raised}


def _checks(found: Measures) -> tuple[tuple[str, bool, Text], ...]:
    return (
        (
            "space",
            bool(found.low),
            _(
                "Little space is left (%(names)s): nothing is written that can wait.",
                names=", ".join(found.low),
            ),
        ),
        (
            "wal",
            (found.wal or 0) > WAL_ALARM,
            _(
                "SQLite's write-ahead log holds %(mb)s MB: a reader that does not end keeps it.",
                mb=(found.wal or 0) // MEGABYTE,
            ),
        ),
        (
            "log",
            found.entries_today > LOG_ALARM,
            _("The log grew by %(number)s entries in a day.", number=found.entries_today),
        ),
        (
            "folders",
            found.folders > FOLDERS_ALARM,
            _(
                "The folders journal and signer hold %(mb)s MB.",
                mb=found.folders // MEGABYTE,
            ),
        ),
        (
            "mail",
            (found.mail_waits or 0) > MAIL_ALARM.total_seconds(),
            _(
                "A mail has waited for %(hours)s hours: look at the mail server.",
                hours=int((found.mail_waits or 0) // 3600),
            ),
        ),
    )


def measure(database: Database, settings: Settings, space: SpaceWatch, now: datetime) -> Measures:
    """Return the measures of this moment; the database is only read."""
    with database.reading() as session:
        oldest = outbox.oldest_due(session)
        checkpoint = audit.latest_checkpoint(session)
        return Measures(
            free=dict(space.free()),
            low=tuple(space.low()),
            wal=wal_size(settings),
            entries=audit.log_state(session).size,
            entries_today=audit.number_since(session, now - _DAY),
            folders=sum(size_of(settings.instance_path / name) for name in _GROWING),
            mails={str(status): number for status, number in outbox.counts_of(session).items()},
            mail_waits=_age(oldest, now),
            sessions=accounts.sessions_alive(session, now),
            checkpoint_age=_age(checkpoint.at if checkpoint else None, now),
        )


def _age(instant: datetime | None, now: datetime) -> float | None:
    return None if instant is None else max(0.0, (now - instant).total_seconds())


def wal_size(settings: Settings) -> int | None:
    """Return how long SQLite's write-ahead log is; None on PostgreSQL."""
    file = settings.database_file
    if file is None:
        return None
    try:
        return file.with_name(f"{file.name}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def size_of(folder: Path) -> int:
    """Return the bytes of the files directly in a folder; none where there is none."""
    try:
        with os.scandir(folder) as found:
            return sum(entry.stat().st_size for entry in found if entry.is_file())
    except FileNotFoundError:
        return 0


class AlarmLog:
    """Says each alarm when it is raised, once an hour while it stands, and when it is over."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self._say = say
        self._said: dict[str, float] = {}

    def tell(self, names: set[str], seconds: float) -> None:
        """Tell what stands at `seconds` of a clock that is never set back."""
        for name in sorted(names):
            if seconds - self._said.get(name, -3600.0) >= 3600.0:
                self._said[name] = seconds
                self._say("alarm", name)
        for name in sorted(self._said.keys() - names):
            del self._said[name]
            self._say("alarm is over", name)
