"""Saving beside colleagues: which answers of a page are written, which stand against another's.

Source: design/reliability.md 4.2, rule 2. A page posts every question with what it showed of it;
what the person did not change is never written, whatever a colleague did meanwhile.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cooperation.responses.rules.draft import EMPTY_RECORD, DraftRecord

_LARGEST_VERSION = 1_000_000
_SEEN = re.compile(r"(?P<version>[0-9]{1,7})(-(?P<digest>[0-9a-f]{16}))?")
_DIGEST_LENGTH = 16
_PAGE = re.compile(r"(?P<key>[0-9a-f]{32})\.(?P<step>[0-9]{1,9})")


@dataclass(frozen=True)
class Seen:
    """What a page showed of an answer: a version (0 = none) and a short hash of its sealed bytes.

    The hash tells two versions with one number apart, as a restored backup leaves them; made from
    what is sealed, it says nothing of the text. Pages from before it existed send none.
    """

    version: int = 0
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.version}-{self.digest}" if self.digest else str(self.version)

    def is_same_as(self, other: "Seen") -> bool:
        """Tell whether both are one version; a missing hash decides nothing."""
        is_same_digest = self.digest == other.digest or not (self.digest and other.digest)
        return self.version == other.version and is_same_digest


NEVER_SAVED = Seen()
UNREADABLE = Seen(-1)


def seen_of(version: int, sealed: bytes) -> Seen:
    """Return what a page shows of a version that is sealed so."""
    return Seen(version, hashlib.sha256(sealed).hexdigest()[:_DIGEST_LENGTH])


def read_seen(text: str) -> Seen:
    """Return what the field of a page says; `UNREADABLE` for anything else."""
    found = _SEEN.fullmatch(text)
    if found is None or int(found["version"]) > _LARGEST_VERSION:
        return UNREADABLE
    return Seen(int(found["version"]), found["digest"] or "")


@dataclass(frozen=True)
class PageKey:
    """One rendering of a page, and how many snapshots of it were sent before: its step."""

    key: str = ""
    step: int = 0

    def follows(self, other: "PageKey") -> bool:
        """Tell whether this is a later snapshot of the same page."""
        return self.is_of(other) and self.step > other.step

    def is_of(self, other: "PageKey") -> bool:
        """Tell whether both are snapshots of the same page."""
        return bool(self.key) and self.key == other.key


NO_PAGE = PageKey()


def read_page_key(text: str) -> PageKey:
    """Return what the field of a page says; `NO_PAGE` for anything else."""
    found = _PAGE.fullmatch(text)
    return PageKey(found["key"], int(found["step"])) if found else NO_PAGE


@dataclass(frozen=True)
class Saving:
    """Who saved a version, when, and through which page."""

    by: str
    at: datetime
    page: PageKey = NO_PAGE


@dataclass(frozen=True)
class Entry:
    """What a page says of one question, and what it had shown of it."""

    record: DraftRecord
    seen: Seen = NEVER_SAVED


@dataclass(frozen=True)
class Stored:
    """What is kept of one question: the present version, what it says and who saved it."""

    record: DraftRecord = EMPTY_RECORD
    seen: Seen = NEVER_SAVED
    saving: Saving | None = None

    @property
    def version(self) -> int:
        """The present version, 0 where nothing was saved."""
        return self.seen.version


@dataclass(frozen=True)
class AnswerConflict:
    """Two texts for one question: yours and the one saved meanwhile, by a colleague or yourself.

    `base` is what yours began with, where that is known.
    """

    question: str
    yours: DraftRecord
    theirs: DraftRecord
    base: DraftRecord | None
    seen: Seen
    saving: Saving | None = None
    is_own: bool = False


@dataclass(frozen=True)
class Merge:
    """What a save comes to: records to write, conflicts to show."""

    written: Mapping[str, DraftRecord]
    conflicts: tuple[AnswerConflict, ...]


@dataclass(frozen=True)
class Saver:
    """Who saves through which page."""

    person: str = ""
    page: PageKey = NO_PAGE

    def has_saved(self, stored: Stored) -> bool:
        """Tell whether the present version is this person's."""
        return stored.saving is not None and stored.saving.by == self.person

    def continues(self, stored: Stored) -> bool:
        """Tell whether this is a later snapshot of the page that the present version came from."""
        saving = stored.saving
        return saving is not None and self.has_saved(stored) and self.page.follows(saving.page)

    def comes_late(self, stored: Stored) -> bool:
        """Tell whether a later snapshot of this page is the present version."""
        saving = stored.saving
        return saving is not None and self.has_saved(stored) and saving.page.follows(self.page)


def stale_versions(entries: Mapping[str, Entry], stored: Mapping[str, Stored]) -> dict[str, int]:
    """Return the older versions by question that must be looked up before merging."""
    return {
        code: entry.seen.version
        for code, entry in entries.items()
        if entry.seen.version != stored.get(code, Stored()).version and entry.seen.version > 0
    }


def merge(
    entries: Mapping[str, Entry],
    stored: Mapping[str, Stored],
    bases: Mapping[str, Stored],
    saver: Saver,
) -> Merge:
    """Compare what was typed with what the page had shown and with what is kept now.

    `bases` holds the versions that `stale_versions` asked for. Not written is what the person left
    as it was. An own earlier save through the same page is no conflict, and a snapshot that arrives
    after a later one of its page is left aside.
    """
    written: dict[str, DraftRecord] = {}
    conflicts: list[AnswerConflict] = []
    for code, entry in entries.items():
        now, yours = stored.get(code, Stored()), entry.record
        base = _base_of(entry.seen, now, bases.get(code))
        if yours.says_the_same(now.record):
            continue
        if saver.continues(now):
            written[code] = yours
        elif base is not None and yours.says_the_same(base):
            continue
        elif entry.seen.is_same_as(now.seen):
            written[code] = yours
        elif not saver.comes_late(now):
            own = saver.has_saved(now)
            conflicts.append(
                AnswerConflict(code, yours, now.record, base, now.seen, now.saving, own)
            )
    return Merge(written, tuple(conflicts))


def _base_of(seen: Seen, now: Stored, older: Stored | None) -> DraftRecord | None:
    """Return what a page began with; None where the version it names is not the one we have."""
    if seen.version == 0:
        return EMPTY_RECORD
    for known in (now, older):
        if known is not None and seen.is_same_as(known.seen):
            return known.record
    return None
