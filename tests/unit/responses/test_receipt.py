"""A receipt proves off-line what was filed; whatever is changed in it is refused (R17)."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.core.errors import NotAllowed, NotFound, StepUpNeeded
from cooperation.offline import VERIFIER, verify_receipt
from cooperation.responses import service
from cooperation.responses.rules import Submission
from cooperation.responses.submitted.service import receipt as receipts
from cooperation.responses.submitted.service.receipt import (
    NotInCheckpointError,
    make_receipt,
    receipt_page,
)
from cooperation.vault.archive import write_archive
from cooperation.vault.encoding import canonical_json
from cooperation.vault.keys import SigningKey
from cooperation.vault.signed_notes import WITNESS_KIND, vkey_of
from tests.fixtures.circles import NOW
from tests.fixtures.receipts import (
    PDF,
    WITNESS,
    Filed,
    filed,
    issue,
    judged,
    print_nothing,
    with_byte,
)
from tests.fixtures.responses import EDITION, Round

PROGRAM = Path(verify_receipt.__file__)
CHECKS = (
    *("archive", "documents", "parts", "answers", "root"),
    *("signature", "passkey", "log", "checkpoint", "witnesses"),
)
Documents = dict[str, dict]


def run(path: Path, *arguments: str) -> tuple[int, str]:
    """Run the program as a State would, alone."""
    command = [sys.executable, "-I", str(PROGRAM), *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=path.parent, timeout=20)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def on_disk(receipt: Filed, tmp_path: Path) -> Path:
    """The receipt as a file."""
    path = tmp_path / "receipt.zip"
    path.write_bytes(receipt.archive)
    return path


# --- the program ----------------------------------------------------------------------------------


def test_program_verifies_a_receipt_by_itself(receipt: Filed, on_disk: Path) -> None:
    code, said = run(on_disk, "--key", receipt.log_key, "--witness", receipt.witness_key)

    assert code == 0
    assert [line.split()[1] for line in said.splitlines()[:-1]] == list(CHECKS)
    assert "State AF01, edition 2026, submission 1, filed 2026-11-22T09:00:00.000Z" in said
    assert "a passkey (ES256, " in said
    assert f"1 named, 1 cosigned: {WITNESS}" in said
    assert said.endswith("VERIFIED: every check passed.\n")


def test_program_says_when_nobody_named_the_key(on_disk: Path) -> None:
    code, said = run(on_disk)

    assert code == 3
    assert said.splitlines()[-1].startswith("CONSISTENT, but whose log is it?")


def test_program_refuses_one_changed_byte(receipt: Filed, on_disk: Path) -> None:
    on_disk.write_bytes(receipt.archive.replace(b"Words on", b"Woods on", 1))

    code, said = run(on_disk, "--key", receipt.log_key)

    assert code == 1
    refused = {line.split()[1] for line in said.splitlines() if line.startswith("REFUSED ")}
    assert {"archive", "parts", "answers"} <= refused


def test_program_says_how_it_is_used(receipt: Filed, on_disk: Path, tmp_path: Path) -> None:
    assert run(on_disk, "--key", "no key")[0] == 2
    assert run(tmp_path / "missing.zip", "--key", receipt.log_key)[0] == 2


def test_program_takes_one_key_of_the_log(receipt: Filed, on_disk: Path) -> None:
    """Of two keys none may be passed over in silence."""
    other = vkey_of(receipt.log_key.partition("+")[0], SigningKey.generate())

    assert run(on_disk, "--key", other, "--key", receipt.log_key)[0] == 2
    assert verify_receipt.verify(receipt.archive, "")[-1][:2] == ("parts", False)


def test_who_signs_counts_once(receipt: Filed, on_disk: Path) -> None:
    again = vkey_of("another.example", receipt.witness, WITNESS_KIND)
    log_itself = vkey_of("court.example", receipt.signer, WITNESS_KIND)

    for witness in (receipt.witness_key, again, log_itself):
        named = ("--witness", receipt.witness_key, "--witness", witness)
        code, said = run(on_disk, "--key", receipt.log_key, *named)
        assert (code, "counts once" in said) == (2, True)


def test_what_stands_behind_the_longest_file_is_not_passed_over(
    receipt: Filed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.zip"
    path.write_bytes(receipt.archive + b"more")
    monkeypatch.setattr(verify_receipt, "LARGEST_FILE", len(receipt.archive) - 1)

    assert verify_receipt.main(["--key", receipt.log_key, str(path)]) == 1


def test_program_is_one_file_of_the_standard_library_and_cryptography() -> None:
    source = PROGRAM.read_text()

    assert PROGRAM.name == VERIFIER
    assert "cooperation." not in "".join(
        line for line in source.splitlines() if line.startswith(("import ", "from "))
    )
    assert ast.parse(source, feature_version=(3, 9))


# --- what is in it --------------------------------------------------------------------------------


def test_receipts_of_every_kind_of_passkey_verify(other_receipt: Filed) -> None:
    found = judged(other_receipt.archive, other_receipt.log_key, other_receipt.witness_key)

    assert found.code == 0
    assert "a passkey (" in found.said("passkey")


def test_receipt_of_a_demonstration_says_that_there_was_no_passkey(plain_receipt: Filed) -> None:
    found = judged(plain_receipt.archive, plain_receipt.log_key)

    assert found.code == 0
    assert found.said("passkey").startswith("NO PASSKEY")


def test_receipt_holds_every_answer_in_clear(receipt: Filed) -> None:
    answers = json.loads(receipt.parts["answers.json"])["answers"]

    assert len(answers) == 80
    assert {each["status"] for each in answers} >= {"answered", "no_answer"}
    assert all(each["unreadable"] is None for each in answers)
    assert receipt.parts["submission.pdf"] == PDF


def test_receipt_made_again_says_the_same_under_a_later_checkpoint(filled: Round) -> None:
    submission = filled.submit()
    first = filed(filled, submission)

    again = filed(filled, submission)

    same = ("receipt.json", "answers.json", "submission.pdf")
    assert [again.parts[name] for name in same] == [first.parts[name] for name in same]
    assert judged(again.archive, first.log_key).code == 0


def test_narrowed_answer_keeps_its_commitment(filled: Round) -> None:
    submission = filled.submit()
    with filled.acting("focal") as ctx:
        question = next(iter(service.readable_rows(ctx, edition_id=EDITION)))
        service.narrow_answer(ctx, edition_id=EDITION, question_code=question)

    made = filed(filled, submission)

    answers = json.loads(made.parts["answers.json"])["answers"]
    narrowed = [each for each in answers if each["narrowed_at"] is not None]
    assert [(each["question"], each["audience"]) for each in narrowed] == [(question, "states")]
    assert judged(made.archive, made.log_key).code == 0


def test_answer_that_the_state_cannot_open_is_said(
    filled: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = filled.submit()
    monkeypatch.setattr(receipts.circles, "open_left", lambda ctx, bundles: {})

    made = filed(filled, submission)

    found = judged(made.archive, made.log_key)
    assert found.code == 0
    assert found.said("answers").startswith("0 of 80 match their commitments; 80 could not be")


def test_correction_has_a_receipt_that_names_the_one_before(filled: Round) -> None:
    first = filled.submit()
    filled.fill(D_04="no")
    second = filled.submit()

    made = filed(filled, second)

    manifest = json.loads(json.loads(made.parts["receipt.json"])["manifest"])
    assert manifest["supersedes"] == first.root.hex()
    assert judged(made.archive, made.log_key).code == 0
    assert judged(filed(filled, first).archive, made.log_key).code == 0


# --- who may have it ------------------------------------------------------------------------------


@pytest.fixture
def submitted(filled: Round, monkeypatch: pytest.MonkeyPatch) -> Submission:
    """A submission of AF01 that a checkpoint holds."""
    monkeypatch.setattr(receipts, "submission_pdf", print_nothing)
    submission = filled.submit()
    issue(filled)
    return submission


@pytest.mark.parametrize("name", ["focal", "signatory"])
def test_focal_point_and_signatory_have_the_receipt(
    filled: Round, submitted: Submission, name: str
) -> None:
    with filled.acting(name) as ctx:
        download = make_receipt(ctx, submitted.id)

        logged = audit.entries_for(ctx.session, action="receipt.downloaded")

    assert download.name == "receipt-2026-AF01-1.zip"
    assert [(each.submission, each.states) for each in logged] == [(submitted.id, ("AF01",))]


def test_receipt_asks_for_a_fresh_factor(filled: Round, submitted: Submission) -> None:
    with filled.acting("signatory") as ctx:
        tired = replace(ctx, actor=replace(ctx.actor, stepped_up_at=NOW - timedelta(hours=1)))
        with pytest.raises(StepUpNeeded):
            make_receipt(tired, submitted.id)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"roles": frozenset({Role.CONTRIBUTOR})}, NotAllowed),
        ({"roles": frozenset({Role.HEAD})}, NotAllowed),
        ({"state_code": "AF02"}, NotFound),
    ],
)
def test_nobody_else_has_it(
    filled: Round, submitted: Submission, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with filled.acting("focal") as ctx:
        other = replace(ctx, actor=replace(ctx.actor, **changes))
        with pytest.raises(refusal):
            make_receipt(other, submitted.id)


def test_no_receipt_before_a_checkpoint_holds_the_submission(filled: Round) -> None:
    submission = filled.submit()

    with filled.acting("signatory") as ctx, pytest.raises(NotInCheckpointError):
        make_receipt(ctx, submission.id)
    with filled.reading("signatory") as ctx:
        assert receipt_page(ctx, submission.id).checkpoint is None


# --- what is refused ------------------------------------------------------------------------------


def test_changed_byte_of_any_part_is_refused(receipt: Filed) -> None:
    chance = Random(17)
    for place in chance.sample(range(len(receipt.archive)), 300):
        changed = with_byte(receipt.archive, place, chance)

        assert judged(changed, receipt.log_key).code == 1, place


@pytest.mark.parametrize("name", ["receipt.json", "answers.json", "proof.tlog-proof"])
def test_changed_byte_is_refused_even_where_the_log_signs_it(receipt: Filed, name: str) -> None:
    chance, content = Random(name), receipt.parts[name]
    start = content.find(b'"credential_id":"')
    free = range(start, start + 17 + 64) if start >= 0 else range(0)
    for place in chance.sample(range(len(content)), 100):
        changed = receipt.sealed(receipt.parts | {name: with_byte(content, place, chance)})

        is_refused = judged(changed, receipt.log_key, receipt.witness_key).code == 1
        assert is_refused or place in free, place


def test_truncated_or_longer_file_is_refused(receipt: Filed) -> None:
    archive = receipt.archive
    for length in (0, 1, 4, 30, 100, len(archive) // 2, len(archive) - 22, len(archive) - 1):
        assert judged(archive[:length], receipt.log_key).code == 1
    for longer in (archive + b"\0", b"\0" + archive, archive + archive, b"PK" + archive):
        assert judged(longer, receipt.log_key).code == 1


def swapped(parts: dict[str, bytes]) -> bytes:
    first, second, *rest = parts.items()
    return write_archive(dict([second, first, *rest]))


def without_pdf(parts: dict[str, bytes]) -> bytes:
    return write_archive({name: each for name, each in parts.items() if name != "submission.pdf"})


def with_one_more(parts: dict[str, bytes]) -> bytes:
    return write_archive({**parts, "more.txt": b""})


def with_contents_swapped(parts: dict[str, bytes]) -> bytes:
    first, second = parts["receipt.json"], parts["answers.json"]
    return write_archive(parts | {"receipt.json": second, "answers.json": first})


@pytest.mark.parametrize("make", [swapped, without_pdf, with_one_more, with_contents_swapped])
def test_other_parts_are_refused(receipt: Filed, make: Callable[[dict[str, bytes]], bytes]) -> None:
    assert judged(make(receipt.parts), receipt.log_key).refused & {"archive", "documents"}


def test_compressed_parts_do_not_exist(receipt: Filed) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in receipt.parts.items():
            archive.writestr(name, content)

    assert judged(packed.getvalue(), receipt.log_key).code == 1


def documents(receipt: Filed) -> Documents:
    return {
        "receipt": json.loads(receipt.parts["receipt.json"]),
        "answers": json.loads(receipt.parts["answers.json"]),
    }


def forged(receipt: Filed, change: Callable[[Documents], None]) -> bytes:
    """The receipt with its documents changed, sealed anew by the log's own key."""
    told = documents(receipt)
    change(told)
    parts = {f"{name}.json": canonical_json(value) for name, value in told.items()}
    return receipt.sealed(receipt.parts | parts)


def in_manifest(told: Documents, **changes: object) -> None:
    manifest = json.loads(told["receipt"]["manifest"]) | changes
    told["receipt"]["manifest"] = canonical_json(manifest).decode()


def in_entry(told: Documents, **changes: object) -> None:
    entry = json.loads(told["receipt"]["entry"]) | changes
    told["receipt"]["entry"] = canonical_json(entry).decode()


def sign_with_feeble_key(told: Documents) -> None:
    """Under this key the signature holds for every message."""
    told["receipt"].update(signing_key="01" + "00" * 31, signature="01" + "00" * 63)


def drop_approval(told: Documents) -> None:
    told["receipt"] |= {"approval": None, "approval_missing": "code_instead_of_passkey"}


def change_answer(told: Documents) -> None:
    answer = next(each for each in told["answers"]["answers"] if "Words on" in each["answer"])
    answer["answer"] = answer["answer"].replace("Words on", "Nothing on")


def change_answer_with_commitment(told: Documents) -> None:
    change_answer(told)
    answers = told["answers"]["answers"]
    for each in answers:
        plain = b"\0" + bytes.fromhex(each["salt"]) + each["answer"].encode()
        each["commitment"] = sha256(plain).hexdigest()
    rows = [[each[n] for n in ("question", "audience", "status", "commitment")] for each in answers]
    in_manifest(told, answers=rows)


def exchange_two_answers(told: Documents) -> None:
    first, second = told["answers"]["answers"][:2]
    for name in ("answer", "salt"):
        first[name], second[name] = second[name], first[name]


def leave_answer_out(told: Documents) -> None:
    told["answers"]["answers"].pop()


def hide_answer(told: Documents) -> None:
    told["answers"]["answers"][0] |= {"answer": None, "unreadable": "circle_founded_again"}


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda told: told["receipt"].update(state="AF02"), "documents"),
        (lambda told: told["receipt"].update(number=2), "documents"),
        (lambda told: told["receipt"].update(number=True), "documents"),
        (lambda told: told["receipt"].update(more=1), "documents"),
        (lambda told: told["receipt"].pop("kind"), "documents"),
        (lambda told: told["answers"].update(edition="2025"), "documents"),
        (lambda told: told["answers"].update(submission="0" * 36), "documents"),
        (lambda told: in_manifest(told, count=79), "documents"),
        (lambda told: in_manifest(told, late=True), "signature"),
        (lambda told: in_manifest(told, questionnaire="0" * 64), "root"),
        (lambda told: in_manifest(told, submitted_at="2026-11-22T08:59:59+00:00"), "documents"),
        (lambda told: in_entry(told, at="2026-11-21T09:00:00.000Z"), "documents"),
        (lambda told: in_entry(told, request_id="other"), "log"),
        (lambda told: in_entry(told, action="response.submitted_by_one"), "documents"),
        (lambda told: in_entry(told, seq=46), "documents"),
        (sign_with_feeble_key, "signature"),
        (drop_approval, "documents"),
        (change_answer, "answers"),
        (change_answer_with_commitment, "root"),
        (exchange_two_answers, "answers"),
        (leave_answer_out, "documents"),
        (hide_answer, "documents"),
    ],
)
def test_forgery_that_the_log_itself_seals_is_refused(
    receipt: Filed, change: Callable[[Documents], None], check: str
) -> None:
    found = judged(forged(receipt, change), receipt.log_key)

    assert check in found.refused


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("receipt.json", b'"kind":"receipt/1"', b'"kind":"receipt/1","kind":"receipt/1"'),
        ("receipt.json", b'"number":1', b'"number":1.0'),
        ("receipt.json", b'"number":1', b'"number": 1'),
        ("receipt.json", b'"state":"AF01"', b'"state":"\\u0041F01"'),
        ("answers.json", b'{"answers":[', b'{"answers":[' + b"[" * 20_000),
        ("answers.json", b'"number":1', b'"number":' + b"1" * 5_000),
        ("answers.json", b'"number":1', b'"number":NaN'),
        ("answers.json", b'"answers/1"', b'"\xff"'),
        ("proof.tlog-proof", b"index ", b"index 0"),
        ("proof.tlog-proof", b"\nindex", b"\nextra AAAA\nindex"),
        ("proof.tlog-proof", b"\n\n", b"\n\n\n"),
    ],
)
def test_other_spelling_is_refused(receipt: Filed, name: str, old: bytes, new: bytes) -> None:
    changed = receipt.parts[name].replace(old, new, 1)
    assert changed != receipt.parts[name]

    found = judged(receipt.sealed(receipt.parts | {name: changed}), receipt.log_key)

    assert "documents" in found.refused


def test_answers_of_another_receipt_are_refused(receipt: Filed, plain_receipt: Filed) -> None:
    for name in ("receipt.json", "answers.json", "proof.tlog-proof"):
        mixed = receipt.parts | {name: plain_receipt.parts[name]}

        assert judged(receipt.sealed(mixed), receipt.log_key).code == 1


def test_key_of_another_log_is_refused(receipt: Filed, plain_receipt: Filed) -> None:
    assert judged(receipt.archive, plain_receipt.log_key).refused == {"parts", "checkpoint"}


def test_receipt_sealed_by_another_key_is_refused(receipt: Filed) -> None:
    thief = replace(receipt, signer=SigningKey.generate())

    assert judged(thief.sealed(receipt.parts), receipt.log_key).refused == {"parts"}


def test_checkpoint_from_before_the_submission_is_refused(filled: Round) -> None:
    issue(filled)
    with filled.reading("signatory") as ctx:
        older = audit.latest_checkpoint(ctx.session)
    assert older is not None
    made = filed(filled, filled.submit())
    proof = made.parts["proof.tlog-proof"].decode()
    stale = proof.partition("\n\n")[0] + "\n\n" + older.note

    found = judged(made.sealed(made.parts | {"proof.tlog-proof": stale.encode()}), made.log_key)

    assert found.refused == {"log"}


def test_witness_that_was_named_must_have_cosigned(receipt: Filed, plain_receipt: Filed) -> None:
    stranger = vkey_of(WITNESS, SigningKey.generate(), WITNESS_KIND)

    assert judged(receipt.archive, receipt.log_key, stranger).refused == {"witnesses"}
    named = judged(plain_receipt.archive, plain_receipt.log_key, receipt.witness_key)
    assert named.refused == {"witnesses"}
    both = judged(receipt.archive, receipt.log_key, receipt.witness_key, stranger)
    assert both.refused == {"witnesses"}
