"""JPEG: whole and well-formed, not too large, without EXIF, XMP and comments (ITU-T T.81).

Only the orientation survives, in an EXIF segment of our own: a photograph of a document would
otherwise lie on its side. Its pixels stay as they are, byte for byte.
"""

import re
import struct

from cooperation.responses.rules.uploads.pngs import MILLION, MOST_PIXELS
from cooperation.responses.rules.uploads.refusals import too_many_pixels, wrong_content

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
_APPLICATION = frozenset(range(0xE0, 0xF0))
_COMMENT = 0xFE
_EXIF = b"Exif\0\0"
_PROFILE = b"ICC_PROFILE\0"
_ORIENTATION = 0x0112
_MOST_SEGMENTS = 20_000
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def clean_jpeg(content: bytes) -> bytes:
    """Return the photograph without metadata and without what follows its end."""
    if not content.startswith(b"\xff\xd8\xff"):
        raise wrong_content("jpeg")
    kept: list[bytes] = []
    orientation, has_frame, has_scan = 1, False, False
    place = 2
    for _number in range(_MOST_SEGMENTS):
        marker, segment, place = _segment(content, place)
        if marker == _END:
            break
        if marker in _FRAMES:
            _check_frame(segment)
            has_frame = True
        if marker == 0xE1:
            orientation = _orientation(segment[4:]) or orientation
        if _is_kept(marker, segment):
            kept.append(segment)
        if marker == _SCAN:
            has_scan = True
            scan_end = _scan_end(content, place)
            kept.append(content[place:scan_end])
            place = scan_end
    else:
        raise wrong_content("jpeg")
    if not has_frame or not has_scan:
        raise wrong_content("jpeg")
    if orientation != 1:
        kept.insert(_after_first(kept), _orientation_segment(orientation))
    return b"\xff\xd8" + b"".join(kept) + b"\xff\xd9"


def _segment(content: bytes, place: int) -> tuple[int, bytes, int]:
    """Return a marker, its segment with marker and length, and where the next begins."""
    if content[place : place + 1] != b"\xff":
        raise wrong_content("jpeg")
    while content[place + 1 : place + 2] == b"\xff":  # fill bytes
        place += 1
    marker = content[place + 1] if place + 1 < len(content) else 0
    if marker == _END:
        return marker, b"", place + 2
    length = int.from_bytes(content[place + 2 : place + 4], "big")
    segment = content[place : place + 2 + length]
    known = marker in _FRAMES | _TABLES | _APPLICATION or marker in {_SCAN, _COMMENT}
    if not known or length < 2 or len(segment) < length + 2:
        raise wrong_content("jpeg")
    return marker, segment, place + len(segment)


def _scan_end(content: bytes, place: int) -> int:
    """Return where the packed pixels end: at the first marker that is none of theirs."""
    found = _NEXT_MARKER.search(content, place)
    if found is None:
        raise wrong_content("jpeg")
    return len(content[place : found.start()].rstrip(b"\xff")) + place


def _is_kept(marker: int, segment: bytes) -> bool:
    """Tell whether the picture needs a segment: tables, frames, JFIF, colours."""
    if marker == 0xE2:
        return segment[4:].startswith(_PROFILE)
    if marker == 0xE0:
        return segment[4:].startswith(b"JFIF\0")
    return marker == 0xEE or not (marker in _APPLICATION or marker == _COMMENT)


def _check_frame(segment: bytes) -> None:
    if len(segment) < 10:
        raise wrong_content("jpeg")
    height, width = struct.unpack(">HH", segment[5:9])
    if not width or not height:
        raise wrong_content("jpeg")
    if width * height > MOST_PIXELS:
        raise too_many_pixels(MOST_PIXELS // MILLION)


def _orientation(exif: bytes) -> int | None:
    """Return how the camera was held (EXIF tag 0x0112), or None."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[6:10])
    if not exif.startswith(_EXIF) or order is None:
        return None
    block = exif[6:]
    try:
        (directory,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, directory)
        for number in range(min(count, 200)):
            tag, kind, _count, value = struct.unpack_from(
                f"{order}HHIH", block, directory + 2 + 12 * number
            )
            if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return None
    return None


def _orientation_segment(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    block = _EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def _after_first(kept: list[bytes]) -> int:
    """Return the place after a JFIF segment, which has to stay the first."""
    return 1 if kept and kept[0].startswith(b"\xff\xe0") else 0
