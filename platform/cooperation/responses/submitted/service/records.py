"""The plain bytes inside sealed records of drafts and submissions.

Length-prefixed fields with the canonical answer first, so that a bulk read gets the bytes that a
commitment binds without writing JSON anew.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from cooperation.editions.rules import UnreadableAnswerError, canonical, parse_canonical
from cooperation.responses.rules import Audience, DraftRecord, OpenedAnswer, Origin
from cooperation.vault.encoding import length_prefixed, split_fields

DRAFT_KIND = "draft_answer"
SUBMITTED_KIND = "submitted_answer"
ANSWER_FIELD = "answer"
FIRST_VERSION = 1

_DRAFT_FIELDS = 6
_DRAFT_FIELDS_WITH_UNFIT = 7
_SUBMITTED_FIELDS = 3


def draft_bytes(record: DraftRecord) -> bytes:
    """Return what is sealed for a draft answer; what is unfit follows where there is any."""
    origin, unfit = record.origin, record.answer.unfit
    fields: list[bytes | str] = [
        canonical(replace(record.answer, unfit=())),
        record.mark or "",
        origin.edition if origin else "",
        origin.salt if origin else b"",
        origin.audience if origin else "",
        origin.changed_in if origin else "",
    ]
    if unfit:
        fields.append(json.dumps(unfit, separators=(",", ":")))
    return length_prefixed(*fields)


def draft_record(content: bytes) -> DraftRecord:
    """Return the draft answer behind opened bytes; raises `CannotOpen`, `UnreadableAnswerError`."""
    fields = split_fields(content, _DRAFT_FIELDS, _DRAFT_FIELDS_WITH_UNFIT)
    answer, mark, edition, salt, audience, changed_in = fields[:_DRAFT_FIELDS]
    origin = None
    if edition:
        origin = Origin(edition.decode(), salt, Audience(audience.decode()), changed_in.decode())
    read = replace(parse_canonical(answer), unfit=_unfit(fields[_DRAFT_FIELDS:]))
    return DraftRecord(read, Audience(mark.decode()) if mark else None, origin)


def _unfit(fields: Sequence[bytes]) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((str(name), str(text)) for each in fields for name, text in json.loads(each))
    except (ValueError, TypeError) as error:
        raise UnreadableAnswerError from error


def submitted_bytes(opened: OpenedAnswer) -> bytes:
    """Return what is sealed for a submitted answer."""
    return length_prefixed(opened.canonical, opened.salt, opened.changed_in)


def opened_answer(content: bytes) -> OpenedAnswer:
    """Return the submitted answer behind opened bytes; raises `CannotOpen`."""
    answer, salt, changed_in = split_fields(content, _SUBMITTED_FIELDS)
    return OpenedAnswer(answer, salt, changed_in.decode())
