"""The note verbale: a formal letter in the third person (design: interface 6).

No personal signature; a place for the seal, the addressee at the foot, the annex in a file of its
own that the note names by its number of pages and its hash.
"""

from dataclasses import dataclass
from datetime import date

from cooperation.typeset.compiler import Document, compile_pdf
from cooperation.typeset.texts import Texts, document_date


@dataclass(frozen=True)
class AnnexMark:
    """How a note names its annex."""

    pages: int
    sha256: str


@dataclass(frozen=True)
class NoteVerbale:
    """All that a note says; the texts around it come from the language's file.

    `addressee` is the whole form with article ('the Embassy of the Kingdom of Belgium'),
    `addressee_short` what the closing calls it ('the Embassy'). `addressee_lines` stand at the
    foot. The three optional texts are left out where they are empty.
    """

    language: str
    reference: str
    year: int
    addressee: str
    addressee_short: str
    addressee_lines: tuple[str, ...]
    deadline_on: date
    reply_languages: str
    platform: str
    contact: str
    place: str
    dated_on: date
    annex: AnnexMark
    co_facilitators: str = ""
    mandate: str = ""
    changes: str = ""


def compile_note(note: NoteVerbale) -> Document:
    """Return the note's PDF; the same note gives the same bytes."""
    texts = Texts(note.language, "note")
    return compile_pdf(
        "note", texts.common(year=note.year) | _body(note, texts) | _frame(note, texts)
    )


def _body(note: NoteVerbale, texts: Texts) -> dict[str, object]:
    optional = {
        "co_facilitators": _when(texts, "co_facilitators", names=note.co_facilitators),
        "mandate": _when(texts, "mandate", mandate=note.mandate),
        "changes": note.changes,
    }
    paragraphs = texts.paragraphs(
        "paragraphs",
        addressee=note.addressee,
        addressee_short=note.addressee_short,
        year=note.year,
        platform=note.platform,
        contact=note.contact,
        deadline=texts.day(note.deadline_on),
        reply_languages=note.reply_languages,
        **optional,
    )
    return {"paragraphs": paragraphs}


def _frame(note: NoteVerbale, texts: Texts) -> dict[str, object]:
    place_and_date = texts.plain("place_and_date", place=note.place, date=texts.day(note.dated_on))
    return {
        "document_title": texts.plain(
            "document_title", reference=note.reference, addressee=note.addressee
        ),
        "date": document_date(note.dated_on),
        "reference_label": texts.plain("reference"),
        "reference": note.reference,
        "title": texts.plain("title"),
        "place_and_date": place_and_date,
        "seal": texts.plain("seal"),
        "addressee_lines": list(note.addressee_lines),
        "annex_line": texts.plain("annex", year=note.year, pages=note.annex.pages),
        "annex_hash": texts.plain("annex_hash", hash=note.annex.sha256),
    }


def _when(texts: Texts, name: str, **values: str) -> str:
    return texts.plain(name, **values) if all(values.values()) else ""
