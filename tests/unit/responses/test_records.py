"""What is sealed of a draft answer, in the form of today and of before."""

import json

import pytest

from cooperation.editions.rules import Answer, UnreadableAnswerError, canonical
from cooperation.responses.rules import Audience, DraftRecord, Origin
from cooperation.responses.submitted.service.records import draft_bytes, draft_record
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.errors import CannotOpen

ORIGIN = Origin("2025", b"salt", Audience.STATES, "2024")
PLAIN = Answer(text="Words", comment="More")


@pytest.mark.parametrize(
    "record",
    [
        DraftRecord(),
        DraftRecord(PLAIN, Audience.COURT, ORIGIN),
        DraftRecord(Answer(unfit=(("B-06", "soon"),))),
        DraftRecord(Answer(unfit=(("B-27", "cost"), ("B-27", "cost"), ("B-27", "\ud800\u202e")))),
    ],
)
def test_a_record_comes_back_as_it_was(record):
    assert draft_record(draft_bytes(record)) == record


def test_records_from_before_open_and_are_written_as_before():
    before = length_prefixed(canonical(PLAIN), "court", "2025", b"salt", "states", "2024")

    record = draft_record(before)

    assert record == DraftRecord(PLAIN, Audience.COURT, ORIGIN)
    assert draft_bytes(record) == before


@pytest.mark.parametrize("tail", [b"{", b"7", b'["no pair"]', json.dumps([["a"]]).encode()])
def test_what_is_no_list_of_fields_is_told_as_unreadable(tail):
    fields = (canonical(PLAIN), "", "", b"", "", "")

    with pytest.raises(UnreadableAnswerError):
        draft_record(length_prefixed(*fields, tail))
    with pytest.raises(CannotOpen):
        draft_record(length_prefixed(*fields, b"[]", b"[]"))
