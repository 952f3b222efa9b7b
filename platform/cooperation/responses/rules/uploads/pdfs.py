"""PDF: nothing that runs, opens or hides something (design: reliability 3).

A PDF is understood, not searched: names count where a reader sees names, not in texts and links.
Scripts, programs, attachments and forms of another kind are refused wherever they stand; without a
click nothing may happen but going to a page; a link that is clicked may lead to the web, not to a
network drive. Objects that are packed are unpacked and read as well, those of a file that is locked
without asking for a password too; what cannot be read so is refused.
"""

import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from cooperation.responses.rules.uploads.links import is_on_the_network
from cooperation.responses.rules.uploads.pdf_syntax import (
    Budget,
    Reading,
    Start,
    Stream,
    readings_of,
    starts_of,
)
from cooperation.responses.rules.uploads.pdf_values import (
    Reference,
    Text,
    Value,
    plain,
    text_of,
    value_at,
)
from cooperation.responses.rules.uploads.refusals import (
    ACTIVE_PDF,
    ATTACHED_PDF,
    BROKEN_PDF,
    ENCRYPTED,
    LINKED_PDF,
    MORE_THAN_ONE,
    FileRefused,
    wrong_content,
)
from cooperation.responses.rules.uploads.unlocking import Unlock, Unlocked

AROUND_BYTES = 1024
"""What readers overlook before the beginning and after the end."""
_FOREIGN = (b"MZ", b"PK", b"\x7fELF", b"#!", b"<", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{")
_END = b"%%EOF"
_PIECE = 1024 * 1024
_WORD_END = rb"(?![^\s()<>\[\]{}/%])"

_RUNNING = re.compile(
    rb"/(?:JavaScript|JS|Launch|Rendition|RichMedia|RichMediaExecute|Movie|3D|OnInstantiate"
    rb"|ImportData|SubmitForm|XFA)" + _WORD_END + rb"|/S\s+\d+\s+\d+\s+R" + _WORD_END
)
_ATTACHING = re.compile(rb"/(?:EmbeddedFiles?|EF|FileAttachment|GoToE)" + _WORD_END)
_TRIGGER = re.compile(rb"/(OpenAction|AA)" + _WORD_END)
_LEADING = re.compile(
    rb"/(?:F|UF|URI|Base|DOS|Mac|Unix)\s*(?:\(([0-9a-f]*)\)|<(?!<)([0-9A-Fa-f]*)>)"
)
_STRING = re.compile(rb"\s*(?:\(([0-9a-f]*)\)|<(?!<)([0-9A-Fa-f]*)>)")
_LOCK = re.compile(rb"/Encrypt" + _WORD_END)
_FILE_ID = re.compile(rb"/ID\s*(?=\[)")
_PACKED = re.compile(rb"/(?:ObjStm|First|N)" + _WORD_END)
_TABLE = re.compile(rb"/W" + _WORD_END)
_HARMLESS = frozenset({"/GoTo", "/Named", "/SetOCGState", "/Trans", "/Hide", "/Thread"})
_PLAIN_FILTERS: tuple[Value, ...] = ("/FlateDecode", ["/FlateDecode"])


def check_pdf(content: bytes, unlock: Unlock | None = None) -> bytes:
    """Return the PDF as it came; raises `FileRefused`.

    `unlock` tries the empty password; without it every locked file is refused.
    """
    begin, end = _whole(content)
    document = _Document(content, Budget())
    document.read(begin, end, unlock)
    for reading in document.readings:
        _check(document, reading)
    return content


def _whole(content: bytes) -> tuple[int, int]:
    """Return where the PDF begins and ends; around it only what every reader overlooks."""
    begin = content.find(b"%PDF-", 0, AROUND_BYTES)
    last = content.rfind(_END)
    if begin < 0 or last < begin or content.lstrip().startswith(_FOREIGN):
        raise wrong_content("pdf")
    end = last + len(_END)
    is_archive = zipfile.is_zipfile(io.BytesIO(content))
    if is_archive or len(content[end:].strip(b"\r\n\t \0")) > AROUND_BYTES:
        raise FileRefused(MORE_THAN_ONE)
    return begin, end


@dataclass
class _Document:
    """All readings of a file, and where each numbered object can begin in them."""

    content: bytes
    budget: Budget
    readings: list[Reading] = field(default_factory=list)
    objects: dict[int, list[tuple[Reading, int]]] = field(default_factory=lambda: defaultdict(list))
    unlocked: Unlocked | None = None

    def read(self, begin: int, end: int, unlock: Unlock | None) -> None:
        """Read the file, then the objects that are packed in its streams."""
        starts = starts_of(self.content, self.budget)
        self._take(readings_of(self.content, starts, self.budget, begin, end))
        self.unlocked = self._unlocked(unlock)
        for reading in tuple(self.readings):
            for stream in reading.streams:
                if _PACKED.search(stream.header):
                    self._unpack(stream)

    def _take(self, readings: list[Reading]) -> None:
        self.readings += readings
        for reading in readings:
            for place, start in reading.starts:
                if start.number is not None:
                    self.objects[start.number].append((reading, place))

    def values_of(self, number: int) -> Iterator[Value]:
        """Give each value that an object can have."""
        for reading, place in self.objects.get(number, ()):
            yield value_at(reading.code, place, self.budget)

    def _unlocked(self, unlock: Unlock | None) -> Unlocked | None:
        """Return what opens the file's texts and streams; None where it is not locked."""
        locks = [lock for reading in self.readings for lock in self._locks_of(reading)]
        if not locks:
            return None
        found = None
        if unlock is not None and all(lock == locks[0] for lock in locks):
            found = unlock({name: plain(each) for name, each in locks[0].items()}, self._file_id())
        if found is None:
            raise FileRefused(ENCRYPTED)
        return found

    def _locks_of(self, reading: Reading) -> Iterator[dict[str, Value]]:
        for place in _LOCK.finditer(reading.code):
            value = value_at(reading.code, place.end(), self.budget)
            values = self.values_of(value.number) if isinstance(value, Reference) else (value,)
            for each in values:
                if not isinstance(each, dict):
                    raise FileRefused(ENCRYPTED)
                yield each

    def _file_id(self) -> bytes:
        for reading in self.readings:
            for place in _FILE_ID.finditer(reading.code):
                value = value_at(reading.code, place.end(), self.budget)
                if isinstance(value, list) and value and isinstance(value[0], Text):
                    return value[0].content
        return b""

    def _unpack(self, stream: Stream) -> None:
        """Read the objects of a stream; whose dictionary leaves a doubt is refused."""
        header = value_at(stream.header, stream.header.index(b"<<"), self.budget)
        assert isinstance(header, dict)  # noqa: S101 - it begins with its bracket
        is_named = header.get("/Type") == "/ObjStm" or "/First" in header
        number, first = header.get("/N"), header.get("/First", 0)
        if not is_named and (number is None or not self._has_tables):
            return
        if type(number) is not int or type(first) is not int or min(number, first) < 0:
            raise FileRefused(BROKEN_PDF)
        if any(header.get(key) is not None for key in ("/F", "/DP", "/DecodeParms", "/FFilter")):
            raise FileRefused(BROKEN_PDF)
        packed = self._plain(stream)
        if header.get("/Filter") is not None:
            if header["/Filter"] not in _PLAIN_FILTERS:
                raise FileRefused(BROKEN_PDF)
            packed = self._inflated(packed)
        places = _places_of(packed, number, first, self.budget)
        if places:
            first = min(start.place for start in places)
            found = readings_of(packed, places, self.budget, first, len(packed))
            for reading in found:
                reading.is_packed = True
            self._take(found)
        elif is_named and number:
            raise FileRefused(BROKEN_PDF)

    @cached_property
    def _has_tables(self) -> bool:
        """Whether a table in a stream can send readers into objects that are not named so."""
        headers = (stream.header for reading in self.readings for stream in reading.streams)
        return any(_TABLE.search(header) for header in headers)

    def _plain(self, stream: Stream) -> bytes:
        if self.unlocked is None:
            return stream.packed
        if stream.start is None or stream.start.number is None:
            raise FileRefused(BROKEN_PDF)
        start = stream.start
        found = self.unlocked.stream(stream.start.number, start.generation, stream.packed)
        return _opened(found)

    def _inflated(self, packed: bytes) -> bytes:
        reader, rest, found = zlib.decompressobj(), packed, bytearray()
        try:
            while rest and not reader.eof:
                piece = reader.decompress(rest, _PIECE)
                self.budget.spend(len(piece))
                found += piece
                rest = reader.unconsumed_tail
        except zlib.error as failure:
            raise FileRefused(BROKEN_PDF) from failure
        return bytes(found)

    def text(self, reading: Reading, place: int, text: Text) -> bytes:
        """Return a string's bytes; where the file is locked, unlocked."""
        start = reading.start_before(place)
        if self.unlocked is None or reading.is_packed:
            return text.content
        if start is None or start.number is None:
            raise FileRefused(BROKEN_PDF)
        return _opened(self.unlocked.string(start.number, start.generation, text.content))


def _opened(found: bytes | None) -> bytes:
    if found is None:
        raise FileRefused(BROKEN_PDF)
    return found


def _places_of(packed: bytes, number: int, first: int, budget: Budget) -> list[Start]:
    """Return where the objects of a stream begin; none where its table holds no numbers."""
    words = packed[: first or None].split(None, 2 * number)[: 2 * number]
    budget.spend(0, number // 2)
    if len(words) < 2 * number or not all(word.isdigit() and len(word) < 11 for word in words):
        return []
    found = {
        Start(first + int(place), int(name))
        for name, place in zip(words[::2], words[1::2], strict=True)
        if first + int(place) < len(packed)
    }
    return sorted(found, key=lambda start: start.place)


def _check(document: _Document, reading: Reading) -> None:
    """Refuse what runs, carries files, acts by itself or leads to another network."""
    code = reading.code
    if _RUNNING.search(code):
        raise FileRefused(ACTIVE_PDF)
    if _ATTACHING.search(code):
        raise FileRefused(ATTACHED_PDF)
    for trigger in _TRIGGER.finditer(code):
        value = value_at(code, trigger.end(), document.budget)
        _check_trigger(document, value, is_set=trigger.group(1) == b"AA")
    leading = [
        *_LEADING.finditer(code),
        *(found for place, _start in reading.starts if (found := _STRING.match(code, place))),
    ]
    for string in leading:
        document.budget.spend(0, 1 + (string.end() - string.start()) // 32)
        text = document.text(reading, string.start(), text_of(*string.groups()))
        if is_on_the_network(_readable(text)):
            raise FileRefused(LINKED_PDF)


def _readable(text: bytes) -> str:
    if text.startswith((b"\xfe\xff", b"\xff\xfe")):
        return text.decode("utf-16", "replace")
    return text.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _check_trigger(document: _Document, value: Value, *, is_set: bool) -> None:
    """Refuse what happens without a click, whatever it is, but going to a page or showing it."""
    waiting: list[Value] = [value]
    if is_set:
        sets = document.values_of(value.number) if isinstance(value, Reference) else (value,)
        waiting = [each for one in sets if isinstance(one, dict) for each in one.values()]
    seen: set[int] = set()
    while waiting:
        action = waiting.pop()
        if isinstance(action, Reference):
            if action.number not in seen:
                seen.add(action.number)
                waiting += document.values_of(action.number)
        elif isinstance(action, dict):
            if "/S" in action and action["/S"] not in _HARMLESS:
                raise FileRefused(ACTIVE_PDF)
            following = action.get("/Next")
            waiting += following if isinstance(following, list) else [following]
