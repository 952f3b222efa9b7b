"""Make the web fonts from the installed font packages: `python -m cooperation.web.kit.fonts`.

Needed only when a font package changes; the three families' subsets are committed, so that no
instance builds anything. Order of work from design/interface.md 9: subset, save, reload, cut axes.
Noto is under the SIL Open Font License 1.1 without a reserved name (static/fonts/OFL.txt).
"""

import io
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parent / "static" / "fonts"

LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x192, 0x1FA, 0x1FB, 0x218, 0x219, 0x21A, 0x21B, 0x2C6, 0x2C7, 0x2D8, 0x2D9, 0x2DA, 0x2DB),
    *(0x2DC, 0x1E9E, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C),
    *(0x201D, 0x201E, 0x2020, 0x2022, 0x2026, 0x202F, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044),
    *(0x20AC, 0x2116, 0x2122, 0x2190, 0x2192, 0x2212, 0x2260, 0x2264, 0x2265),
]
CYRILLIC = [*range(0x400, 0x460), 0x490, 0x491, 0x2116]
ARABIC = [
    *(0x20, 0xA0, 0xAB, 0xBB, 0x200C, 0x200D, 0x200E, 0x200F, 0x2026),
    *range(0x600, 0x700),
    *range(0x750, 0x780),
]

SOURCES = [
    ("fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf", "noto-serif-latin", LATIN),
    ("fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf", "noto-serif-cyrillic", CYRILLIC),
    ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf", "noto-sans-arabic", ARABIC),
]


def make_font(package: str, source: str, name: str, characters: list[int]) -> Path:
    """Write the subset of one family, weights 400 to 700, and return its path."""
    options = Options()
    options.hinting = False
    options.layout_features = ["*"] if name == "noto-sans-arabic" else ["kern", "liga", "lnum"]
    font = TTFont(str(files(package) / "files" / source))
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)
    buffer.seek(0)
    cut = instantiateVariableFont(TTFont(buffer), {"wdth": 100, "wght": (400, 700)})
    cut.flavor = "woff2"
    target = FONTS / f"{name}.woff2"
    cut.save(target)
    return target


def make_fonts() -> list[Path]:
    """Write every subset."""
    return [make_font(*source) for source in SOURCES]


if __name__ == "__main__":
    make_fonts()
