"""Which characters the documents' fonts have, so that no answer keeps a document from being made.

Typst refuses a text with a character that no font has (PDF/A asks for every glyph), and what a
State writes cannot be refused for its script. Such a character is printed as its number, [U+1F600].
Read from the fonts' own tables (OpenType 1.9, `cmap`, formats 4 and 12).
"""

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO

from cooperation.core.characters import nfc
from cooperation.typeset.compiler import font_folders

_COLLECTION = b"ttcf"
_SUFFIXES = frozenset({".ttf", ".ttc", ".otf"})
_SEGMENTS, _GROUPS = 4, 12
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u200b\u200e\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
SIGN_NAMED = "[U+"
"""How the name of a sign begins that no font has."""
_KEPT_CLUSTERS = 8_192
_MISSING = "\0"

_Ranges = tuple[list[int], list[int]]
"""First and last code points of the ranges, both sorted."""


def printable(text: str) -> str:
    """Return `text` with the number of each character that no font has in the character's place.

    Of several in a row, the first one's number and how many follow. Signs that only steer the
    layout (joiners, marks of direction, variants) are left out. A letter and its accents must come
    from one font, as they are set by one.
    """
    shown = _UNSEEN.sub("", nfc(text))
    if shown.isascii():
        return shown
    found: list[str] = []
    missing: list[str] = []
    for cluster in _clusters(shown):
        for sign in _set_signs(cluster):
            if sign.startswith(_MISSING):
                missing.append(sign[1:])
                continue
            found += [_named(missing), sign]
            missing = []
    return "".join([*found, _named(missing)])


def _named(missing: list[str]) -> str:
    if not missing:
        return ""
    more = f" +{len(missing) - 1}" if len(missing) > 1 else ""
    return f"{SIGN_NAMED}{ord(missing[0]):04X}{more}]"


def _clusters(text: str) -> Iterator[str]:
    """Cut a text into letters, each with the marks that follow it."""
    cluster = ""
    for sign in text:
        if cluster and unicodedata.category(sign).startswith("M"):
            cluster += sign
            continue
        yield cluster
        cluster = sign
    yield cluster


@lru_cache(_KEPT_CLUSTERS)
def _set_signs(cluster: str) -> tuple[str, ...]:
    """Return what is set of a letter with its marks; what no font has comes after a NUL."""
    if any(all(_has(font, sign) for sign in cluster) for font in _fonts()):
        return (cluster,)
    return tuple(sign if _is_alone(sign) else _MISSING + sign for sign in cluster)


def _is_alone(sign: str) -> bool:
    """Tell whether a sign can be set by itself: a font has it, and it needs no letter before it."""
    is_mark = unicodedata.category(sign).startswith("M")
    return not is_mark and any(_has(font, sign) for font in _fonts())


def _has(font: _Ranges, sign: str) -> bool:
    firsts, lasts = font
    place = bisect_right(firsts, ord(sign)) - 1
    return sign in "\n\t" or (place >= 0 and ord(sign) <= lasts[place])


@cache
def _fonts() -> tuple[_Ranges, ...]:
    """Return the ranges of every font file that answers are set in, upright and regular."""
    files = [file for folder in font_folders() for file in sorted(folder.rglob("*"))]
    return tuple(
        _ranges_of(file)
        for file in files
        if file.suffix in _SUFFIXES and "Italic" not in file.name and "Bold" not in file.name
    )


def _ranges_of(path: Path) -> _Ranges:
    with path.open("rb") as file:
        start = 0
        if file.read(4) == _COLLECTION:
            start = _number(file, 12, ">I")
        tables = _number(file, start + 4, ">H")
        for place in range(tables):
            entry = start + 12 + 16 * place
            file.seek(entry)
            if file.read(4) == b"cmap":
                return _joined(_read_cmap(file, _number(file, entry + 8, ">I")))
    return [], []


def _number(file: BinaryIO, place: int, form: str) -> int:
    file.seek(place)
    (found,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return int(found)


def _read_cmap(file: BinaryIO, start: int) -> list[tuple[int, int]]:
    """Return the ranges of the fullest table: format 12 where there is one, else format 4."""
    count = _number(file, start + 2, ">H")
    places = [start + _number(file, start + 8 + 8 * each, ">I") for each in range(count)]
    forms = {_number(file, place, ">H"): place for place in places}
    if _GROUPS in forms:
        file.seek(forms[_GROUPS] + 12)
        (groups,) = struct.unpack(">I", file.read(4))
        found = struct.iter_unpack(">III", file.read(12 * groups))
        return [(first, last) for first, last, _glyph in found]
    place = forms[_SEGMENTS]
    segments = _number(file, place + 6, ">H") // 2
    file.seek(place + 14)
    lasts = struct.unpack(f">{segments}H", file.read(2 * segments))
    file.seek(2, 1)
    firsts = struct.unpack(f">{segments}H", file.read(2 * segments))
    return [pair for pair in zip(firsts, lasts, strict=True) if pair != (0xFFFF, 0xFFFF)]


def _joined(ranges: list[tuple[int, int]]) -> _Ranges:
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted(ranges):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts
