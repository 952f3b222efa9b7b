"""One line for each row of a backup, so that a restore names the first thing that is damaged.

    <table> TAB <key, JSON list> TAB <SHA-256 of the plain columns> TAB <column>=<SHA-256> ...

Each column of bytes has a hash of its own: every ciphertext, every grant. Nothing of a row can be
read from its line but its key, which says no more than the table itself does (vault.md, Record).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

_TAB = "\t"


def line_of(table: str, key: Sequence[str], row: Mapping[str, Any]) -> str:
    """Return a row's line; `row` holds what the driver gave."""
    sealed = {name: bytes(value) for name, value in row.items() if _is_bytes(value)}
    plain = {name: _plain(value) for name, value in row.items() if name not in sealed}
    words = [table, _json([_key_part(row[name]) for name in key]), _hash(_json(plain).encode())]
    words += [f"{name}={_hash(value)}" for name, value in sorted(sealed.items())]
    return _TAB.join(words)


def first_difference(recorded: Iterable[str], found: Iterable[str]) -> str | None:
    """Return in words the first row in which two lists of lines differ; None where they agree.

    Both are in the same order. Where one list ends first, the row that the other has is named.
    """
    ours, theirs = iter(recorded), iter(found)
    while True:
        expected, actual = next(ours, None), next(theirs, None)
        if expected != actual:
            return _in_words(expected, next(ours, None), actual)
        if expected is None:
            return None


def place_of(line: str) -> tuple[str, str]:
    """Return table and key of a row's line."""
    table, key = line.split(_TAB)[:2]
    return table, key


def _in_words(expected: str | None, after: str | None, actual: str | None) -> str:
    """Say what differs; `after` follows the expected line, and tells a missing row from a new."""
    if expected is None:
        return f"{_named(actual or '')}: it is not in the list"
    if actual is None or (after is not None and place_of(after) == place_of(actual)):
        return f"{_named(expected)}: it is missing"
    if place_of(expected) != place_of(actual):
        return f"{_named(actual)}: it is not in the list"
    columns = zip(expected.split(_TAB)[2:], actual.split(_TAB)[2:], strict=False)
    changed = next((one for one, other in columns if one != other), "")
    column = changed.partition("=")[0] if "=" in changed else "a plain column"
    return f"{_named(expected)}: {column} was changed"


def _named(line: str) -> str:
    table, key = place_of(line)
    return f"{table} {' '.join(str(each) for each in json.loads(key))}"


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes | bytearray | memoryview)


def _key_part(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
