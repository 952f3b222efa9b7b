"""The export with proofs: what it holds leads from each answer to the log, and holds no more."""

import csv
import io
import json
import zipfile
from hashlib import sha256

import pytest

from cooperation.accounts.signin.service.exports import ExportLimitReached
from cooperation.audit import service as audit
from cooperation.core.errors import NotFound
from cooperation.publication import service
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.reading.service.comparing import compare_own
from cooperation.publication.reading.service.exporting import export_answers
from cooperation.publication.reading.service.proving import NoCheckpointError, export_proofs
from cooperation.responses.rules import SignedSubmission
from cooperation.vault.archive import write_archive
from cooperation.vault.merkle import leaf_hash, node_hash
from cooperation.vault.signed_notes import parse_note, parse_vkey, verify_note
from tests.fixtures.publication import STATE, Office
from tests.fixtures.responses import EDITION

CODE = "A-07"


@pytest.fixture
def office(published: Office) -> Office:
    """All that AF01 gave to the States Parties is published, and the log is signed."""
    published.sign_log()
    return published


def export(office: Office, person: str = "other_focal", **scope: str) -> dict[str, bytes]:
    """Return the parts of an export."""
    with office.round.acting(person) as ctx:
        download = export_proofs(ctx, EDITION, **scope)
    with zipfile.ZipFile(io.BytesIO(download.content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert write_archive(parts) == download.content
    return parts


def document(parts: dict[str, bytes]) -> dict:
    return json.loads(parts["published.json"])


def questions(parts: dict[str, bytes]) -> set[str]:
    return {each["question"] for each in document(parts)["answers"]}


def root_above(answer: dict, size: int) -> bytes:
    """Return the root that an answer's leaf and path lead to."""
    words = ("answer", *(answer[name] for name in ("question", "audience", "status", "commitment")))
    found, at, last = leaf_hash(" ".join(words).encode()), answer["index"], size - 1
    rest = [bytes.fromhex(each) for each in answer["path"]]
    while last:
        if at % 2 or at < last:
            beside = rest.pop(0)
            found = node_hash(beside, found) if at % 2 else node_hash(found, beside)
        at, last = at // 2, last // 2
    assert rest == []
    return found


def test_each_answer_leads_to_the_root_that_the_log_holds(office: Office) -> None:
    parts = export(office)
    told = document(parts)
    (submission,) = told["submissions"]
    entry = json.loads(parts["entry-AF01-1.json"])

    assert office.submission is not None
    assert list(parts)[1:] == ["entry-AF01-1.json", "proof-AF01-1.tlog-proof", "parts.txt"]
    assert submission["root"] == office.submission.root.hex() == entry["commitment"]
    assert submission["submission"] == office.submission.id == entry["scope"]["submission"]
    assert entry["action"] == "response.submitted"
    assert len(told["answers"]) > 30
    for each in told["answers"]:
        salted = b"\x00" + bytes.fromhex(each["salt"]) + each["answer"].encode()
        assert each["commitment"] == sha256(salted).hexdigest()
        assert root_above(each, submission["size"]).hex() == submission["root"]


def test_the_log_signs_the_parts_and_the_checkpoint(office: Office) -> None:
    parts = export(office)
    key = parse_vkey(document(parts)["log_key"])
    listed = verify_note(parts["parts.txt"].decode(), key)
    note = parts["proof-AF01-1.tlog-proof"].decode().partition("\n\n")[2]

    assert f"{sha256(parts['published.json']).hexdigest()} published.json\n" in listed
    assert verify_note(note, key).startswith(f"{document(parts)['origin']}\n")
    assert len(parse_note(note).signatures) == 1


def test_a_reader_is_told_nothing_of_other_answers(office: Office) -> None:
    parts = export(office, question_code=CODE)
    everything = b"".join(parts.values()).decode()
    (answer,) = document(parts)["answers"]
    with office.round.reading("signatory") as ctx:
        signed = compare_own(ctx, EDITION)
    assert signed is not None

    assert (answer["state"], answer["question"], answer["audience"]) == (STATE, CODE, "states")
    for leaf in signed.signed[0].answers.values():
        if leaf.question != CODE:
            assert leaf.question not in everything
            assert leaf.commitment.hex() not in everything
    assert "court" not in everything
    assert "restricted" not in everything


def test_the_courts_export_holds_what_the_court_reads(office: Office) -> None:
    mine, courts = export(office), export(office, "court")
    by_audience = {each["question"]: each["audience"] for each in document(courts)["answers"]}

    assert by_audience["A-05"] == "court"
    assert by_audience["A-12"] == "restricted"
    assert questions(courts) - questions(mine) >= {"A-05", "A-12"}
    assert {each["audience"] for each in document(mine)["answers"]} == {"states"}


def test_what_is_not_shown_has_no_proof(office: Office) -> None:
    with office.round.acting("signatory") as ctx:
        service.narrow(ctx, EDITION, CODE)
        ctx.session.get_one(PublishedAnswer, (EDITION, STATE, "A-06")).commitment = bytes(32)
    told, courts = document(export(office)), document(export(office, "court"))
    narrowed = next(each for each in courts["answers"] if each["question"] == CODE)

    assert told["left_out"] == [
        {"state": STATE, "question": "A-06", "why": "doubtful"},
        {"state": STATE, "question": CODE, "why": "narrowed"},
    ]
    assert {"A-06", CODE}.isdisjoint(each["question"] for each in told["answers"])
    assert narrowed["audience"] == "states"
    assert narrowed["narrowed_at"] == "2026-11-22T09:00:00.000Z"


def test_the_table_and_the_proofs_name_the_same_commitments(office: Office) -> None:
    with office.round.acting("other_focal") as ctx:
        table = export_answers(ctx, EDITION).content.decode("utf-8-sig")
    rows = {row["Question"]: row["Commitment"] for row in csv.DictReader(io.StringIO(table))}

    told = document(export(office))["answers"]
    assert rows == {each["question"]: each["commitment"] for each in told}


def test_an_export_is_logged_and_counted_as_the_table_is(office: Office) -> None:
    for _time in range(10):
        export(office, state_code=STATE)
    with office.round.reading("other_focal") as ctx:
        entries = audit.entries_for(ctx.session, action="published.exported")

    assert len(entries) == 10
    assert {entry.states for entry in entries} == {(STATE,)}
    with pytest.raises(ExportLimitReached):
        export(office, state_code=STATE)


def test_where_nothing_can_be_read_nothing_is_proved_or_counted(office: Office) -> None:
    with pytest.raises(NotFound):
        export(office, state_code="AF02")
    with office.round.reading("other_focal") as ctx:
        assert audit.entries_for(ctx.session, action="published.exported") == []


def test_without_a_checkpoint_over_it_a_submission_waits(published: Office) -> None:
    with pytest.raises(NoCheckpointError):
        export(published)


def test_a_manifest_of_the_first_kind_is_left_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignedSubmission, "is_provable", False)

    with pytest.raises(NotFound):
        export(office)
