#!/usr/bin/env python3
"""Check a receipt or a proof of published answers of the platform on cooperation, off-line.

    python3 verify_receipt.py --key VKEY [--witness VKEY ...] receipt.zip
    python3 verify_receipt.py --key VKEY [--witness VKEY ...] proofs.zip

VKEY is the public key of the platform's log; take it from the annex of the note verbale. Needs
Python 3.9 or later and the package `cryptography`; opens no connection and writes no file.

Exit code: 0 every check passed and the log's key was given; 1 refused; 2 the command was not used
rightly; 3 every check passed, but nobody said whose log key it must be.

The page docs/receipt.md of the platform says to the byte what is checked. Nothing in the file is
believed: sizes are limited, nothing is unpacked, every text must be written in the one way in
which the platform writes it, and whatever is not as described is refused.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("This needs the package cryptography: pip install cryptography", file=sys.stderr)
    raise SystemExit(2) from None

VERIFIED, REFUSED, USAGE, NO_KEY = 0, 1, 2, 3
LOG_KIND, WITNESS_KIND = b"\x01", b"\x04"
PARTS = ("receipt.json", "answers.json", "proof.tlog-proof", "submission.pdf", "parts.txt")
MOST = dict(zip(PARTS, (1 << 20, 8 << 20, 1 << 16, 32 << 20, 4096)))
PUBLISHED, MOST_OF_SUBMISSION = "published.json", 1 << 16
MOST[PUBLISHED], LARGEST_FILE = 128 << 20, 192 << 20
OF_SUBMISSION = re.compile(
    r"(entry-[A-Z0-9-]{1,8}-[1-9][0-9]{0,14}\.json|proof-[A-Z0-9-]{1,8}-[1-9][0-9]{0,14}\.tlog-proof)"
)


FEEBLE = frozenset(
    int(digits, 16)
    for digits in (
        *("0", "1", "7f" + "ff" * 30 + "ec", "7f" + "ff" * 30 + "ed", "7f" + "ff" * 30 + "ee"),
        "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
    )
)
"""Ed25519 keys, without the sign, of which there is a signature under every message for anybody."""


class Refused(Exception):
    """Something is not as it must be; the text says what."""


MALFORMED = (
    *(Refused, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RecursionError, MemoryError, struct.error, InvalidSignature, UnsupportedAlgorithm),
)
"""Whatever can be raised by bytes that a stranger has shaped."""


def demand(is_so: bool, otherwise: str) -> None:
    """Go on if it is so."""
    if not is_so:
        raise Refused(otherwise)


def sha256(*pieces: bytes) -> bytes:
    """Return SHA-256 of the pieces, one after the other."""
    return hashlib.sha256(b"".join(pieces)).digest()


def length_prefixed(*fields: bytes | str) -> bytes:
    """Return each field after its length in four bytes."""
    contents = [each if isinstance(each, bytes) else each.encode() for each in fields]
    return b"".join(struct.pack(">I", len(each)) + each for each in contents)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the holder of this Ed25519 key signed the message."""
    if int.from_bytes(public, "little") % (1 << 255) in FEEBLE:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# --- the archive ----------------------------------------------------------------------------------


def split_archive(data: bytes) -> dict[str, bytes]:
    """Return the parts as they stand in the file; whether nothing else does, `join` tells."""
    demand(len(data) <= LARGEST_FILE, "larger than a file of the platform can be")
    parts: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        size, name_length = struct.unpack("<IH", data[at + 22 : at + 28])
        at += 30 + name_length
        name = data[at - name_length : at].decode("ascii")
        most = MOST_OF_SUBMISSION if OF_SUBMISSION.fullmatch(name) else MOST.get(name, -1)
        most <<= 8 if name == "parts.txt" and PUBLISHED in parts else 0
        demand(most >= 0 and name not in parts, "a part that does not belong in a receipt")
        demand(size <= most, f"{name} is larger than it may be")
        parts[name] = data[at : at + size]
        at += size
    is_known = tuple(parts) == PARTS or next(iter(parts), "") == PUBLISHED
    demand(is_known, "not the five parts of a receipt in their order")
    return parts


def join(parts: dict[str, bytes]) -> bytes:
    """Return the archive as the platform writes it, byte for byte."""
    contents, directory, offset = [], [], 0
    for name, content in parts.items():
        facts = struct.pack("<5H", 20, 0, 0, 0, 0x21)
        facts += struct.pack("<3I2H", zlib.crc32(content), len(content), len(content), len(name), 0)
        where = bytes(10) + struct.pack("<I", offset) + name.encode()
        directory.append(b"PK\x01\x02\x14\x00" + facts + where)
        contents += [b"PK\x03\x04", facts, name.encode(), content]
        offset += 4 + len(facts) + len(name) + len(content)
    size, count = sum(map(len, directory)), len(parts)
    end = struct.pack("<4H2IH", 0, 0, count, count, size, offset, 0)
    return b"".join([*contents, *directory, b"PK\x05\x06", end])


def check_archive(data: bytes, parts: dict[str, bytes]) -> str:
    """Refuse any byte that does not belong there."""
    demand(join(parts) == data, "the file is not exactly as the platform writes it")
    return f"{len(parts)} parts, nothing else in the file"


# --- documents and their shapes -------------------------------------------------------------------

TEXTS = {
    **{"any": ".*", "hash": "[0-9a-f]{64}", "person": "[0-9a-f-]{36}", "bytes": "([0-9a-f]{2})+"},
    **{"edition": "[0-9a-z]{4}", "state": "[A-Z0-9-]{1,8}", "question": "[A-Z0-9-]{1,12}"},
    **{"audience": "states|restricted|court", "status": "answered|no_answer|not_asked"},
    "time": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z",
    "long_time": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{6})?[+]00:00",
    **{"instance": "[A-Za-z0-9-]{1,64}", "host": "[a-z0-9.-]{1,253}", "signature": "[0-9a-f]{128}"},
    "origin": "cooperation[.]log/[A-Za-z0-9-]{1,64}/[1-9][0-9]{0,14}",
    "id_bytes": "([0-9a-f]{2}){1,1023}",
    **{"receipt_kind": "receipt/1", "manifest_kind": "submission/2", "answers_kind": "answers/1"},
    **{"published_kind": "published/1", "reason": "narrowed|taken_back|doubtful|first_kind"},
    **{"by_code": "code_instead_of_passkey", "lost": "circle_founded_again"},
}
ROWS = {
    **{"signed_answer": ("question", "audience", "status", "hash")},
    **{"circle": ("any", "whole", "hash"), "one_state": ("state",), "none": ()},
}
OBJECTS = {
    "receipt": "kind:receipt_kind instance:instance origin:origin log_key:any edition:edition"
    " state:state number:whole submission:person root:hash manifest:any signing_key:hash"
    " signature:signature entry:any approval:approval? approval_missing:by_code?",
    "approval": "relying_party:host nonce:hash credential_id:id_bytes public_key:bytes"
    " client_data:bytes authenticator_data:bytes signature:bytes",
    "manifest": "kind:manifest_kind edition:edition state:state number:whole root:hash"
    " questionnaire:hash submitted_at:long_time late:flag submitted_by:person prepared_by:person"
    " one_person:flag settings:settings count:whole supersedes:hash? answers:*signed_answer"
    " circles:*circle",
    "settings": "d01:any d03:any d04:any",
    "entry": "seq:whole at:time action:any actor:person institution:any role:any scope:scope"
    " version:whole commitment:hash statement:hash? subject:null request_id:any",
    "scope": "edition:edition questions:none states:one_state submission:person",
    "answers": "kind:answers_kind edition:edition state:state number:whole submission:person"
    " answers:*given_answer",
    "published": "kind:published_kind instance:instance origin:origin log_key:any edition:edition"
    " submissions:*submission answers:*published_answer left_out:*left_out",
    "submission": "state:state number:whole submission:person root:hash size:whole",
    "published_answer": "state:state number:whole question:question audience:audience status:status"
    " commitment:hash answer:any salt:hash narrowed_at:time? index:whole path:*hash",
    "left_out": "state:state question:question why:reason",
    "given_answer": "question:question audience:audience status:status commitment:hash answer:any?"
    " salt:hash? unreadable:lost? narrowed_at:time?",
}
SHAPES = {
    what: dict(member.split(":") for member in shape.split()) for what, shape in OBJECTS.items()
}


def fits(value: Any, form: str) -> bool:
    """Tell whether a value has a form: `*form` is a list of it, `form?` may be null."""
    if form.endswith("?"):
        return value is None or fits(value, form[:-1])
    if form.startswith("*"):
        return type(value) is list and all(fits(each, form[1:]) for each in value)
    if form in SHAPES:
        shape = SHAPES[form]
        is_object = type(value) is dict and value.keys() == shape.keys()
        return is_object and all(fits(value[name], wanted) for name, wanted in shape.items())
    if form in ROWS:
        is_row = type(value) is list and len(value) == len(ROWS[form])
        return is_row and all(fits(each, wanted) for each, wanted in zip(value, ROWS[form]))
    if form == "whole":
        return type(value) is int and value >= 0
    if form in ("flag", "null"):
        return type(value) is bool if form == "flag" else value is None
    is_text = type(value) is str and re.fullmatch(TEXTS[form], value, re.DOTALL) is not None
    return is_text and (not form.endswith("time") or bool(datetime.fromisoformat(value[:19])))


def parse(content: str, *, is_canonical: bool = True) -> Any:
    """Return what JSON says that names nothing twice and is written in the one canonical way.

    What a browser says need not be canonical: its numbers, which nothing asks for, are texts.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        demand(len(dict(pairs)) == len(pairs), "JSON with a name that stands twice")
        return dict(pairs)

    def whole(digits: str) -> int:
        demand(len(digits) <= 15 and digits.isdigit(), "JSON with a number that is not whole")
        return int(digits)

    readers = (whole, whole) if is_canonical else (str, str)
    numbers: dict[str, Any] = dict(zip(("parse_int", "parse_float"), readers), parse_constant=whole)
    value = json.loads(content, object_pairs_hook=once, **numbers)
    again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    demand(again == content or not is_canonical, "JSON that is not canonical")
    return value


def shaped(what: str, content: str) -> dict[str, Any]:
    """Return a document that has exactly the members that it must have."""
    value, shape = parse(content), SHAPES[what]
    demand(type(value) is dict and value.keys() == shape.keys(), f"{what}: other members")
    for name, form in shape.items():
        demand(fits(value[name], form), f"{what}: {name} is not as it must be")
    return dict(value)


# --- signed notes, keys, the log ------------------------------------------------------------------


def from_base64(encoded: str) -> bytes:
    """Return what it stands for, if it is written in the one right way."""
    content = base64.b64decode(encoded.encode("ascii"), validate=True)
    demand(base64.b64encode(content).decode() == encoded, "base64 that is not canonical")
    return content


class Key:
    """The public key of a log or of a witness, as its vkey says: `name+id+base64`."""

    def __init__(self, vkey: str, kind: bytes) -> None:
        parsed = re.fullmatch(r"([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})", vkey)
        if parsed is None:
            raise Refused("not a key of the form name+id+base64")
        self.vkey, self.name, typed = vkey, parsed[1], from_base64(parsed[3])
        demand(typed[:1] == kind and len(typed) == 33, "a key of another kind")
        self.id, self.public = sha256(self.name.encode(), b"\n", typed)[:4], typed[1:]
        demand(self.id.hex() == parsed[2], "a key whose id is not its own")


class Note:
    """A text with signature lines below it; `signatures` holds name and bytes of each."""

    def __init__(self, content: str) -> None:
        head, mark, below = content.partition("\n\n")
        demand(bool(mark) and below.endswith("\n"), "not a signed note")
        self.text = head + "\n"
        lines = below[:-1].split("\n")
        found = [re.fullmatch(r"— ([^\s+]{1,200}) ([A-Za-z0-9+/=]{1,200})", line) for line in lines]
        self.signatures = [(each[1], from_base64(each[2])) for each in found if each is not None]
        demand(len(self.signatures) == len(lines) <= 64, "a line that is no signature")

    def check(self, key: Key, what: str) -> None:
        """Refuse it unless its first signature is the one of this log's key."""
        name, signature = self.signatures[0]
        demand(name == key.name and signature[:4] == key.id, f"{what} is signed by another key")
        is_good = is_signed(key.public, signature[4:], self.text.encode())
        demand(is_good, f"{what} is not what the log's key signed")


class Way:
    """The way of a leaf to the root of its tree: its place, and the hashes beside it."""

    def __init__(self, index: int, size: int, path: list[bytes]) -> None:
        self.index, self.size, self.path = index, size, path

    def root_above(self, leaf: bytes) -> bytes:
        """Return the root that the proof leads to from a leaf (RFC 9162, 2.1.3.2)."""
        at, last, found = self.index, self.size - 1, sha256(b"\x00", leaf)
        demand(at <= last, "a leaf that has no place in a tree of this size")
        for sibling in self.path:
            demand(last > 0, "a proof that is too long")
            if at % 2 == 1 or at == last:
                found = sha256(b"\x01", sibling, found)
                while at % 2 == 0 and at:
                    at, last = at // 2, last // 2
            else:
                found = sha256(b"\x01", found, sibling)
            at, last = at // 2, last // 2
        demand(last == 0, "a proof that is too short")
        return found


class Proof(Way):
    """An inclusion proof with the checkpoint that it leads to."""

    def __init__(self, content: str) -> None:
        head, _mark, note = content.partition("\n\n")
        version, index, *path = head.split("\n")
        demand(version == "c2sp.org/tlog-proof@v1", "a proof of another kind")
        demand(re.fullmatch(r"index (0|[1-9][0-9]{0,14})", index) is not None, "a false index")
        self.note = Note(note)
        self.origin, size, root, last = self.note.text.split("\n")
        demand(re.fullmatch(r"[1-9][0-9]{0,14}", size) is not None, "a false size of the log")
        super().__init__(int(index[6:]), int(size), [from_base64(line) for line in path])
        self.root = from_base64(root)
        demand(not last and {len(each) for each in (*self.path, self.root)} == {32}, "a false hash")


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the Merkle tree over leaves."""
    level = [sha256(b"\x00", leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = range(0, len(level) - 1, 2)
        above = [sha256(b"\x01", level[at], level[at + 1]) for at in pairs]
        level = above + level[len(above) * 2 :]
    return level[0]


# --- the receipt and its checks -------------------------------------------------------------------


class Receipt:
    """All documents of a receipt, which say the same wherever they say it twice."""

    checks: tuple[str, ...] = ("answers", "root", "signature", "passkey", "log")

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.told = shaped("receipt", parts["receipt.json"].decode())
        self.manifest = shaped("manifest", self.told["manifest"])
        self.entry = shaped("entry", self.told["entry"])
        self.answers = shaped("answers", parts["answers.json"].decode())
        self.proof = Proof(parts["proof.tlog-proof"].decode())
        self.approval = self.told["approval"]
        self._compare()
        self._compare_answers()

    def _compare(self) -> None:
        told, manifest, entry, scope = self.told, self.manifest, self.entry, self.entry["scope"]
        places = (told, manifest, self.answers)
        seconds, _point, rest = manifest["submitted_at"][:-6].partition(".")
        action = "response.submitted" + ("_by_one" if manifest["one_person"] else "")
        is_by_one = manifest["submitted_by"] == manifest["prepared_by"]
        is_first, origin = manifest["number"] == 1, told["origin"]
        for what, *values in (
            ("edition", *(each["edition"] for each in places), scope["edition"]),
            ("State", *(each["state"] for each in places), *scope["states"]),
            ("institution", entry["institution"], f"state/{told['state']}"),
            ("number", *(each["number"] for each in places), entry["version"]),
            ("submission", told["submission"], self.answers["submission"], scope["submission"]),
            ("root", told["root"], manifest["root"], entry["commitment"]),
            ("origin", origin, self.proof.origin),
            ("instance", told["instance"], origin.split("/")[1]),
            ("index", self.proof.index, entry["seq"]),
            ("time", f"{seconds}.{rest[:3] or '000'}Z", entry["at"]),
            ("person", manifest["submitted_by"], entry["actor"]),
            ("number of persons", manifest["one_person"], is_by_one),
            ("action", entry["action"], action),
            ("earlier submission", manifest["supersedes"] is None, is_first),
            ("approval", entry["statement"], self._statement()),
            ("missing approval", self.approval is None, told["approval_missing"] is not None),
        ):
            demand(all(each == values[0] for each in values), f"{what}: two places differ")
        demand(manifest["number"] > 0, "a submission without a number")

    def _statement(self) -> str | None:
        """Return what the log's entry must say of the approval."""
        if self.approval is None:
            return None
        names = ("client_data", "authenticator_data", "signature")
        return sha256(
            length_prefixed(*(bytes.fromhex(self.approval[name]) for name in names))
        ).hex()

    def _compare_answers(self) -> None:
        given, names = self.answers["answers"], ("question", "audience", "status", "commitment")
        is_same = [[each[name] for name in names] for each in given] == self.manifest["answers"]
        demand(is_same, "the answers are not those of the manifest")
        questions = {each["question"] for each in given}
        demand(len(questions) == len(given) == self.manifest["count"], "another number of answers")
        for each in given:
            missing = {each["answer"] is None, each["salt"] is None}
            demand(missing == {each["unreadable"] is not None}, f"{each['question']}: not whole")

    def place(self) -> str:
        """Return what the receipt is of."""
        told, at = self.told, self.entry["at"]
        place = f"State {told['state']}, edition {told['edition']}, submission {told['number']}"
        return f"{place}, filed {at}"

    def check_parts(self, key: Key) -> str:
        """Refuse parts that the log's key did not sign."""
        note, named = Note(self.parts["parts.txt"].decode()), list(self.parts)[:-1]
        lines = [f"{sha256(self.parts[name]).hex()} {name}\n" for name in named]
        for line, name in zip(lines, named):
            demand(line in note.text, f"{name} is not the one that was signed")
        demand(
            note.text == "cooperation receipt parts/1\n" + "".join(lines), "another list of parts"
        )
        demand(len(note.signatures) == 1, "more signatures under the parts than one")
        demand(key.name == self.told["origin"], "the receipt is of another log")
        demand(key.vkey == self.told["log_key"], "the receipt names another key of the log")
        note.check(key, "the list of parts")
        return f"signed by the log's key {key.vkey}"

    def check_answers(self) -> str:
        """Refuse an answer that is not the one its commitment binds."""
        given = [each for each in self.answers["answers"] if each["unreadable"] is None]
        for each in given:
            found = sha256(b"\x00", bytes.fromhex(each["salt"]), each["answer"].encode())
            demand(type(parse(each["answer"])) is dict, f"{each['question']}: not an answer")
            demand(found.hex() == each["commitment"], f"{each['question']}: another answer")
        count = self.manifest["count"]
        lost = f"; {count - len(given)} could not be opened by the State and are not in it"
        return (
            f"{len(given)} of {count} match their commitments{lost if len(given) < count else ''}"
        )

    def check_root(self) -> str:
        """Refuse commitments that do not give the root."""
        answers = [" ".join(("answer", *each)).encode() for each in self.manifest["answers"]]
        head = (f"{name} {self.manifest[name]}".encode() for name in ("edition", "questionnaire"))
        found = tree_root([*head, *sorted(answers)]).hex()
        demand(found == self.told["root"], "the commitments do not give the root")
        return f"the commitments give the root {found}"

    def check_signature(self) -> str:
        """Refuse a manifest that the signatory did not sign."""
        public, signature = (
            bytes.fromhex(self.told[name]) for name in ("signing_key", "signature")
        )
        signed = length_prefixed("message", self.told["instance"], self.told["manifest"])
        is_good = is_signed(public, signature, signed)
        demand(is_good, "the signatory's key did not sign this manifest")
        return f"the manifest is signed by the signatory's key {sha256(public).hex()[:16]}"

    def check_passkey(self) -> str:
        """Refuse an approval that no passkey gave over this root, edition and State."""
        if self.approval is None:
            return "NO PASSKEY: a code was taken in its place (demonstration or training)"
        party, root = self.approval["relying_party"], bytes.fromhex(self.told["root"])
        raw = {
            name: bytes.fromhex(self.approval[name])
            for name in SHAPES["approval"]
            if name != "relying_party"
        }
        place = (self.told["edition"], self.told["state"])
        asked = sha256(length_prefixed("submit/1", root, *place, raw["nonce"]))
        challenge = base64.urlsafe_b64encode(asked).decode().rstrip("=")
        brackets = raw["client_data"].count(b"{") + raw["client_data"].count(b"[")
        demand(brackets <= 100, "the passkey's client data has too many brackets")
        client = parse(raw["client_data"].decode(), is_canonical=False)
        data = raw["authenticator_data"]
        scheme = "https?" if party == "localhost" else "https"
        own_page = re.compile(rf"{scheme}://{re.escape(party)}(?::([1-9][0-9]{{0,4}}))?")
        demand(client["type"] == "webauthn.get", "the passkey was not asked to approve")
        demand(client["challenge"] == challenge, "the passkey approved something else")
        demand(client.get("crossOrigin", False) is False, "the passkey was asked in a foreign page")
        page = own_page.fullmatch(client["origin"])
        is_own = page is not None and int(page[1] or 0) <= 65_535
        demand(is_own, "the passkey was asked elsewhere")
        demand(data[:32] == sha256(party.encode()), "the passkey answered another host")
        demand(data[32] & 0x05 == 0x05, "the passkey did not verify the person")
        demand(len(data) == 37 or (len(data) > 37 and data[32] > 0x3F), "odd authenticator data")
        name = check_cose(raw["public_key"], raw["signature"], data + sha256(raw["client_data"]))
        known_as = sha256(raw["public_key"]).hex()[:16]
        return f"a passkey ({name}, {known_as}) approved this root at {client['origin']}"

    def check_log(self) -> str:
        """Refuse an entry that is not in the log."""
        found = self.proof.root_above(self.told["entry"].encode())
        demand(found == self.proof.root, "the log does not hold this entry")
        return f"entry {self.proof.index} is in the log of {self.proof.size} entries"

    def check_checkpoint(self, key: Key) -> str:
        """Refuse a checkpoint that the log's key did not sign."""
        self.proof.note.check(key, "the checkpoint")
        return f"signed by the log, root {self.proof.root.hex()}"

    def check_witnesses(self, witnesses: Sequence[Key]) -> str:
        """Refuse a checkpoint that a named witness has not cosigned."""
        lines, said = self.proof.note.signatures[1:], []
        for key in witnesses:
            mine = [each[4:] for name, each in lines if (name, each[:4]) == (key.name, key.id)]
            times = [seconds for each in mine for seconds in self._cosigned_at(key, each)]
            demand(bool(times), f"{key.name} has not cosigned")
            moment = datetime.fromisoformat("1970-01-01") + timedelta(seconds=times[0])
            said.append(f"{key.name} at {moment:%Y-%m-%dT%H:%M:%SZ}")
        if not said:
            return f"none was named; {len(lines)} cosignatures were not judged"
        return f"{len(said)} named, {len(said)} cosigned: " + ", ".join(said)

    def _cosigned_at(self, key: Key, line: bytes) -> list[int]:
        seconds = int.from_bytes(line[:8], "big")
        message = f"cosignature/v1\ntime {seconds}\n{self.proof.note.text}".encode()
        return [seconds] if is_signed(key.public, line[8:], message) else []


class Published(Receipt):
    """Published answers of one or several States, each with its way to the log."""

    checks = ("answers", "root", "log")

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.told = shaped("published", parts[PUBLISHED].decode())
        given = self.told["submissions"]
        self.places = [(each["state"], each["number"]) for each in given]
        self.submissions = dict(zip(self.places, given))
        names = [
            (f"entry-{state}-{n}.json", f"proof-{state}-{n}.tlog-proof") for state, n in self.places
        ]
        between = [name for pair in names for name in pair]
        demand(
            [PUBLISHED, *between, "parts.txt"] == list(parts), "not the parts of the submissions"
        )
        self.entries = [parts[entry] for entry, _proof in names]
        self.proofs = [Proof(parts[proof].decode()) for _entry, proof in names]
        self.proof = self.proofs[0]
        notes = {parts[proof].partition(b"\n\n")[2] for _entry, proof in names}
        demand(len(notes) == 1, "checkpoint: two proofs differ")
        for told, content, proof in zip(given, self.entries, self.proofs):
            self._compare_entry(told, shaped("entry", content.decode()), proof)
        self._compare_lists()

    def _compare_entry(self, told: dict[str, Any], entry: dict[str, Any], proof: Proof) -> None:
        state, scope, origin = told["state"], entry["scope"], self.told["origin"]
        is_filing = entry["action"] in ("response.submitted", "response.submitted_by_one")
        for what, *values in (
            ("edition", self.told["edition"], scope["edition"]),
            ("State", [state], scope["states"]),
            ("institution", entry["institution"], f"state/{state}"),
            ("number", told["number"], entry["version"]),
            ("submission", told["submission"], scope["submission"]),
            ("root", told["root"], entry["commitment"]),
            ("origin", origin, proof.origin),
            ("instance", self.told["instance"], origin.split("/")[1]),
            ("index", proof.index, entry["seq"]),
            ("action", is_filing, True),
        ):
            demand(values[0] == values[1], f"{what}: two places differ ({state})")

    def _compare_lists(self) -> None:
        answers, left_out = self.told["answers"], self.told["left_out"]
        shown, missing = (
            [(each["state"], each["question"]) for each in given] for given in (answers, left_out)
        )
        for places in (self.places, shown, missing):
            demand(len({*places}) == len(places), "something stands twice")
        demand(not {*shown} & {*missing}, "an answer that is here and left out")
        for places in (self.places, shown, missing):
            demand(places == sorted(places), "not in the order that it must have")
        used = {(each["state"], each["number"]) for each in answers}
        demand(used == {*self.places}, "answers that are not those of the submissions")

    def place(self) -> str:
        """Return what the proof is of."""
        answers, left_out = self.told["answers"], self.told["left_out"]
        states = len({state for state, _number in self.places})
        place = f"edition {self.told['edition']}: {len(answers)} answers"
        place += f" of {states} State" + ("s" if states > 1 else "")
        for audience in ("restricted", "court"):
            count = sum(each["audience"] == audience for each in answers)
            place += f", {count} of them {audience}" if count else ""
        return place + (f"; {len(left_out)} left out" if left_out else "")

    def check_answers(self) -> str:
        """Refuse an answer that is not the one its commitment binds."""
        for each in self.told["answers"]:
            found = sha256(b"\x00", bytes.fromhex(each["salt"]), each["answer"].encode())
            where = f"{each['state']} {each['question']}"
            demand(type(parse(each["answer"])) is dict, f"{where}: not an answer")
            demand(found.hex() == each["commitment"], f"{where}: another answer")
        return f"{len(self.told['answers'])} match their commitments"

    def check_root(self) -> str:
        """Refuse an answer that the State did not sign as the one to this question."""
        names = ("question", "audience", "status", "commitment")
        for each in self.told["answers"]:
            submission = self.submissions[each["state"], each["number"]]
            path = [bytes.fromhex(value) for value in each["path"]]
            leaf = " ".join(("answer", *(each[name] for name in names))).encode()
            found = Way(each["index"], submission["size"], path).root_above(leaf)
            where = f"{each['state']} {each['question']}"
            demand(found.hex() == submission["root"], f"{where}: not in the submission's root")
        return f"each answer stands in the root of its submission ({len(self.places)} in all)"

    def check_log(self) -> str:
        """Refuse a submission that is not in the log."""
        for (state, number), entry, proof in zip(self.places, self.entries, self.proofs):
            is_in = proof.root_above(entry) == proof.root
            demand(is_in, f"the log does not hold submission {number} of {state}")
        return f"{len(self.entries)} submissions are in the log of {self.proof.size} entries"


# --- passkeys -------------------------------------------------------------------------------------


def read_cose(data: bytes) -> dict[int | bytes, int | bytes]:
    """Return a COSE key: a CBOR map of whole numbers and byte strings, in their shortest form."""
    at = 0

    def head() -> tuple[int, int]:
        nonlocal at
        kind, value = data[at] >> 5, data[at] & 31
        at += 1
        if value < 24:
            return kind, value
        width = {24: 1, 25: 2}[value]
        value, at = int.from_bytes(data[at : at + width], "big"), at + width
        demand(value >= (24, 256)[width - 1], "CBOR that is not in its shortest form")
        return kind, value

    def item() -> int | bytes:
        nonlocal at
        kind, value = head()
        if kind == 2:
            at += value
            return data[at - value : at]
        demand(kind in (0, 1), "CBOR of another kind")
        return value if kind == 0 else -1 - value

    kind, count = head()
    demand(kind == 5, "a passkey's key must be a CBOR map")
    found = {item(): item() for _place in range(count)}
    demand(len(found) == count and at == len(data), "a passkey's key with more in it")
    return found


def check_cose(encoded: bytes, signature: bytes, signed: bytes) -> str:
    """Refuse a signature that this COSE key did not make; return the algorithm's name."""
    key = read_cose(encoded)
    kinds = {name: value for name, value in key.items() if isinstance(value, int)}
    raw = {name: value for name, value in key.items() if isinstance(value, bytes)}
    sizes = {name: len(value) for name, value in raw.items()}
    numbers = {name: int.from_bytes(value, "big") for name, value in raw.items()}
    try:
        if (kinds, sizes) == ({1: 2, 3: -7, -1: 1}, {-2: 32, -3: 32}):
            point = ec.EllipticCurvePublicNumbers(numbers[-2], numbers[-3], ec.SECP256R1())
            point.public_key().verify(signature, signed, ec.ECDSA(hashes.SHA256()))
            return "ES256"
        if (kinds, sizes) == ({1: 1, 3: -8, -1: 6}, {-2: 32}):
            demand(is_signed(raw[-2], signature, signed), "the passkey did not sign this")
            return "EdDSA"
        is_sized = sizes.keys() == {-1, -2} and 256 <= sizes[-1] <= 1024 and 1 <= sizes[-2] <= 4
        demand(kinds == {1: 3, 3: -257} and is_sized, "a passkey's key of another kind")
        demand(numbers[-1].bit_length() >= 2048, "a passkey's key that is too short")
        public = rsa.RSAPublicNumbers(numbers[-2], numbers[-1]).public_key()
        public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise Refused("the passkey did not sign this") from None
    return "RS256"


# --- the command ----------------------------------------------------------------------------------

Result = Any  # a tuple: name of the check, whether it passed, what to say


def attempt(results: list[Result], name: str, check: Callable[..., Any], *given: Any) -> Any:
    """Run one check and note how it went; return what it returned, None where it refused."""
    try:
        found = check(*given)
    except MALFORMED as failure:
        said = str(failure) if isinstance(failure, Refused) else "not as it must be written"
        results.append((name, False, said))
        return None
    if isinstance(found, str):
        results.append((name, True, found))
    return found


def verify(data: bytes, key: str | None = None, witnesses: Sequence[str] = ()) -> list[Result]:
    """Return what each check says of a receipt: its name, whether it passed, a sentence."""
    results: list[Result] = []
    parts = attempt(results, "archive", split_archive, data)
    if parts is None:
        return results
    attempt(results, "archive", check_archive, data, parts)
    kind = Published if PUBLISHED in parts else Receipt
    receipt = attempt(results, "documents", kind, parts)
    if receipt is None:
        return results
    told = receipt.told
    results.append(("documents", True, receipt.place()))
    log = attempt(results, "parts", Key, told["log_key"] if key is None else key, LOG_KIND)
    named = [attempt(results, "witnesses", Key, each, WITNESS_KIND) for each in witnesses]
    if log is None or None in named:
        return results
    attempt(results, "parts", receipt.check_parts, log)
    for name in receipt.checks:
        attempt(results, name, getattr(receipt, f"check_{name}"))
    attempt(results, "checkpoint", receipt.check_checkpoint, log)
    attempt(results, "witnesses", receipt.check_witnesses, named)
    return results


def exit_code(results: Sequence[Result], key: str | None) -> int:
    """Return what the checks mean together."""
    if not all(passed for _name, passed, _said in results):
        return REFUSED
    return NO_KEY if key is None else VERIFIED


ENDS = {
    VERIFIED: "VERIFIED: every check passed.",
    REFUSED: "REFUSED: this file proves nothing as it is. Keep the file, and ask.",
    NO_KEY: "CONSISTENT, but whose log is it? Give --key, from the annex of the note verbale.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file that the command names; print each check and return the exit code."""
    parser = argparse.ArgumentParser(description="Check a receipt or a proof, off-line.")
    parser.add_argument(
        "--key", metavar="VKEY", action="append", help="the log's key, from the note verbale"
    )
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[])
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    key = given.key[0] if given.key else None
    try:
        demand(len(given.key or []) < 2, "--key was given twice, but the log has one key")
        keys = [Key(vkey, WITNESS_KIND).public for vkey in given.witness]
        keys += [] if key is None else [Key(key, LOG_KIND).public]
        demand(len({*keys}) == len(keys), "two of the keys are the same: who signs counts once")
        with given.file.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (*MALFORMED, OSError) as failure:
        print(f"{parser.prog}: {failure}", file=sys.stderr)
        return USAGE
    results = verify(data, key, given.witness)
    for name, passed, said in results:
        line = f"{'ok' if passed else 'REFUSED':8} {name:11} {said}"
        print(line.encode("ascii", "backslashreplace").decode())
    code = exit_code(results, key)
    print(ENDS[code])
    return code


if __name__ == "__main__":
    sys.exit(main())
