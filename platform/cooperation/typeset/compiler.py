"""One Typst compiler with the project's own fonts per process.

Fonts come from wheels, never from the machine, so that a document looks the same everywhere
(design: interface 8). The compiler is made at the first document: it costs 50 ms then, and a few
milliseconds for each document afterwards.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import typst

from cooperation.core.errors import Broken, Invalid
from cooperation.core.text import _

_TEMPLATES = Path(__file__).parent / "templates"
_FONT_PACKAGES = ("fontpkg_noto_serif", "fontpkg_amiri", "noto_cjk_sans_otc")
_FAMILIES = frozenset({"Noto Serif", "Amiri", "Noto Sans CJK SC"})
_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)")
_compiling = Lock()


class MissingFontsError(Broken):
    """A font package is not installed, or does not hold its font."""

    sentence = _("The fonts of the documents are not installed.")


class CannotTypesetError(Invalid):
    """The text holds characters that no font of the documents has, or broke the layout."""

    sentence = _(
        "The document could not be made: a text holds characters that the document's fonts lack."
    )


class TypesetBeforeForkError(Broken):
    """A document was made before this process was forked: Typst's threads did not come along.

    Typst would wait for them for ever, so it is not asked. Whoever starts workers makes no document
    before, or makes it in a process of its own.
    """

    sentence = _("The document could not be made. Tell whoever runs the platform to start it anew.")


@dataclass(frozen=True)
class Document:
    """A finished PDF file."""

    content: bytes
    pages: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the file in hexadecimal."""
        return sha256(self.content).hexdigest()


def font_folders() -> list[Path]:
    """Return the folders of the font packages; raises `MissingFontsError` where one is missing."""
    folders = []
    for name in _FONT_PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise MissingFontsError
        folders.append(Path(spec.origin).parent)
    return folders


def missing_fonts() -> frozenset[str]:
    """Return the font families that documents need and that are not there (for `doctor`)."""
    try:
        folders = [str(folder) for folder in font_folders()]
    except MissingFontsError:
        return _FAMILIES
    return _FAMILIES - set(_fonts(folders).families())


def _fonts(folders: list[str]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def _first_process() -> int:
    return os.getpid()


@cache
def _compiler() -> typst.Compiler:
    fonts = _fonts([str(folder) for folder in font_folders()])
    return typst.Compiler(root=str(_TEMPLATES), font_paths=fonts)


def compile_pdf(template: str, data: Mapping[str, object]) -> Document:
    """Return the PDF of `templates/<template>.typ` filled with `data`.

    `data` must be JSON-able and hold everything the template names, with its date. Raises
    `CannotTypesetError` where a character has no glyph, `TypesetBeforeForkError`.
    """
    if _first_process() != os.getpid():
        raise TypesetBeforeForkError
    source = str(_TEMPLATES / f"{template}.typ")
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with _compiling:
        try:
            content = _compiler().compile(
                source, format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"]
            )
        except typst.TypstError as error:
            raise CannotTypesetError from error
    if not isinstance(content, bytes):
        raise CannotTypesetError
    return Document(content=content, pages=count_pages(content))


def count_pages(content: bytes) -> int:
    """Return the number of pages of a PDF file that Typst made."""
    found = [int(number) for number in _PAGES.findall(content)]
    return max(found, default=0)
