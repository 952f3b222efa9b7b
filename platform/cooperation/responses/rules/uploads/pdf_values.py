"""Values in the code of a PDF: dictionaries, lists, names, strings, references, numbers.

`value_at` reads one value of a `Reading`'s code, for the few places whose meaning decides.
"""

import re
from dataclasses import dataclass

from cooperation.responses.rules.uploads.pdf_syntax import Budget
from cooperation.responses.rules.uploads.refusals import BROKEN_PDF, FileRefused

MOST_DEPTH = 20

_TOKEN = re.compile(
    rb"\s*+(?:(<<|>>|[\[\]])|\(([0-9a-f]*)\)|<([0-9A-Fa-f]*)>|(/[^\s()<>\[\]{}/%]*)"
    rb"|([^\s()<>\[\]{}/%]+))"
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|\r\n|(.)|$)", re.DOTALL)
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}


@dataclass(frozen=True)
class Text:
    """A string as its bytes stand in the file, or unlocked."""

    content: bytes


@dataclass(frozen=True)
class Reference:
    """Another object, by its number."""

    number: int


Value = dict[str, "Value"] | list["Value"] | Text | Reference | str | int | bool | None
"""A name is text with its slash; what is no value here (null, a fraction) is None."""


def value_at(code: bytes, place: int, budget: Budget) -> Value:
    """Return the value that begins at a place; raises `FileRefused` where none does."""
    return _Values(code, place, budget).value(0)


def plain(value: Value) -> object:
    """Return a value for whoever does not know ours: strings as bytes, without references."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, Text):
        return value.content
    return None if isinstance(value, Reference) else value


def text_of(literal: bytes | None, digits: bytes | None) -> Text:
    """Return a string of the code: as written between brackets, or in hexadecimal."""
    if literal is None:
        return Text(_bytes_of(digits or b""))
    return Text(_ESCAPE.sub(_sign, _bytes_of(literal)))


def _bytes_of(digits: bytes) -> bytes:
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _sign(escape: re.Match[bytes]) -> bytes:
    octal, sign = escape.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return _SIGNS.get(sign, sign) if sign else b""


class _Values:
    """Tokens one after the other; `value` is a reader's recursive descent."""

    def __init__(self, code: bytes, place: int, budget: Budget) -> None:
        self._code = code
        self._place = place
        self._budget = budget

    def _next(self) -> re.Match[bytes]:
        token = _TOKEN.match(self._code, self._place)
        if token is None:
            raise FileRefused(BROKEN_PDF)
        self._budget.spend(0, 1 + (token.end() - self._place) // 16)
        self._place = token.end()
        return token

    def value(self, depth: int) -> Value:
        """Return the next value."""
        token = self._next()
        mark, literal, digits, name, word = token.groups()
        if depth > MOST_DEPTH or mark in {b">>", b"]"}:
            raise FileRefused(BROKEN_PDF)
        if mark == b"<<":
            return self._dictionary(depth)
        if mark == b"[":
            return self._list(depth)
        if name is not None:
            return str(name, "latin-1")
        if word is not None:
            return self._number_or_reference(word)
        return text_of(literal, digits)

    def _ends(self, mark: bytes) -> bool:
        token = _TOKEN.match(self._code, self._place)
        if token is None or token.group(1) != mark:
            return False
        self._place = token.end()
        return True

    def _dictionary(self, depth: int) -> Value:
        found: dict[str, Value] = {}
        while not self._ends(b">>"):
            key = self._next().group(4)
            name = "" if key is None else str(key, "latin-1")
            if not name or name in found:
                raise FileRefused(BROKEN_PDF)  # readers differ on which of two counts
            found[name] = self.value(depth + 1)
        return found

    def _list(self, depth: int) -> Value:
        found: list[Value] = []
        while not self._ends(b"]"):
            found.append(self.value(depth + 1))
        return found

    def _number_or_reference(self, word: bytes) -> Value:
        if word in {b"true", b"false"}:
            return word == b"true"
        if not word.lstrip(b"+-").isdigit() or len(word) > 20:
            return None
        reference = _REFERENCE.match(self._code, self._place)
        if reference is None:
            return int(word)
        self._place = reference.end()
        return Reference(int(word))


_REFERENCE = re.compile(rb"[\s\0]+\d+[\s\0]+R(?![^\s\0()<>\[\]{}/%])")
