"""A submission in print: what a ministry files and an embassy sends (design: reliability 2).

Knows no questionnaire and no rule: the caller hands over words, and says of each answer who may
read it. What people typed is data, cut into paragraphs here with their direction.
"""

import re
import unicodedata
from dataclasses import asdict
from datetime import UTC, date
from decimal import Decimal

from cooperation.typeset.compiler import Document, compile_pdf
from cooperation.typeset.coverage import SIGN_NAMED, printable
from cooperation.typeset.printed import (
    PrintedAudience,
    PrintedFile,
    PrintedPart,
    PrintedQuestion,
    PrintedSeal,
    PrintedStatus,
    PrintedTable,
    SubmissionPrint,
)
from cooperation.typeset.texts import Run, Texts

_WIDEST_TABLE = 5
_NARROWEST, _WIDEST_WORD, _FULL_CELL = 8, 26, 80
_MOST_LINES = 200
_LONG_WORD = re.compile("([^\\s\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\uffef]{12,})")
"""A word of twelve signs without a place to break; Chinese, Japanese and Korean break anywhere."""
_FINGERPRINT = re.compile("[0-9a-f]{64}")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_KILO = 1024
_LEAST = Decimal("0.1")

Paragraphs = list[dict[str, object]]


def compile_submission(printed: SubmissionPrint) -> Document:
    """Return the submission's PDF; the same submission gives the same bytes."""
    texts = Texts(printed.language, "submission")
    data = (
        texts.common(year=printed.year)
        | _head(printed, texts)
        | {"labels": {name: texts.plain(name) for name in _LABELS}}
        | {"facts": _facts(printed, texts), "settings": _settings(printed)}
        | {"audiences": _audiences(printed, texts)}
        | {"parts": [_part(part, texts) for part in printed.parts]}
        | {"proof": _proof(printed, texts), "seal": _seal(printed.seal, texts)}
    )
    return compile_pdf("submission", data)


_LABELS = (
    *("caption", "settings_title", "audiences_title", "contents_title", "part", "questions"),
    *("answered", "no_answer", "not_asked", "lost", "page", "comment", "file", "size", "sha256"),
    *("proof_caption", "proof_title", "check_title", "seal_title", "seal_mark", "answers"),
)


def _head(printed: SubmissionPrint, texts: Texts) -> dict[str, object]:
    at = printed.submitted_at.astimezone(UTC)
    named = {"reference": printed.reference, "state": printable(printed.state)}
    return {
        "document_title": texts.plain("document_title", **named),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "state": named["state"],
        "reference": printed.reference,
        "title": texts.plain("title", year=printed.year),
        "running": texts.plain("running", year=printed.year, number=printed.number),
        "confidential": _confidential(printed, texts),
        "root": printed.proof.root,
        "root_label": texts.plain("root"),
        "on_page": texts.plain("on_page", page="{page}"),
    }


def _confidential(printed: SubmissionPrint, texts: Texts) -> dict[str, str] | None:
    read = [each.audience for each in printed.questions if _is_answered(each)]
    for audience in (PrintedAudience.COURT, PrintedAudience.RESTRICTED):
        if audience in read:
            return {
                "audience": audience,
                "short": texts.plain(f"confidential_{audience}"),
                "long": texts.plain(f"confidential_{audience}_long", number=read.count(audience)),
            }
    return None


def _facts(printed: SubmissionPrint, texts: Texts) -> list[list[str]]:
    at = printed.submitted_at.astimezone(UTC)
    day, time = texts.day(at.date()), f"{at:%H:%M:%S}"
    late = "late" if printed.is_late else "in_time"
    signing = "signed_with_passkey" if printed.proof.is_by_passkey else "signed_with_code"
    pairs = (
        ("submission_number", printed.reference),
        ("submitted", texts.plain("moment", day=day, time=time)),
        ("deadline", texts.plain(late, day=texts.day(printed.deadline_on))),
        ("signed_by", texts.plain(signing, person=printable(printed.signed_by))),
        (
            "prepared_by",
            texts.plain(
                "prepared_by_same" if printed.is_by_one_person else "prepared_by_other",
                person=printable(printed.prepared_by),
            ),
        ),
    )
    return [[texts.plain(name), value] for name, value in pairs]


def _settings(printed: SubmissionPrint) -> list[dict[str, str]]:
    return [asdict(each) for each in printed.settings]


def _audiences(printed: SubmissionPrint, texts: Texts) -> list[dict[str, object]]:
    read = [each.audience for each in printed.questions if _is_answered(each)]
    return [
        {
            "audience": each.value,
            "tag": texts.plain(f"tag_{each}"),
            "words": texts.plain(f"audience_{each}"),
            "number": read.count(each),
        }
        for each in PrintedAudience
    ]


def _part(part: PrintedPart, texts: Texts) -> dict[str, object]:
    statuses = [each.status for each in part.questions]
    return {
        "code": part.code,
        "title": part.title,
        "heading": texts.plain("section_part", section=part.section, part=part.code),
        "counts": [
            statuses.count(PrintedStatus.ANSWERED),
            statuses.count(PrintedStatus.NO_ANSWER),
            statuses.count(PrintedStatus.NOT_ASKED),
        ],
        "questions": [_question(each, texts) for each in part.questions],
    }


def _question(question: PrintedQuestion, texts: Texts) -> dict[str, object]:
    notes = []
    if question.kept_from:
        notes.append(texts.plain("kept", edition=question.kept_from))
    if question.narrowed_on is not None:
        notes.append(texts.plain("narrowed", day=texts.day(question.narrowed_on)))
    return {
        "code": question.code,
        "title": question.title,
        "wording": question.wording,
        "status": question.status,
        "audience": question.audience if _is_answered(question) else None,
        "tag": texts.plain(f"tag_{question.audience}"),
        "choices": list(question.choices),
        "is_ordered": question.is_ordered,
        "said": paragraphs(question.text),
        "table": None if question.table is None else _table(question.table, texts),
        "files": [_file(each, texts) for each in question.files],
        "comment": paragraphs(question.comment),
        "notes": notes,
    }


def _is_answered(question: PrintedQuestion) -> bool:
    """Tell whether there is something to read: a comment without an answer is."""
    return question.status is PrintedStatus.ANSWERED or bool(question.comment)


def _table(table: PrintedTable, texts: Texts) -> dict[str, object]:
    """Return a table as it fits the page: ticked columns by name, wide rows one under the other."""
    if table.is_ticked:
        rows = [[row[0], ", ".join(filter(None, row[1:]))] for row in table.rows]
        return _shaped("table", ["", texts.plain("ticked")], rows)
    has_names = any(row[0] for row in table.rows)
    rows = [list(row if has_names else row[1:]) for row in table.rows]
    columns = [""] * has_names + list(table.columns)
    return _shaped("cards" if len(table.columns) > _WIDEST_TABLE else "table", columns, rows)


def _shaped(shape: str, columns: list[str], rows: list[list[str]]) -> dict[str, object]:
    return {
        "shape": shape,
        "columns": columns,
        "weights": [_weight(cells) for cells in zip(columns, *rows, strict=True)],
        "rows": [[paragraphs(cell) for cell in row] for row in rows],
    }


def _weight(cells: tuple[str, ...]) -> float:
    """Return how wide a column wants to be: its longest word, and more where cells are full."""
    longest = max((len(word) for cell in cells for word in cell.split()), default=0)
    fullest = max(len(cell) for cell in cells)
    return max(_NARROWEST, min(longest, _WIDEST_WORD)) + min(fullest, _FULL_CELL) / 8


def _file(file: PrintedFile, texts: Texts) -> dict[str, object]:
    name = "megabytes" if file.size >= _KILO * _KILO else "kilobytes"
    size = Decimal(file.size) / (_KILO * _KILO if name == "megabytes" else _KILO)
    return {
        "name": [_line(printable(file.name), is_left_to_right=True)],
        "size": texts.plain(name, size=texts.number(max(round(size, 1), _LEAST))),
        "sha256": file.sha256,
    }


def _proof(printed: SubmissionPrint, texts: Texts) -> dict[str, object]:
    proof = printed.proof
    origin = proof.log_key.partition("+")[0]
    facts = [("root", proof.root), ("log_entry", f"{proof.log_entry}")]
    if proof.log_key:
        facts += [("log_origin", origin), ("log_key", proof.log_key)]
    if proof.verifier_sha256:
        facts += [("verifier", proof.verifier_sha256)]
    signing = texts.plain("by_passkey" if proof.is_by_passkey else "by_code")
    return {
        "intro": texts.paragraphs("proof", signing=signing) + _missing_signs(printed, texts),
        "facts": [[texts.plain(name), _exact(value)] for name, value in facts],
        "steps": texts.paragraphs("steps"),
    }


def _missing_signs(printed: SubmissionPrint, texts: Texts) -> list[list[Run]]:
    said = (text for each in printed.questions for text in (each.text, each.comment))
    is_named = any(SIGN_NAMED in printable(text) for text in said)
    return texts.paragraphs("missing_signs") if is_named else []


def _seal(seal: PrintedSeal, texts: Texts) -> dict[str, object]:
    issuer = texts.plain("nobody") if seal.is_own else seal.issuer
    return {
        "intro": texts.paragraph("sealed_own" if seal.is_own else "sealed_by"),
        "facts": [
            [texts.plain("certificate"), _exact(seal.subject)],
            [texts.plain("issuer"), _exact(issuer)],
            [texts.plain("fingerprint"), seal.fingerprint],
            [texts.plain("valid_until"), _exact(texts.day(seal.ends_on))],
        ],
    }


def _exact(value: str) -> str | Paragraphs:
    """Return a fingerprint as it is, which is set in groups, and other words as lines."""
    return value if _FINGERPRINT.fullmatch(value) else paragraphs(value)


def printed_number(language: str, number: Decimal, unit: str | None) -> str:
    """Return an amount as the language writes it, with its unit."""
    written = Texts(language, "submission").number(number)
    return f"{written} {unit}" if unit else written


def printed_day(language: str, day: str) -> str:
    """Return an ISO day or month in full; as it stands where it is neither."""
    texts = Texts(language, "submission")
    try:
        if day.count("-") == 1:
            return texts.month(date.fromisoformat(f"{day}-01"))
        return texts.day(date.fromisoformat(day))
    except ValueError:
        return day


def paragraphs(text: str) -> Paragraphs:
    """Return what a person typed as lines with their direction; a blank line is a wider space.

    Every second piece of a line is a word that may be wider than its column. After many lines the
    others run on, so that thousands of short ones do not make a book.
    """
    found: Paragraphs = []
    is_after_blank = False
    lines = text.splitlines()
    for line in [*lines[:_MOST_LINES], " ¶ ".join(lines[_MOST_LINES:])]:
        shown = printable(line).strip()
        if shown:
            found.append(_line(shown, is_spaced=is_after_blank))
        is_after_blank = not shown and bool(found)
    return found


def _line(
    text: str, *, is_spaced: bool = False, is_left_to_right: bool = False
) -> dict[str, object]:
    return {
        "pieces": _LONG_WORD.split(text),
        "rtl": not is_left_to_right and is_right_to_left(text),
        "spaced": is_spaced,
    }


def is_right_to_left(text: str) -> bool:
    """Tell a line's direction by its first letter that has one (UAX 9, rules P2 and P3)."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind == "L" or kind in _RIGHT_TO_LEFT:
            return kind != "L"
    return False
