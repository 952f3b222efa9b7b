"""PNG: whole and well-formed, not too large, without texts, places and times (PNG 3rd edition)."""

import struct
import zlib

from cooperation.responses.rules.uploads.refusals import too_many_pixels, wrong_content

MOST_PIXELS = 50_000_000
MILLION = 1_000_000

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP"}
    | {b"sBIT", b"bKGD", b"pHYs"}
)
"""What the picture needs to look the same; texts, EXIF, times and what nobody knows are left."""
_AROUND = 12
_IS_ANCILLARY = 0x20


def clean_png(content: bytes) -> bytes:
    """Return the picture without metadata and without what follows its end."""
    if not content.startswith(_SIGNATURE):
        raise wrong_content("png")
    kept = [_SIGNATURE]
    place, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        kind, data, place, chunk = _chunk(content, place)
        if len(kept) == 1:
            _check_header(kind, data)
        if kind in _KEPT:
            kept.append(chunk)
        elif not kind[0] & _IS_ANCILLARY:
            raise wrong_content("png")
    if not any(chunk[4:8] == b"IDAT" for chunk in kept[1:]):
        raise wrong_content("png")
    return b"".join(kept)


def _chunk(content: bytes, place: int) -> tuple[bytes, bytes, int, bytes]:
    """Return a chunk's kind and data, where the next begins, and the chunk itself."""
    head = content[place : place + 8]
    if len(head) < 8 or not head[4:].isalpha():
        raise wrong_content("png")
    (length,) = struct.unpack(">I", head[:4])
    chunk = content[place : place + length + _AROUND]
    if len(chunk) < length + _AROUND or zlib.crc32(chunk[4:-4]) != int.from_bytes(
        chunk[-4:], "big"
    ):
        raise wrong_content("png")
    return head[4:], chunk[8:-4], place + len(chunk), chunk


def _check_header(kind: bytes, data: bytes) -> None:
    if kind != b"IHDR" or len(data) != 13:
        raise wrong_content("png")
    width, height = struct.unpack(">II", data[:8])
    if not width or not height:
        raise wrong_content("png")
    if width * height > MOST_PIXELS:
        raise too_many_pixels(MOST_PIXELS // MILLION)
