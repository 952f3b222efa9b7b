"""A submission in print: what a ministry files and an embassy sends (design: reliability 2)."""

from dataclasses import dataclass
from datetime import date

from cooperation.typeset.compiler import Document, compile_pdf
from cooperation.typeset.texts import Texts, document_date


@dataclass(frozen=True)
class SubmissionPrint:
    """All that the print says; the words around it come from the language's file."""

    language: str
    year: int
    number: str
    state: str
    dated_on: date
    root: str


def compile_submission(printed: SubmissionPrint) -> Document:
    """Return the submission's PDF; the same submission gives the same bytes."""
    texts = Texts(printed.language, "submission")
    data: dict[str, object] = {
        "document_title": texts.plain("document_title", number=printed.number, state=printed.state),
        "date": document_date(printed.dated_on),
        "state": printed.state,
        "number": printed.number,
        "root": printed.root,
    }
    return compile_pdf("submission", texts.common(year=printed.year) | data)
