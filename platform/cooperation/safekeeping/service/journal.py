"""The journal: every entry of the log once more, as a line of a file outside of the database.

So what was taken away after a backup is known when the database is gone. It proves nothing by
itself; the last signed checkpoint does (design: reliability 2). Lines are only ever appended; one
that was torn by a crash is cut off, and the next call writes it anew.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from cooperation.audit import service as audit
from cooperation.audit.rules import RESTORED
from cooperation.core.db import Database, Session
from cooperation.core.errors import Broken
from cooperation.core.failpoints import reach
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.safekeeping.rules.tail import TailRefusedError, seq_of

ENTRIES = "entries"
_AT_ONCE = 2_000
_LONGEST = 1 << 20


class JournalRefusedError(Broken):
    """The journal and the log do not go together; the sentence says how."""


def write_journal(database: Database, settings: Settings) -> int:
    """Append what the log has more than the journal; return how many entries that were.

    Raises `JournalRefusedError` where the log is shorter than the journal, or another.
    """
    with database.reading() as session:
        _put_aside_after_restore(session, settings.journal_path / ENTRIES)
    with _opened(settings.journal_path) as file, database.reading() as session:
        size = _end_of(file, session)
        written = 0
        while lines := audit.bytes_of_entries(session, start=size + written, limit=_AT_ONCE):
            _append(file, lines)
            written += len(lines)
        return written


def read_journal(place: Path) -> list[bytes]:
    """Return the whole lines of a journal; a torn last one is left out.

    Raises `JournalRefusedError` where a number is missing, double or out of order.
    """
    *lines, _torn = place.read_bytes().split(b"\n")
    try:
        is_whole = all(seq_of(line) == number for number, line in enumerate(lines))
    except TailRefusedError:
        is_whole = False
    if not is_whole:
        raise JournalRefusedError(_("The journal is damaged: its lines are not those of a log."))
    return lines


def _put_aside_after_restore(session: Session, place: Path) -> None:
    """Begin anew where the log was restored since; the journal of before stays beside it.

    A journal that goes on after the restore holds its entry at the same place.
    """
    restored = audit.entries_for(session, action=RESTORED)
    if not restored or not place.exists():
        return
    entry = restored[-1]
    aside = place.with_name(f"{ENTRIES}.before-{entry.subject}")
    if aside.exists():
        return
    with place.open("rb") as file:
        line = next(islice(file, entry.seq, None), b"")
    if line.rstrip(b"\n") != entry.canonical():
        place.rename(aside)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Open the file for one process at a time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    descriptor = os.open(folder / ENTRIES, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _end_of(file: int, session: Session) -> int:
    """Return how many entries the journal has, after a look that they are the log's."""
    length = os.fstat(file).st_size
    end = os.pread(file, _LONGEST, max(0, length - _LONGEST))
    whole = end.rfind(b"\n") + 1
    if whole < len(end):
        os.ftruncate(file, length - (len(end) - whole))
    last = end[:whole].rstrip(b"\n").rpartition(b"\n")[2]
    if not last:
        return 0
    try:
        number = seq_of(last)
    except TailRefusedError as failure:
        raise JournalRefusedError(_("The journal is damaged at its end.")) from failure
    same = audit.bytes_of_entries(session, start=number, limit=1)
    if not same:
        raise JournalRefusedError(
            _(
                "The log is shorter than its journal (%(number)s entries): an old database was put "
                "here, or its log was cut.",
                number=number + 1,
            )
        )
    if same[0] != last:
        raise JournalRefusedError(_("The log is not the one that the journal was written from."))
    return number + 1


def _append(file: int, lines: list[bytes]) -> None:
    content = b"".join(line + b"\n" for line in lines)
    written = 0
    while written < len(content):
        written += os.write(file, content[written:])
        reach("journal.written")
    os.fsync(file)
    reach("journal.kept")
