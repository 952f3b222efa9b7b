"""PDF as its readers take it apart: strings, comments and streams aside, names as names.

A reader begins an object wherever a table sends it, so that what is a string from one place may be
an object from another. Each place at which an object can begin is read as code in some `Reading`:
one goes through the whole file, others begin inside what that one passed over, and go on until
both agree. In a reading's code no bracket stands unpaired and nothing is escaped: comments are
blank, names have their `#xx` undone, strings are hexadecimal, `(..)` as written or `<..>`
(ISO 32000-2, 7.2 to 7.3). All of it is linear, and one `Budget` bounds the sum.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from cooperation.responses.rules.uploads.refusals import (
    TOO_LARGE_INSIDE,
    FileRefused,
    wrong_content,
)

MOST_BYTES = 64 * 1024 * 1024
"""Read as code, unpacked objects and second readings with them: half a second or so."""
MOST_STEPS = 300_000
"""Strings, comments, streams, objects and escapes one by one: about a second."""
_SPACE = rb"\0\t\n\f\r "
_DELIMITERS = rb"()<>\[\]{}/%"
_REGULAR = rb"[^" + _SPACE + _DELIMITERS + rb"]"
_BEFORE_BYTES = 300
_LONG_LINE = 200
_BLANK = b"\0\t\n\f\r "

_NEXT = re.compile(
    rb"[(%]|<<<|(?<!<)<(?!<)"
    rb"|/[^" + _SPACE + _DELIMITERS + rb"#]*+#" + _REGULAR + rb"*+"
    rb"|(?<![A-Za-z])stream[ \t]*(?:\r\n|\n|\r)"
)
_HEX = re.compile(rb"<([0-9A-Fa-f" + _SPACE + rb"]*+)>")
_FLAT = re.compile(rb"\((?:[^()\\]++|\\.)*+\)", re.DOTALL)
_BRACKET = re.compile(rb"[()]|\\.", re.DOTALL)
_LINE_END = re.compile(rb"[\r\n]")
_COMMENT = re.compile(rb"%[^\r\n]*+[\r\n]")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT = re.compile(rb"(?<![A-Za-z])(?:obj|trailer)(?![A-Za-z])")
_NUMBERED = re.compile(rb"(\d{1,10})[" + _SPACE + rb"]+(\d{1,10})[" + _SPACE + rb"]*$")
_BLANKS = bytes.maketrans(b"\0\t\n\f\r", b"     ")


@dataclass
class Budget:
    """What may still be done for one file; raises `FileRefused` where it is used up."""

    bytes_left: int = field(default_factory=lambda: MOST_BYTES)
    steps_left: int = field(default_factory=lambda: MOST_STEPS)

    def spend(self, size: int, steps: int = 1) -> None:
        """Take from both."""
        self.bytes_left -= size
        self.steps_left -= steps
        if self.bytes_left < 0 or self.steps_left < 0:
            raise FileRefused(TOO_LARGE_INSIDE)


@dataclass(frozen=True)
class Start:
    """Where an object begins in the bytes, and which it is; a trailer has no number."""

    place: int
    number: int | None = None
    generation: int = 0
    is_doubtful: bool = False
    """Something between its number and its beginning cannot be seen from here."""


@dataclass(frozen=True)
class Stream:
    """A stream: its dictionary as code, the object that it belongs to, its packed bytes."""

    header: bytes
    start: Start | None
    packed: bytes


@dataclass
class Reading:
    """What a reader sees who begins at one place."""

    code: bytes = b""
    starts: list[tuple[int, Start]] = field(default_factory=list)
    """Where in the code each object begins, in order."""
    streams: list[Stream] = field(default_factory=list)
    is_packed: bool = False
    """Whether it was packed in a stream, whose lock is that of its texts too."""

    def start_before(self, place: int) -> Start | None:
        """Return the object that a place of the code belongs to."""
        number = bisect_right(self.starts, place, key=lambda each: each[0])
        return self.starts[number - 1][1] if number else None


def starts_of(content: bytes, budget: Budget) -> list[Start]:
    """Return every place of a file at which a reader can find an object or a trailer."""
    found = []
    for word in _OBJECT.finditer(content):
        budget.spend(0)
        if word.group() == b"trailer":
            found.append(Start(word.end()))
            continue
        before = content[max(0, word.start() - _BEFORE_BYTES) : word.start()]
        numbered = _NUMBERED.search(before, max(0, len(before) - 30))
        if numbered is None:
            budget.spend(0, 10)
            numbered = _NUMBERED.search(_COMMENT.sub(b" ", before)[-30:])
        if numbered:
            found.append(Start(word.end(), int(numbered.group(1)), int(numbered.group(2))))
        elif _follows_comment(before):
            found.append(Start(word.end(), is_doubtful=True))
    return found


def _follows_comment(before: bytes) -> bool:
    """Tell whether what stands before a word ends with a line that may be a comment."""
    last = before.rstrip(_BLANK)
    has_line_end = bool(_LINE_END.search(before, len(last)))
    line = _LINE_END.split(last)[-1]
    return has_line_end and (b"%" in line or len(line) >= _LONG_LINE)


def readings_of(
    content: bytes, starts: list[Start], budget: Budget, begin: int, end: int
) -> list[Reading]:
    """Return the readings in which every start is code; the first goes from `begin` to `end`."""
    first = _Scan(content[:end], begin, budget)
    first.run()
    found = [first.reading(starts)]
    for start in starts:
        if not first.has_as_code(start.place):
            other = _Scan(content, start.place, budget, is_lenient=start.is_doubtful)
            other.run(until=first)
            found.append(other.reading(starts))
    return found


class _Scan:
    """One pass over bytes from a place on."""

    def __init__(
        self, content: bytes, begin: int, budget: Budget, *, is_lenient: bool = False
    ) -> None:
        self._content = content
        self._is_lenient = is_lenient
        self._budget = budget
        self._begin = begin
        self._pieces: list[bytes] = []
        self._size = 0
        self._code_places: list[int] = [0]
        self._places: list[int] = [begin]
        self._passed: list[tuple[int, int]] = []
        self._streams: list[tuple[int, int, int]] = []

    def run(self, until: "_Scan | None" = None) -> None:
        """Read to the end, or until another pass reads the same."""
        content, place = self._content, self._begin
        while (found := _NEXT.search(content, place)) is not None:
            if until and until.has_as_code(place) and until.has_as_code(found.start()):
                break
            self._add(content[place : found.start()], found.start())
            end, code = self._token(found)
            self._budget.spend(end - place)
            self._add(code, end)
            if end - found.start() > 1:
                self._passed.append((found.start(), end))
            place = end
        rest = content[place:] if found is None else content[place : found.start()]
        self._budget.spend(len(rest))
        self._add(rest, place + len(rest))

    def _add(self, code: bytes, place: int) -> None:
        self._pieces.append(code)
        self._size += len(code)
        self._code_places.append(self._size)
        self._places.append(place)

    def has_as_code(self, place: int) -> bool:
        """Tell whether this pass reads a place as code: in no string, comment or stream."""
        number = bisect_right(self._passed, place, key=lambda each: each[0]) - 1
        is_passed = number >= 0 and self._passed[number][0] < place < self._passed[number][1]
        return self._begin <= place <= len(self._content) and not is_passed

    def _token(self, found: re.Match[bytes]) -> tuple[int, bytes]:
        """Return where a token ends, and what stands for it in the code."""
        content, place, token = self._content, found.start(), found.group()
        if token == b"(":
            end = self._string_end(place)
            return end, b"(" + content[place + 1 : end - 1].hex().encode() + b")"
        if token == b"%":
            line_end = _LINE_END.search(content, place)
            return (line_end.start() if line_end else len(content)), b" "
        if token.startswith(b"<"):
            digits = _HEX.match(content, place)
            if digits is None and self._is_lenient:
                return place + 1, b" "
            if digits is None:
                raise wrong_content("pdf")
            plain = digits.group(1).translate(_BLANKS).replace(b" ", b"")
            return digits.end(), b"<" + plain + b">"
        if token.startswith(b"/"):
            self._budget.spend(0, len(token) // 3)
            return found.end(), _ESCAPE.sub(_sign, token)
        return self._stream(found.end())

    def _string_end(self, place: int) -> int:
        """Return the place after a string: brackets inside of it come in pairs or escaped."""
        flat = _FLAT.match(self._content, place)
        if flat:
            return flat.end()
        depth = 0
        for bracket in _BRACKET.finditer(self._content, place):
            self._budget.spend(0)
            sign = bracket.group()
            depth += (sign == b"(") - (sign == b")")
            if depth == 0:
                return bracket.end()
        return len(self._content) + 1

    def _stream(self, begin: int) -> tuple[int, bytes]:
        """Return where a stream's bytes end; they follow a whole dictionary of an object."""
        end = self._content.find(b"endstream", begin)
        end = len(self._content) if end < 0 else end
        self._streams.append((self._size, begin, end))
        return end, b" stream "

    def reading(self, starts: list[Start]) -> Reading:
        """Return what was read, with the objects that begin in it."""
        code = b"".join(self._pieces).replace(b"\0", b" ")
        first = bisect_left(starts, self._begin, key=lambda start: start.place)
        last = bisect_right(starts, self._places[-1], key=lambda start: start.place)
        self._budget.spend(0, (last - first) // 4)
        placed = [
            (self._code_place(start.place), start)
            for start in starts[first:last]
            if self.has_as_code(start.place)
        ]
        found = Reading(code, placed)
        before = 0
        for place, begin, end in self._streams:
            start = found.start_before(place)
            from_place = self._code_place(start.place) if start else 0
            header = code[max(before, from_place) : place]
            if header.count(b"<<") != header.count(b">>") and not self._is_lenient:
                raise wrong_content("pdf")  # readers differ on a stream within a dictionary
            found.streams.append(Stream(header, start, self._content[begin:end]))
            before = place
        return found

    def _code_place(self, place: int) -> int:
        number = bisect_right(self._places, place) - 1
        return self._code_places[number] + place - self._places[number]


def _sign(escape: re.Match[bytes]) -> bytes:
    sign = bytes.fromhex(escape.group(1).decode())
    return sign if sign.isalnum() else escape.group()
