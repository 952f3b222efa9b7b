"""Fields of a Word file: whether an instruction starts another program (DDE).

What counts is the instruction, which may be written in several runs, and not what the page or a
link says (ECMA-376, 17.16: `fldChar`, `instrText`, `fldSimple`).
"""

import html
import re

from cooperation.responses.rules.uploads.refusals import (
    FIELDS,
    TOO_LARGE_INSIDE,
    FileRefused,
    wrong_content,
)

MOST_FIELDS = 200_000
_BEGINNING = 1000
"""Bytes of an instruction: its first word decides."""

_ELEMENT = re.compile(rb"<(?:(?:[\w.-]{1,40}:)?(fldChar|instrText|fldSimple)\b|[!?])([^<]*)")
_ATTRIBUTES = rb"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*+\s*"
_TEXT = re.compile(_ATTRIBUTES + rb"(?:/>|>)")
_KIND = re.compile(rb"fldCharType\s*=\s*[\"'](\w+)")
_INSTRUCTION = re.compile(rb"\binstr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_STARTS = re.compile(r"[\s\"]*DDE(AUTO)?\b", re.IGNORECASE)


class FieldReader:
    """Reads the pieces of one document in order, each cut before an element."""

    def __init__(self) -> None:
        self._open: list[bytes] = [b""]
        self._is_in_text = False
        self._number = 0

    def read(self, piece: bytes) -> None:
        """Read on; raises `FileRefused` at an instruction that starts a program."""
        end = 0
        for found in _ELEMENT.finditer(piece):
            self._number += 1
            if self._number > MOST_FIELDS:
                raise FileRefused(TOO_LARGE_INSIDE)
            if found.start() > end:
                self._is_in_text = False
            end = found.end()
            self._element(found.group(1), found.group(2))
        if end < len(piece):
            self._is_in_text = False

    def _element(self, kind: bytes | None, rest: bytes) -> None:
        is_in_text, self._is_in_text = self._is_in_text, kind == b"instrText"
        if kind is None:
            if is_in_text:
                raise wrong_content("docx")  # a comment or the like splits an instruction
        elif kind == b"fldSimple":
            for each in _INSTRUCTION.findall(rest):
                _judge(b"".join(each))
        elif kind == b"instrText":
            tag = _TEXT.match(rest)
            if tag is None:
                raise wrong_content("docx")
            if len(self._open[-1]) < _BEGINNING:
                self._open[-1] += rest[tag.end() :]
        else:
            self._mark(_KIND.search(rest))

    def _mark(self, kind: re.Match[bytes] | None) -> None:
        """A field begins, its instruction ends, or its result does."""
        if kind is not None and kind.group(1) == b"begin":
            self._open.append(b"")
            return
        _judge(self._open[-1])
        self._open[-1] = b""
        if kind is not None and kind.group(1) == b"end" and len(self._open) > 1:
            self._open.pop()

    def close(self) -> None:
        """Judge what was never ended."""
        for instruction in self._open:
            _judge(instruction)


def _judge(instruction: bytes) -> None:
    if _STARTS.match(html.unescape(instruction[:_BEGINNING].decode("utf-8", "replace"))):
        raise FileRefused(FIELDS)
