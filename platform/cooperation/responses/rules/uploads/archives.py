"""Office files: ZIP archives judged by directory and content, in memory (design: reliability 3).

The directory can lie, so that each member is inflated and its bytes are counted; what a reader of
another make could understand otherwise (bytes before or between members, two names, a comment that
holds a second directory) is refused.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from cooperation.responses.rules.uploads.fields import FieldReader
from cooperation.responses.rules.uploads.links import is_elsewhere, starts_program
from cooperation.responses.rules.uploads.refusals import (
    EMBEDDED,
    ENCRYPTED,
    LINKED,
    MACROS,
    MORE_THAN_ONE,
    TEMPLATE,
    TOO_LARGE_INSIDE,
    FileRefused,
    ending_of,
    wrong_content,
)

MOST_MEMBERS = 1000
MOST_BYTES = 100 * 1024 * 1024
MOST_RATIO = 100

_MAIN_MEMBER = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MARK = b"PK\x03\x04"
_END_BYTES = 22
_DESCRIPTOR_BYTES = 24
_PIECE = 64 * 1024
_XML_BYTES = 1024 * 1024
_ALL_XML_BYTES = 2 * _XML_BYTES
_PARSED = (".rels", "[content_types].xml")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_ENCRYPTED = 0x1
_MACROS = re.compile(
    r"(^|/)vba(project|data)[^/]*\.(bin|xml)$|(^|/)(macrosheets|dialogsheets|activex)/"
    r"|^(basic|scripts)/",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(r"(^|/)(embeddings|externallinks)/", re.IGNORECASE)
_INNER = re.compile(r"^(word|xl)/embeddings/[^/]+\.(docx|xlsx)$", re.IGNORECASE)
"""The table of a chart: a file of a kind that is taken, and looked at as one."""
_NESTED = (
    _LOCAL_MARK,
    b"Rar!\x1a",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"MZ",
    b"%PDF-",
)
_MACRO_TYPES = re.compile(r"macroEnabled|vbaProject|ms-excel\.(intl)?macrosheet", re.IGNORECASE)
_MACRO_KINDS = frozenset(
    {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet"}
)
_EMBEDDED_KINDS = frozenset(
    {"oleobject", "control", "activexcontrolbinary", "afchunk", "subdocument"}
)
_LINKED_KINDS = frozenset({"externallink", "externallinkpath"})
"""What relations are for, whatever the name of the part that they lead to."""
_DECLARATIONS = re.compile(rb"<!(DOCTYPE|ENTITY)|\0")
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"'>]*)")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})
"""In which `<!DOCTYPE` is written with the same bytes."""
_WORDS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ODT_LINKS = re.compile(
    rb"<[\w.-]+:(event-listener|dde-[a-z-]+)\b"
    rb"|<[\w.-]+:(image|fill-image|background-image|object|object-ole|plugin|applet|floating-frame"
    rb"|section-source|table-source)\b[^<]*?:href\s*=\s*[\"']\s*(&#|[A-Za-z][\w+.-]*:|//|\\)"
)


@dataclass
class _Room:
    """What one upload may still unpack to, with the files inside of it."""

    bytes_left: int = field(default_factory=lambda: MOST_BYTES)
    depth: int = 0


_LINKED_MEDIA = re.compile(
    rb"<[\w.-]{1,40}:(?:blip|\w{1,20}File)\b[^<]*?:link\s*=|<[\w.-]{1,40}:imagedata\b[^<]*?\br:href\s*="
)
"""A picture or film that is fetched, whatever its relation says of itself."""


def check_archive(content: bytes, *, kind: str) -> bytes:
    """Return the office file as it came; raises `FileRefused`."""
    _check_archive(content, kind, _Room())
    return content


def _check_archive(content: bytes, kind: str, room: _Room) -> None:
    members, directory = _members(content, kind)
    names = [member.filename for member in members]
    if _MAIN_MEMBER[kind] not in names:
        raise wrong_content(kind)
    _check_names(members, is_inside=room.depth > 0)
    _check_sizes(members, room)
    _check_places(content, members, directory, kind)
    for member in members:
        pieces = _inflated(content, member, kind)
        if _INNER.match(member.filename):
            inner = _Room(room.bytes_left, room.depth + 1)
            _check_archive(b"".join(pieces), ending_of(member.filename), inner)
            room.bytes_left = inner.bytes_left
        else:
            _check_member(member.filename, pieces, kind, names)


def _members(content: bytes, kind: str) -> tuple[list[zipfile.ZipInfo], int]:
    """Return the directory of an archive that ends with the file, and where it begins."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members, comment = archive.infolist(), archive.comment
            start = int(archive.start_dir)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error) as failure:
        raise wrong_content(kind) from failure
    if comment or content[-_END_BYTES : 4 - _END_BYTES] != b"PK\x05\x06":
        raise FileRefused(MORE_THAN_ONE)
    return members, start


def _check_names(members: Iterable[zipfile.ZipInfo], *, is_inside: bool) -> None:
    seen = set()
    for member in members:
        name = member.orig_filename
        steps = name.split("/")
        is_outside = name.startswith("/") or ".." in steps or ":" in name or "\\" in name
        if is_outside or "\0" in name or name.lower() in seen:
            raise FileRefused(MORE_THAN_ONE)
        seen.add(name.lower())
        if stat.S_ISLNK(member.external_attr >> 16):
            raise FileRefused(MORE_THAN_ONE)
        if member.flag_bits & _IS_ENCRYPTED:
            raise FileRefused(ENCRYPTED)
        if _MACROS.search(name):
            raise FileRefused(MACROS)
        if _EMBEDDED.search(name) and (is_inside or not _INNER.match(name)):
            raise FileRefused(EMBEDDED)


def _check_sizes(members: list[zipfile.ZipInfo], room: _Room) -> None:
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    parsed = sum(each.file_size for each in members if each.filename.lower().endswith(_PARSED))
    room.bytes_left -= size
    if len(members) > MOST_MEMBERS or room.bytes_left < 0 or size > packed * MOST_RATIO:
        raise FileRefused(TOO_LARGE_INSIDE)
    if parsed > _ALL_XML_BYTES:
        raise FileRefused(TOO_LARGE_INSIDE)


def _check_places(
    content: bytes, members: list[zipfile.ZipInfo], directory: int, kind: str
) -> None:
    """See that members begin with the file and follow each other, with nothing between them."""
    end, gap = 0, 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if not end <= member.header_offset <= end + gap:
            raise FileRefused(MORE_THAN_ONE)
        end, gap = _data_start(content, member, kind) + member.compress_size, _DESCRIPTOR_BYTES
    if not end <= directory <= end + gap:
        raise FileRefused(MORE_THAN_ONE)


def _data_start(content: bytes, member: zipfile.ZipInfo, kind: str) -> int:
    """Return where a member's bytes begin; its own header has to name it as the directory does."""
    header = content[member.header_offset : member.header_offset + _LOCAL.size]
    if len(header) < _LOCAL.size:
        raise wrong_content(kind)
    fields = _LOCAL.unpack(header)
    name_bytes, more_bytes = fields[9], fields[10]
    name_at = member.header_offset + _LOCAL.size
    name = content[name_at : name_at + name_bytes]
    encoding = "utf-8" if member.flag_bits & 0x800 else "cp437"
    if fields[0] != _LOCAL_MARK or name != member.orig_filename.encode(encoding, "replace"):
        raise FileRefused(MORE_THAN_ONE)
    return int(name_at + name_bytes + more_bytes)


def _inflated(content: bytes, member: zipfile.ZipInfo, kind: str) -> Iterator[bytes]:
    """Give a member's bytes in pieces; raises where they are not as many as the directory says."""
    if member.compress_type not in _METHODS:
        raise wrong_content(kind)
    start = _data_start(content, member, kind)
    packed = content[start : start + member.compress_size]
    pieces = (packed,) if member.compress_type == zipfile.ZIP_STORED else _unpacked(packed, kind)
    size = checksum = 0
    for piece in pieces:
        size += len(piece)
        if size > member.file_size:
            raise FileRefused(TOO_LARGE_INSIDE)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if size != member.file_size or checksum != member.CRC:
        raise wrong_content(kind)


def _unpacked(packed: bytes, kind: str) -> Iterator[bytes]:
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        rest = packed
        while not reader.eof:
            piece = reader.decompress(rest, _PIECE)
            rest = reader.unconsumed_tail
            if not piece and not rest:
                break
            yield piece
    except zlib.error as failure:
        raise wrong_content(kind) from failure
    if not reader.eof or reader.unused_data:
        raise wrong_content(kind)


def _check_member(name: str, pieces: Iterator[bytes], kind: str, names: list[str]) -> None:
    """Look into one member; all of it is inflated and so counted."""
    small = name.lower()
    head = next(pieces, b"")
    if head.startswith(_NESTED):
        raise FileRefused(EMBEDDED)
    is_markup = bool(_WORDS.match(head)) or (bool(head) and small.endswith((".rels", ".xml")))
    if is_markup:
        _check_encoding(head, kind)
    if small.endswith(".rels"):
        _check_relations(_whole(head, pieces), kind)
    elif small == "[content_types].xml":
        _check_types(_whole(head, pieces), kind, names)
    elif small == "meta-inf/manifest.xml" and b"encryption-data" in _whole(head, pieces):
        raise FileRefused(ENCRYPTED)
    elif is_markup:
        _check_document(chain((head,), pieces), kind)
    else:
        for _piece in pieces:
            pass


def _check_encoding(head: bytes, kind: str) -> None:
    """Refuse markup whose `<` is written with other bytes: nothing would be found in it."""
    encoding = _ENCODING.match(head)
    if not _WORDS.match(head) or (encoding and encoding.group(1).lower() not in _ENCODINGS):
        raise wrong_content(kind)


def _whole(head: bytes, pieces: Iterator[bytes]) -> bytes:
    found = bytearray(head)
    for piece in pieces:
        found += piece
        if len(found) > _XML_BYTES:
            raise FileRefused(TOO_LARGE_INSIDE)
    return bytes(found)


def _cut_before_elements(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give the same bytes in pieces that end where an element begins."""
    waiting = b""
    for piece in pieces:
        waiting += piece
        place = waiting.rfind(b"<")
        if place > 0 or len(waiting) > _XML_BYTES:
            end = place if place > 0 else len(waiting)
            yield waiting[:end]
            waiting = waiting[end:]
    yield waiting


def _check_document(pieces: Iterable[bytes], kind: str) -> None:
    """Refuse types and entities, and what starts another program or is fetched."""
    fields = FieldReader()
    for piece in _cut_before_elements(pieces):
        if _DECLARATIONS.search(piece):
            raise wrong_content(kind)
        if (_ODT_LINKS if kind == "odt" else _LINKED_MEDIA).search(piece):
            raise FileRefused(LINKED)
        if kind == "docx":
            fields.read(piece)
    fields.close()


def _check_types(document: bytes, kind: str, names: list[str]) -> None:
    """Refuse the types of macros; what is said of an ending that no part has says nothing."""
    endings = {ending_of(name) for name in names}
    for described in _parsed(document, kind):
        ending = described.get("Extension")
        if ending is not None and ending.strip().lower() not in endings:
            continue
        if any(_MACRO_TYPES.search(value) for value in described.values()):
            raise FileRefused(MACROS)


def _check_relations(document: bytes, kind: str) -> None:
    """Refuse what runs, and what is fetched from elsewhere; links to click may stay."""
    for relation in _parsed(document, kind):
        target, type_ = relation.get("Target", ""), relation.get("Type", "")
        purpose = type_.rpartition("/")[2].strip().lower()
        if purpose in _MACRO_KINDS:
            raise FileRefused(MACROS)
        if purpose in _EMBEDDED_KINDS:
            raise FileRefused(EMBEDDED)
        if purpose in _LINKED_KINDS:
            raise FileRefused(LINKED)
        if purpose == "attachedtemplate":
            _check_template(target)
        elif purpose == "hyperlink":
            if starts_program(target):
                raise FileRefused(LINKED)
        else:
            _check_inside(relation.get("TargetMode", "Internal"), target, purpose)


def _check_template(target: str) -> None:
    """Let a letterhead of the writer's own computer be, which nobody else fetches."""
    if is_elsewhere(target):
        raise FileRefused(TEMPLATE)


def _check_inside(mode: str, target: str, purpose: str) -> None:
    is_inside = mode.strip().lower() == "internal"
    if not is_inside or ":" in target or target.startswith(("\\", "//")):
        raise FileRefused(LINKED)
    if purpose == "package" and ending_of(target) not in _MAIN_MEMBER:
        raise FileRefused(EMBEDDED)


def _parsed(document: bytes, kind: str) -> Iterable[dict[str, str]]:
    """Return the attributes of an XML file's elements; no types, entities or outer references."""
    try:
        root = ElementTree.fromstring(document, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as failure:
        raise wrong_content(kind) from failure
    return [dict(element.attrib) for element in root.iter()]
