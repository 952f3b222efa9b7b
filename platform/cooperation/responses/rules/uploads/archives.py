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
from itertools import chain

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from cooperation.responses.rules.uploads.refusals import (
    EMBEDDED,
    ENCRYPTED,
    LINKED,
    MACROS,
    MORE_THAN_ONE,
    TOO_LARGE_INSIDE,
    FileRefused,
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
    r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex/|^basic/|^scripts/", re.IGNORECASE
)
_EMBEDDED = re.compile(r"(^|/)(embeddings|externallinks)/|oleobject", re.IGNORECASE)
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
    {"oleobject", "package", "control", "activexcontrolbinary", "afchunk", "subdocument"}
)
_LINKED_KINDS = frozenset({"externallink", "externallinkpath", "attachedtemplate"})
"""What relations are for, whatever the name of the part that they lead to."""
_DECLARATIONS = re.compile(rb"<!(DOCTYPE|ENTITY)|\0")
_OVERLAP = 4096
_FIELDS = re.compile(rb"(?:instrText|fldSimple)([^<]*)")
_STARTED = re.compile(rb"\bDDE(AUTO)?\b|&#", re.IGNORECASE)
_ODT_LINKS = re.compile(
    rb"<[\w.-]+:(event-listener|dde-[a-z-]+)\b"
    rb"|<[\w.-]+:(image|fill-image|background-image|object|object-ole|plugin|applet|floating-frame"
    rb"|section-source|table-source)\b[^<]*?:href\s*=\s*[\"']\s*(&#|[A-Za-z][\w+.-]*:|//|\\)"
)
_OUTER = re.compile(r"(https?|mailto):[^\s]*", re.IGNORECASE)


def check_archive(content: bytes, *, kind: str) -> bytes:
    """Return the office file as it came; raises `FileRefused`."""
    members, directory = _members(content, kind)
    names = {member.filename for member in members}
    if _MAIN_MEMBER[kind] not in names:
        raise wrong_content(kind)
    _check_names(members)
    _check_sizes(members)
    _check_places(content, members, directory, kind)
    for member in members:
        _check_member(member.filename, _inflated(content, member, kind), kind)
    return content


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


def _check_names(members: Iterable[zipfile.ZipInfo]) -> None:
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
        if _EMBEDDED.search(name):
            raise FileRefused(EMBEDDED)


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    parsed = sum(each.file_size for each in members if each.filename.lower().endswith(_PARSED))
    if len(members) > MOST_MEMBERS or size > MOST_BYTES or size > packed * MOST_RATIO:
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


def _check_member(name: str, pieces: Iterator[bytes], kind: str) -> None:
    """Look into one member; all of it is inflated and so counted."""
    small = name.lower()
    head = next(pieces, b"")
    if head.startswith(_NESTED):
        raise FileRefused(EMBEDDED)
    if small.endswith(".rels"):
        _check_relations(_whole(head, pieces), kind)
    elif small == "[content_types].xml":
        _check_types(_whole(head, pieces), kind)
    elif small == "meta-inf/manifest.xml" and b"encryption-data" in _whole(head, pieces):
        raise FileRefused(ENCRYPTED)
    elif small.endswith(".xml"):
        _check_document(chain((head,), pieces), kind)
    else:
        for _piece in pieces:
            pass


def _whole(head: bytes, pieces: Iterator[bytes]) -> bytes:
    found = bytearray(head)
    for piece in pieces:
        found += piece
        if len(found) > _XML_BYTES:
            raise FileRefused(TOO_LARGE_INSIDE)
    return bytes(found)


def _check_document(pieces: Iterable[bytes], kind: str) -> None:
    """Refuse types and entities, another encoding, and fields that start another program (DDE)."""
    before = b""
    for piece in pieces:
        seen = before + piece
        if _DECLARATIONS.search(seen):
            raise wrong_content(kind)
        starts = any(_STARTED.search(field) for field in _FIELDS.findall(seen))
        if starts or (kind == "odt" and _ODT_LINKS.search(seen)):
            raise FileRefused(LINKED)
        before = piece[-_OVERLAP:]


def _check_types(document: bytes, kind: str) -> None:
    """Refuse the types of macros, as a reader of XML understands them."""
    for described in _parsed(document, kind):
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
        is_inside = relation.get("TargetMode", "Internal").strip().lower() == "internal"
        if is_inside and ":" not in target and not target.startswith("\\"):
            continue
        if purpose != "hyperlink" or not _OUTER.fullmatch(target):
            raise FileRefused(LINKED)


def _parsed(document: bytes, kind: str) -> Iterable[dict[str, str]]:
    """Return the attributes of an XML file's elements; no types, entities or outer references."""
    try:
        root = ElementTree.fromstring(document, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as failure:
        raise wrong_content(kind) from failure
    return [dict(element.attrib) for element in root.iter()]
