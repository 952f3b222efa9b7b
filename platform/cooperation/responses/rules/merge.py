"""Saving beside colleagues: which answers of a page are written, which stand against another's.

Source: design/reliability.md 4.2, rule 2. A page posts every question with the version it showed;
what the person did not change is never written, whatever a colleague did meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cooperation.responses.rules.draft import EMPTY_RECORD, DraftRecord


@dataclass(frozen=True)
class Entry:
    """What a page says of one question, and the version that the page showed (0 = none)."""

    record: DraftRecord
    version: int


@dataclass(frozen=True)
class Stored:
    """What is kept of one question: the present version and what it says."""

    record: DraftRecord = EMPTY_RECORD
    version: int = 0


@dataclass(frozen=True)
class AnswerConflict:
    """Two texts for one question: yours, the colleague's, and the one both began with."""

    question: str
    yours: DraftRecord
    theirs: DraftRecord
    base: DraftRecord
    version: int


@dataclass(frozen=True)
class Merge:
    """What a save comes to: records to write, conflicts to show."""

    written: Mapping[str, DraftRecord]
    conflicts: tuple[AnswerConflict, ...]


def stale_versions(entries: Mapping[str, Entry], stored: Mapping[str, Stored]) -> dict[str, int]:
    """Return the older versions by question that must be looked up before merging."""
    return {
        code: entry.version
        for code, entry in entries.items()
        if entry.version != stored.get(code, Stored()).version and entry.version > 0
    }


def merge(
    entries: Mapping[str, Entry],
    stored: Mapping[str, Stored],
    bases: Mapping[str, DraftRecord],
) -> Merge:
    """Compare what was typed with what the page had shown and with what is kept now.

    `bases` holds the versions that `stale_versions` asked for.
    """
    written: dict[str, DraftRecord] = {}
    conflicts: list[AnswerConflict] = []
    for code, entry in entries.items():
        now = stored.get(code, Stored())
        is_fresh = entry.version == now.version
        base = now.record if is_fresh else bases.get(code, EMPTY_RECORD)
        yours = entry.record
        if yours.says_the_same(base) or yours.says_the_same(now.record):
            continue
        if is_fresh:
            written[code] = yours
        else:
            conflicts.append(AnswerConflict(code, yours, now.record, base, now.version))
    return Merge(written, tuple(conflicts))
