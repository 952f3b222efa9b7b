"""JSON from outside: bounded in length and depth before it is read (reliability 3, Input)."""

import json
import re

DEEPEST = 20
MOST = 10_000
"""Lists and objects in one document."""

_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""Strings, and one that never ends: what was read once is never read again."""
_OUTSIDE_BRACKETS = re.compile(r"[^\[\]{}]++")


class DocumentRefusedError(ValueError):
    """No JSON, too long, too much in it, or nested too deeply."""


def read_json(text: str, *, longest: int, deepest: int = DEEPEST) -> object:
    """Return what `text` holds, no name twice in an object; raises `DocumentRefusedError`."""
    if len(text) > longest or _is_beyond(text, deepest):
        raise DocumentRefusedError
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except ValueError as failure:
        raise DocumentRefusedError from failure


def _is_beyond(text: str, deepest: int) -> bool:
    """Tell whether brackets are nested too deeply, too many, or no pairs; without recursion."""
    brackets = _OUTSIDE_BRACKETS.sub("", _STRINGS.sub("", text))
    brackets = brackets.replace("{", "[").replace("}", "]")  # which are pairs, the reader judges
    if len(brackets) > 2 * MOST:
        return True
    for _level in range(deepest):
        brackets = brackets.replace("[]", "")
    return bool(brackets)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DocumentRefusedError
    return found


def _refuse(constant: str) -> object:
    raise DocumentRefusedError(constant)
