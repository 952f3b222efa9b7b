"""Checkpoints over the wire: what witnesses fetch and send, what malformed bodies meet."""

import base64
from hashlib import sha256

import pytest

from cooperation.audit import service as audit
from cooperation.vault.keys import SigningKey
from cooperation.vault.merkle import leaf_hash
from cooperation.vault.proofs import is_consistent
from cooperation.vault.signed_notes import (
    WITNESS_KIND,
    cosignature,
    parse_note,
    parse_tree_head,
    parse_vkey,
    signed_note,
    to_base64,
    verify_note,
    vkey_of,
)
from cooperation.web.server import EXTENSION
from tests.fixtures.old_statements import append_again
from tests.fixtures.visitor import ApplicationLine, Visitor

WITNESS = SigningKey(bytes(range(1, 33)))
NAME = "court.example"
WITNESSES = vkey_of(NAME, WITNESS, WITNESS_KIND)
ORIGIN = "http://localhost:8000"


@pytest.fixture
def application(make_application):
    return make_application(witnesses=WITNESSES)


@pytest.fixture
def held(application):
    return application.extensions[EXTENSION]


@pytest.fixture
def line(application):
    return ApplicationLine(application, ORIGIN)


def grow(held, number=1):
    with held.database.writing() as session:
        for _ in range(number):
            audit.record(session, actor=None, action="edition.prepared", at=held.clock.now())


def issue(held):
    return audit.issue_checkpoint(held.database, held.settings, held.root, held.clock)


def get(line, path):
    status, _headers, body = line.send("GET", path, {}, None)
    return status, body.decode()


def post(line, body, kind="text/plain; charset=utf-8"):
    content = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": kind, "Content-Length": str(len(content))}
    status, _headers, answer = line.send("POST", "/log/cosignature", headers, content)
    return status, answer.decode()


def cosigned(note, key=WITNESS, name=NAME, seconds=1_795_338_000):
    text = parse_note(note).text
    return f"{text}\n{cosignature(text, name, key, seconds).line}"


def test_the_latest_checkpoint_is_fetched_without_an_account_and_is_signed_by_the_log(held, line):
    grow(held, 3)
    issue(held)

    status, note = get(line, "/log/checkpoint")

    assert status == 200
    assert parse_tree_head(verify_note(note, parse_vkey(audit.log_vkey(held.settings)))).size == 3


def test_before_the_first_checkpoint_there_is_none(line):
    assert get(line, "/log/checkpoint")[0] == 404
    assert get(line, "/log/consistency?from=1&to=1")[0] == 404


def test_the_proof_between_two_checkpoints_holds(held, line):
    grow(held, 5)
    before = issue(held)
    grow(held, 6)
    after = issue(held)

    status, text = get(line, "/log/consistency?from=5&to=11")

    proof = [base64.b64decode(each) for each in text.splitlines()]
    assert status == 200
    assert is_consistent((before.size, before.root), (after.size, after.root), proof)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?from=1", 400),
        ("?from=a&to=b", 400),
        ("?from=-1&to=2", 400),
        ("?from=01&to=2", 400),
        ("?from=1&to=99999999999999999999999", 400),
        ("?from=0&to=2", 404),
        ("?from=2&to=1", 404),
        ("?from=1&to=3", 404),
        ("?from=1&to=9223372036854775807", 404),
    ],
)
def test_a_proof_is_given_for_signed_sizes_only(held, line, query, status):
    grow(held, 2)
    issue(held)
    grow(held)

    assert get(line, f"/log/consistency{query}")[0] == status


@pytest.mark.parametrize("start", ["", "a", "-1", "01", "99999999999999999999999"])
def test_statements_are_asked_for_from_an_entry_on(line, start):
    assert get(line, f"/log/statements?from={start}")[0] == 400


def test_statements_are_shown_as_far_as_they_were_signed(held, line):
    assert get(line, "/log/statements?from=0") == (200, "")
    at = held.clock.now()
    with held.database.writing() as session:
        places = append_again(session, [("role.granted", text, at) for text in (b"a", b"b")])
    issue(held)
    with held.database.writing() as session:
        append_again(session, [("role.granted", b"c", at)])
    lines = [
        f"{place} {to_base64(sha256(text).digest())}\n"
        for place, text in zip(places, (b"a", b"b"), strict=True)
    ]

    assert get(line, "/log/statements?from=0") == (200, "".join(lines))
    assert get(line, f"/log/statements?from={places[1]}") == (200, lines[1])
    assert get(line, "/log/statements?from=9223372036854775807") == (200, "")


def test_a_witness_puts_her_signature_below_the_checkpoint_once(held, line):
    grow(held)
    note = issue(held).note

    assert post(line, cosigned(note)) == (200, f"kept {NAME}\n")
    assert post(line, cosigned(note, seconds=1_795_338_001))[0] == 200

    served = parse_note(get(line, "/log/checkpoint")[1])
    assert len(served.signatures_of(parse_vkey(WITNESSES))) == 1
    assert len(served.signatures) == 2


def test_a_signature_of_nobody_whom_the_settings_name_is_refused(held, line):
    grow(held)
    note = issue(held).note

    assert post(line, cosigned(note, key=SigningKey.generate()))[0] == 403
    assert post(line, cosigned(note, name="other.example"))[0] == 403
    assert post(line, note)[0] == 403


def test_a_signature_of_another_checkpoint_is_refused(held, line):
    grow(held)
    note = issue(held).note
    other = note.replace("\n1\n", "\n2\n")

    assert post(line, cosigned(other))[0] == 404
    assert post(line, cosigned(note).replace("\n1\n", "\n2\n"))[0] == 400


def test_a_signature_of_tomorrow_is_refused(held, line):
    grow(held)
    note = issue(held).note
    now = int(held.clock.now().timestamp())

    assert post(line, cosigned(note, seconds=now + 2 * 86_400))[0] == 400
    assert post(line, cosigned(note, seconds=2**64 - 1))[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"\n\n\n",
        b"a\n\n\xe2\x80\x94 x y\n",
        b"\x00" * 100,
        "é\n\né\n".encode(),
    ],
)
def test_a_malformed_body_meets_a_clear_400(held, line, body):
    grow(held)
    issue(held)

    status, text = post(line, body)

    assert status == 400
    assert text == "not a checkpoint with a valid cosignature\n"


def test_other_kinds_and_long_bodies_are_refused(held, line):
    grow(held)
    note = issue(held).note

    assert post(line, cosigned(note), kind="application/json")[0] == 415
    assert post(line, cosigned(note) + "x" * 5000)[0] == 413


def test_every_single_byte_changed_in_a_cosigned_note_is_refused(held, line):
    grow(held)
    body = cosigned(issue(held).note).encode()

    taken = [
        place
        for place in range(len(body))
        if post(line, body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])[0] == 200
    ]

    assert taken == []


def test_the_witnesss_program_is_sent_as_it_is_packaged(line):
    status, text = get(line, "/log/witness.py")

    assert status == 200
    assert "A witness of the platform's log" in text


def test_a_signature_line_of_a_log_is_no_cosignature(held, line):
    grow(held)
    text = parse_note(issue(held).note).text

    assert post(line, signed_note(text, NAME, WITNESS))[0] == 403


def test_the_leaf_of_an_entry_leads_to_the_root(held):
    grow(held)

    checkpoint = issue(held)

    with held.database.reading() as session:
        assert leaf_hash(audit.entry_bytes(session, 0)) == checkpoint.root


def test_the_checkpoint_page_asks_to_sign_in(application):
    visitor = Visitor(ApplicationLine(application, ORIGIN), ORIGIN)

    assert "/sign-in" in visitor.get("/log/checkpoints").path
