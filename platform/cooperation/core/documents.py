"""JSON from outside: bounded in length and depth before it is read (reliability 3, Input)."""

import json
import re

DEEPEST = 20

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(r"[\[\]{}]")


class DocumentRefusedError(ValueError):
    """No JSON, too long, or nested too deeply."""


def read_json(text: str, *, longest: int, deepest: int = DEEPEST) -> object:
    """Return what `text` holds, no name twice in an object; raises `DocumentRefusedError`."""
    if len(text) > longest or depth_of(text) > deepest:
        raise DocumentRefusedError
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except ValueError as failure:
        raise DocumentRefusedError from failure


def depth_of(text: str) -> int:
    """Return how deeply brackets are nested outside of strings, without recursion."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(_STRINGS.sub("", text)):
        depth += 1 if found.group() in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DocumentRefusedError
    return found


def _refuse(constant: str) -> object:
    raise DocumentRefusedError(constant)
