"""The annexed questionnaire in print: every question with room to write (note_verbale, 4.1).

Made once for an edition and a language, named by each note with its pages and hash. Knows no
questionnaire: the caller hands over titles, wordings and what kind of room each answer needs.
"""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from cooperation.typeset.compiler import Document, compile_pdf
from cooperation.typeset.texts import Texts, document_date


class Room(StrEnum):
    """The room that an answer needs on paper."""

    LINE = "line"
    BOX = "box"
    ONE = "one"
    MANY = "many"
    TABLE = "table"
    DERIVED = "derived"


@dataclass(frozen=True)
class AnnexQuestion:
    """One question as it is printed.

    `notes` are the small lines under the wording (help, condition, who may read); `hint` says how
    to fill the room. `is_markable` prints the boxes for narrowing the audience. `rows` are the
    titles of a table's fixed rows; where there are none, `blank_rows` are printed.
    """

    code: str
    title: str
    wording: str
    room: Room
    notes: tuple[str, ...] = ()
    hint: str = ""
    audience: str = ""
    is_markable: bool = False
    is_required: bool = False
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    blank_rows: int = 3


@dataclass(frozen=True)
class AnnexPart:
    """One part of the questionnaire."""

    code: str
    section: str
    title: str
    questions: tuple[AnnexQuestion, ...]


@dataclass(frozen=True)
class AnnexProof:
    """What checks receipts, on paper: the program, its hash, and the public key of the log."""

    verifier: str
    verifier_hash: str
    log_key: str


@dataclass(frozen=True)
class Annex:
    """The whole annex of one edition."""

    language: str
    reference: str
    year: int
    deadline_on: date
    dated_on: date
    platform: str
    contact: str
    proof: AnnexProof
    parts: tuple[AnnexPart, ...]


def annex_text(language: str, name: str, **values: object) -> str:
    """Return one of the annex's own phrases, for hints that depend on a question's limits."""
    return Texts(language, "annex").plain(name, **values)


def compile_annex(annex: Annex) -> Document:
    """Return the annex's PDF; the same questionnaire gives the same bytes."""
    texts = Texts(annex.language, "annex")
    labels = (
        *("contents", "part", "questions", "required", "state", "completed_by", "completed_on"),
        *("mark_restricted", "mark_court", "proof_title", "verifier_hash", "log_key"),
    )
    named = {"reference": annex.reference, "year": annex.year}
    data: dict[str, object] = {
        "document_title": texts.plain("document_title", **named),
        "date": document_date(annex.dated_on),
        "reference": annex.reference,
        "caption": texts.plain("caption", **named),
        "title": texts.plain("title", **named),
        "intro": texts.paragraphs(
            "intro",
            deadline=texts.day(annex.deadline_on),
            platform=annex.platform,
            contact=annex.contact,
        ),
        "proof": {
            "paragraphs": texts.paragraphs(
                "proof", verifier=annex.proof.verifier, platform=annex.platform
            ),
            "verifier_hash": annex.proof.verifier_hash,
            "log_key": annex.proof.log_key,
        },
        "labels": {name: texts.plain(name) for name in labels},
        "parts": [
            asdict(part)
            | {"heading": texts.plain("section_part", section=part.section, part=part.code)}
            for part in annex.parts
        ],
    }
    return compile_pdf("annex", texts.common(year=annex.year) | data)
