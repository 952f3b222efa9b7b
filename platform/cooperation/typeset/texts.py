"""The fixed texts of documents, one file per language, and how values get into them.

The layout is one for all languages: direction, fonts and spacing follow the language. A language is
ready when its file stands beside `en.json` with the same keys. Two marks are read in our own texts
only, and before values are filled in, so that what a person typed is never markup: `*...*` is
strong, `~...~` an address that is neither hyphenated nor mirrored.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal

from cooperation.core.errors import Invalid
from cooperation.core.text import _

_FOLDER = Path(__file__).parent / "texts"

Run = dict[str, str]
_MARKED = re.compile(r"([*~])(.+?)\1")
_STYLE = {"*": "strong", "~": "address"}
TextTree = dict[str, "str | list[str] | TextTree"]


class LanguageMissingError(Invalid):
    """Documents cannot be made in this language yet."""

    sentence = _("Documents cannot be made in this language yet.")


def languages() -> tuple[str, ...]:
    """Return the languages whose texts are there, sorted by code."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def _tree(language: str) -> TextTree:
    if language not in languages():
        raise LanguageMissingError
    loaded: TextTree = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Texts:
    """The texts of one document in one language; a missing key is a programming error."""

    language: str
    chapter: str

    def _find(self, name: str) -> "str | list[str] | TextTree":
        tree = _tree(self.language)
        chapter = tree[self.chapter]
        if isinstance(chapter, dict) and name in chapter:
            return chapter[name]
        return tree[name]

    def plain(self, name: str, **values: object) -> str:
        """Return one text with its values."""
        found = self._find(name)
        if not isinstance(found, str):
            raise TypeError(name)
        return _filled(found, values)

    def each(self, name: str) -> list[str]:
        """Return a list of texts as they stand in the file."""
        found = self._find(name)
        if not isinstance(found, list):
            raise TypeError(name)
        return found

    def paragraphs(self, name: str, **values: object) -> list[list[Run]]:
        """Return a list of paragraphs, each as runs of text."""
        return [runs(text, values) for text in self.each(name)]

    def paragraph(self, name: str, **values: object) -> list[Run]:
        """Return one paragraph as runs of text."""
        found = self._find(name)
        if not isinstance(found, str):
            raise TypeError(name)
        return runs(found, values)

    def day(self, day: date) -> str:
        """Return a day in full, as the language writes it in a letter."""
        return format_date(day, format="d MMMM y", locale=self.plain("locale"))

    def month(self, day: date) -> str:
        """Return a month in full."""
        return format_date(day, format="MMMM y", locale=self.plain("locale"))

    def number(self, number: Decimal) -> str:
        """Return a number with all its decimals, in groups of three figures."""
        decimals = max(0, -int(number.normalize().as_tuple().exponent))
        form = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(number, format=form, locale=self.plain("locale"))

    def common(self, *, year: int) -> dict[str, object]:
        """Return what head and foot of every document need."""
        return {
            "language": self.language,
            "edition_line": self.plain("edition_line", year=year),
            "organisation": self.plain("organisation"),
            "statute": self.plain("statute"),
            "footer": self.plain("footer"),
            "page_of": self.plain("page_of", page="{page}", pages="{pages}"),
        }


def runs(text: str, values: Mapping[str, object]) -> list[Run]:
    """Return `text` cut at its marks into runs, each with its style; values are filled in after."""
    found: list[Run] = []
    position = 0
    for marked in _MARKED.finditer(text):
        found.append({"text": text[position : marked.start()], "style": "plain"})
        found.append({"text": marked[2], "style": _STYLE[marked[1]]})
        position = marked.end()
    found.append({"text": text[position:], "style": "plain"})
    filled = [run | {"text": _filled(run["text"], values)} for run in found]
    return [run for run in filled if run["text"].strip()]


def organisation_name() -> str:
    """Return the organisation's name as it heads the documents, in English."""
    return Texts("en", "submission").plain("organisation")


def document_date(day: date) -> list[int]:
    """Return a day as Typst's `datetime` takes it."""
    return [day.year, day.month, day.day]


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text.format_map({name: str(value) for name, value in values.items()})
