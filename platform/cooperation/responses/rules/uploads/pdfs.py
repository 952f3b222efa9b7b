"""PDF: nothing that runs, opens or hides something (design: reliability 3).

A PDF is searched, not understood: names of actions are looked for in the whole file and in its
packed streams, with their escapes undone. What cannot be looked into (encrypted, objects packed in
another way) is refused. Images of 400 MB unpacked take about a second.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain, pairwise

from cooperation.responses.rules.uploads.refusals import (
    ACTIVE_PDF,
    ENCRYPTED,
    MORE_THAN_ONE,
    TOO_LARGE_INSIDE,
    FileRefused,
    wrong_content,
)

MOST_BYTES = 400 * 1024 * 1024
MOST_STREAMS = 50_000
MOST_HEADER_BYTES = 8 * 1024 * 1024

_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(JavaScript|Rendition|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm|GoToE|XFA)"
    rb"(?![A-Za-z0-9])"
)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_HOLDS_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])|/First\s+\d")
_FLATE = re.compile(rb"/Filter\s*(?:\[\s*)?/FlateDecode\s*(?:\]\s*)?(?=/|>>|$)")
_HEADER_BYTES = 4096
_END = b"%%EOF"
_PIECE = 1024 * 1024
_OVERLAP = 64


def check_pdf(content: bytes) -> bytes:
    """Return the PDF as it came; raises `FileRefused`."""
    if not content.startswith(b"%PDF-"):
        raise wrong_content("pdf")
    _check_end(content)
    plain = _names_undone(content)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", plain):
        raise FileRefused(ENCRYPTED)
    if _ACTIVE.search(plain):
        raise FileRefused(ACTIVE_PDF)
    _check_streams(content)
    return content


def _check_end(content: bytes) -> None:
    """See that nothing follows the end, and that the file is no archive at the same time."""
    place = content.rfind(_END)
    if place < 0:
        raise wrong_content("pdf")
    if content[place + len(_END) :].strip(b"\r\n\t \0") or zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused(MORE_THAN_ONE)


def _names_undone(content: bytes) -> bytes:
    """Return the file with the escapes of names undone: `/J#61vaScript` is a name too."""
    return _ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), content)


def _check_streams(content: bytes) -> None:
    """Look into every packed stream: any of them may hold objects."""
    budget, headers = MOST_BYTES, MOST_HEADER_BYTES
    for number, found in enumerate(_STREAM.finditer(content)):
        end = content.find(b"endstream", found.end())
        packed = content[found.end() : end if end >= 0 else len(content)]
        before = content[max(0, found.start() - _HEADER_BYTES) : found.start()]
        header = before.rpartition(b" obj")[2]
        headers -= len(header)
        _check_header(header)
        budget -= len(packed)  # streams inside of streams are looked at once more
        for last, piece in pairwise(chain((b"",), _unpacked(packed))):
            budget -= len(piece)
            if _ACTIVE.search(_names_undone(last[-_OVERLAP:] + piece)):
                raise FileRefused(ACTIVE_PDF)
            if budget < 0:
                raise FileRefused(TOO_LARGE_INSIDE)
        if budget < 0 or headers < 0 or number > MOST_STREAMS:
            raise FileRefused(TOO_LARGE_INSIDE)


def _check_header(as_written: bytes) -> None:
    """Refuse a stream of objects that is packed in a way that is not looked into."""
    header = _names_undone(as_written)
    if not _HOLDS_OBJECTS.search(header) or b"/Filter" not in header:
        return
    if b"/DecodeParms" in header or not _FLATE.search(header):
        raise FileRefused(ACTIVE_PDF)


def _unpacked(packed: bytes) -> Iterator[bytes]:
    """Give what a stream unpacks to, in pieces; nothing where it is packed in another way."""
    reader, rest = zlib.decompressobj(), packed
    try:
        while rest and not reader.eof:
            yield reader.decompress(rest, _PIECE)
            rest = reader.unconsumed_tail
    except zlib.error:
        return
