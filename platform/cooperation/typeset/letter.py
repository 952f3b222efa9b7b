"""Code letters: one sheet for each State with the printed half of its invitation (vault.md).

Made in the head's request and kept nowhere. A second sheet, for an envelope of its own, holds the
link where no e-mail address is known.
"""

from dataclasses import dataclass
from datetime import date

import segno

from cooperation.typeset.compiler import Document, compile_pdf
from cooperation.typeset.texts import Texts, document_date


@dataclass(frozen=True, repr=False)
class CodeLetter:
    """What one State's letter says; `link` is set only where it must be sent on paper."""

    reference: str
    state: str
    addressee: str
    addressee_lines: tuple[str, ...]
    code: str
    ends_on: date
    link: str | None = None


def compile_letters(
    letters: tuple[CodeLetter, ...],
    *,
    language: str,
    year: int,
    dated_on: date,
    place: str,
    contact: str,
) -> Document:
    """Return one PDF with every letter, and a link sheet after those without an e-mail address."""
    texts = Texts(language, "letter")
    labels = (
        *("caption", "title", "reference", "state", "code", "steps_title", "warning_title"),
        *("warning", "link_caption", "link_title", "link", "link_warning", "qr"),
    )
    data: dict[str, object] = {
        "document_title": texts.plain("document_title", date=texts.day(dated_on)),
        "date": document_date(dated_on),
        "place_and_date": texts.plain("place_and_date", place=place, date=texts.day(dated_on)),
        "labels": {name: texts.plain(name) for name in labels},
        "steps": texts.each("steps"),
        "letters": [_sheet(letter, texts, contact) for letter in letters],
    }
    return compile_pdf("letter", texts.common(year=year) | data)


def grouped(code: str) -> list[str]:
    """Return a printed code in groups of five, whatever spaces or dashes it came with."""
    letters = [sign for sign in code if sign.isalnum()]
    return ["".join(letters[start : start + 5]) for start in range(0, len(letters), 5)]


def _sheet(letter: CodeLetter, texts: Texts, contact: str) -> dict[str, object]:
    channel = texts.plain("by_email" if letter.link is None else "by_envelope")
    ends = texts.day(letter.ends_on)
    return {
        "reference": letter.reference,
        "state": letter.state,
        "addressee_lines": list(letter.addressee_lines),
        "code": grouped(letter.code),
        "intro": texts.paragraph("intro", addressee=letter.addressee, channel=channel),
        "limits": texts.paragraph("limits", ends=ends, contact=contact),
        "link": letter.link,
        "square": None if letter.link is None else _square(letter.link),
        "link_intro": texts.paragraph("link_intro", state=letter.state),
        "link_how": texts.paragraph("link_how", ends=ends),
    }


def _square(link: str) -> str:
    return segno.make(link, error="m", micro=False).svg_inline(border=0, dark="#1c2326")
