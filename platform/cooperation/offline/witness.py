#!/usr/bin/env python3
"""A witness of the platform's log: keeps what the log was, refuses another one, signs what it saw.

    witness.py init --name court.example --state FILE     makes a key, prints its public half
    witness.py run URL --log-key VKEY --state FILE        looks once; by hand or by a timer

Needs Python 3.9 and `cryptography`. FILE holds the private key: keep it on another machine than the
platform's. VKEY is the public key of the log, from the page "Checkpoints of the log"; take it once,
by a way that you trust. Formats: c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature.

Exit code: 0 the log only grew, and was cosigned; 1 REFUSED: the log is not the one seen before, or
is not signed by its key (both notes are kept beside FILE: show them to the other witnesses); 2 not
used rightly, or FILE is damaged; 3 the platform could not be asked, or something else answered in
its place (the page of a portal, a redirect): try again; 4 the log only grew, but the platform did
not take the signature: it may not know this witness yet; 5 the log only grew, but says the same
signed statement of keys twice: tell the platform's heads (said once; FILE keeps it).
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import hashlib
import http.client
import json
import os
import re
import signal
import struct
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = "cp/witness/1"
LOG, WITNESS = 1, 4
OUTCOMES = {1: "REFUSED", 2: "NOT DONE", 3: "NOT ASKED"}
PLAIN, ELSEWHERE = "text/plain", 0
LINES = 1_000
SECONDS, MOST_SECONDS, MOST_BYTES = 20, 120, 64 * 1024
NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
STATEMENT = re.compile(r"(0|[1-9][0-9]{0,18}) [A-Za-z0-9+/]{43}=")


class Ended(Exception):  # noqa: N818 - an outcome with its exit code
    """Why the command ends: 1 refused, 2 not used rightly, 3 not asked."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Head(NamedTuple):
    """What a checkpoint says: which log, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def to_base64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(content).decode()


def from_base64(text: str) -> bytes:
    """Return what the text stands for; any other spelling of it raises ValueError."""
    content = base64.b64decode(text, validate=True)
    if to_base64(content) != text:
        raise ValueError("malformed base64")
    return content


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the four bytes that stand before each signature of a key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def parse_log_key(text: str) -> tuple[str, bytes]:
    """Return name and public key of the log."""
    name, _, rest = text.partition("+")
    number, _, encoded = rest.partition("+")
    try:
        content = from_base64(encoded)
    except ValueError:
        content = b""
    if len(content) != 33 or content[0] != LOG or key_id(name, LOG, content[1:]).hex() != number:
        raise Ended(2, "--log-key must be name+id+base64, as the platform shows it")
    return name, content[1:]


def parse_head(text: str) -> Head:
    """Return what the text of a checkpoint says; raises ValueError for any other text."""
    lines = text.split("\n")
    root = from_base64(lines[2]) if len(lines) == 4 and not lines[3] else b""
    if len(root) != 32 or not NAME.fullmatch(lines[0]) or not NUMBER.fullmatch(lines[1]):
        raise ValueError("no checkpoint of three lines")
    return Head(lines[0], int(lines[1]), root)


def parse_note(note: str, name: str) -> tuple[Head, str, list[bytes]]:
    """Return what a signed note says, its text, and the signatures under this name.

    Whatever is no checkpoint did not come from a log, honest or not, and proves nothing.
    """
    text, mark, below = note.rpartition("\n\n")
    start = f"— {name} "
    lines = [line[len(start) :] for line in below.split("\n") if line.startswith(start)]
    text += "\n" if mark and below.endswith("\n") else ""
    try:
        return parse_head(text), text, [from_base64(line) for line in lines]
    except ValueError:
        raise Ended(3, "what was answered is no checkpoint of a log: ask again later") from None


def verified_head(note: str, name: str, public: bytes) -> Head:
    """Return what a checkpoint says once the log's signature is found to be good."""
    head, text, found = parse_note(note, name)
    found = [each[4:] for each in found if each[:4] == key_id(name, LOG, public)]
    if head.origin != name or not found:
        raise Ended(1, f"the checkpoint of {head.origin} is not signed by the key of {name}")
    for signature in found:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
        except InvalidSignature:
            raise Ended(1, "the log's signature is wrong") from None
    return head


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_consistent(old: Head, new: Head, proof: list[bytes]) -> bool:
    """Tell whether the larger tree only adds to the smaller one (RFC 9162, section 2.1.4.2)."""
    if not 0 < old.size < new.size or not proof:
        return False
    hashes = list(proof) if old.size & (old.size - 1) else [old.root, *proof]
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(sibling, before), node(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old.root and after == new.root


def read_state(file: Path) -> dict[str, Any]:
    """Return the witness's file."""
    if not file.exists():
        raise Ended(2, f"{file} is not there: make a key with init, or put its copy back")
    try:
        state = json.loads(file.read_text())
        require_whole(state)
    except (AttributeError, ValueError, TypeError, KeyError, RecursionError):
        raise Ended(2, f"{file} is empty, damaged or another file: put its copy back") from None
    return dict(state)


def require_whole(state: dict[str, Any]) -> None:
    """Let pass what this program writes; raises what Python says of anything else."""
    heads_seen(state)
    said = state.setdefault("statements", {"next": 0, "known": {}, "twice": []})
    numbers = [said["next"], *said["known"].values(), len(said["twice"])]
    is_whole = all(type(each) is int for each in numbers) and NAME.fullmatch(state["name"])
    if not is_whole or state["format"] != FORMAT or len(from_base64(state["key"])) != 32:
        raise ValueError("no witness's file")


def heads_seen(state: dict[str, Any]) -> list[Head]:
    """Return the last checkpoint seen of each log, the present log's at the end."""
    kept = [*state.get("earlier", []), *([state["seen"]] if "seen" in state else [])]
    return [parse_head(each["text"]) for each in kept]


def write_state(file: Path, state: dict[str, Any]) -> None:
    """Replace the file as a whole, forced to the disk before anything is signed."""
    aside = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(state, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Asks the platform and nobody else."""

    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        """Follow nothing."""


def ask(url: str, body: bytes | None = None) -> tuple[int, str]:
    """Return status and text of an answer; a page in its place is no answer of the platform's."""
    headers = {"Content-Type": "text/plain; charset=utf-8"} if body else {}
    try:
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - http(s)
        with urllib.request.build_opener(NoRedirects).open(request, timeout=SECONDS) as answer:
            content = answer.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise Ended(3, f"{url}: the answer is too long")
            if answer.length:
                raise Ended(3, f"{url}: the answer was cut short")
            if answer.headers.get("Content-Type", PLAIN).partition(";")[0].strip() != PLAIN:
                raise Ended(3, f"{url}: a page was answered, as by a portal: ask again later")
            return answer.status, content.decode()
    except urllib.error.HTTPError as failure:
        kind = failure.headers.get("Content-Type", PLAIN).partition(";")[0].strip()
        return failure.code if kind == PLAIN else ELSEWHERE, ""
    except (OSError, ValueError, http.client.HTTPException) as failure:
        raise Ended(3, f"{url}: {failure}") from None


def require_growth(url: str, old: Head, new: Head) -> None:
    """Refuse a log that is not the one seen before, with more entries or the same."""
    if new == old:
        return
    if new.size <= old.size:
        kind = "a rollback" if new.size < old.size else "a fork"
        raise Ended(1, f"the log had {old.size} entries and shows {new.size} others: {kind}")
    status, content = ask(f"{url}/log/consistency?from={old.size}&to={new.size}")
    if status not in {200, 404}:
        raise Ended(3, f"{url}/log/consistency: answered {status or 'with a page'}")
    try:
        proof = [from_base64(line) for line in content.splitlines()]
    except ValueError:
        raise Ended(3, f"{url}/log/consistency: what was answered is no proof") from None
    if not is_consistent(old, new, proof):
        raise Ended(1, f"the {old.size} entries seen before are not proven to be in it: a fork")


def check(options: argparse.Namespace, url: str, state: dict[str, Any], head: Head) -> None:
    """Refuse what is not the log seen before; whatever is seen first is taken."""
    seen = heads_seen(state)
    is_new = bool(seen) and seen[-1].origin != head.origin
    if is_new and not options.accept_new_origin:
        raise Ended(
            1,
            f"the log calls itself {head.origin}, before {seen[-1].origin}: the platform was "
            "restored or replaced. Ask why; if it is right, call once with --accept-new-origin",
        )
    for known in seen:
        if known.origin == head.origin:
            require_growth(url, known, head)
    if is_new:
        state.setdefault("earlier", []).append(state["seen"])
        state.pop("statements")


def look_for_old(url: str, state: dict[str, Any], size: int) -> list[str]:
    """Take down the statements of keys that are new, as the platform says; return what is twice.

    Whatever else is answered, as by a platform older than this program, says nothing.
    """
    said = state.setdefault("statements", {"next": 0, "known": {}, "twice": []})
    twice: list[str] = []
    lines = [""] * LINES
    while len(lines) == LINES:
        status, content = ask(f"{url}/log/statements?from={said['next']}")
        lines = [line for line in content.splitlines() if STATEMENT.fullmatch(line)]
        for number, hashed in (line.split(" ") for line in lines):
            if status != 200 or not said["next"] <= int(number) < size:
                return twice
            first = said["known"].setdefault(hashed, int(number))
            if first != int(number):
                twice.append(f"entry {number} holds the statement of entry {first} once more")
                said["twice"].append(twice[-1])
            said["next"] = int(number) + 1
    return twice


def run(options: argparse.Namespace) -> int:
    """Look at the log once."""
    url = options.url.rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise Ended(2, "the address must begin with https:// or http://")
    name, public = parse_log_key(options.log_key)
    with options.state.with_name(f"{options.state.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = read_state(options.state)
        status, note = ask(f"{url}/log/checkpoint")
        if status != 200:
            raise Ended(3, f"{url}/log/checkpoint: answered {status or 'with a page'}")
        try:
            head = verified_head(note, name, public)
            check(options, url, state, head)
        except Ended as failure:
            if failure.code == 1:
                signal.alarm(0)  # the evidence is kept whole
                kept = options.state.with_name(f"{options.state.name}.{int(time.time())}.refused")
                before = state["seen"]["note"] if "seen" in state else "nothing\n"
                kept.write_text(f"SEEN BEFORE\n{before}\nSHOWN NOW\n{note}", encoding="utf-8")
            raise
        twice = look_for_old(url, state, head.size)
        state["seen"] = {"text": head.text(), "note": note, "at": int(time.time())}
        write_state(options.state, state)
    status = ask(f"{url}/log/cosignature", cosigned(state, head))[0]
    outcome = "cosigned" if status == 200 else f"the signature was not taken ({status})"
    say("; ".join([f"{head.origin}, {head.size} entries: {outcome}", *twice]))
    return 5 if twice else 0 if status == 200 else 4


def cosigned(state: dict[str, Any], head: Head) -> bytes:
    """Return the checkpoint with the witness's signature below it."""
    key, seconds = Ed25519PrivateKey.from_private_bytes(from_base64(state["key"])), int(time.time())
    signature = key.sign(f"cosignature/v1\ntime {seconds}\n{head.text()}".encode())
    number = key_id(state["name"], WITNESS, key.public_key().public_bytes_raw())
    line = to_base64(number + struct.pack(">Q", seconds) + signature)
    return f"{head.text()}\n— {state['name']} {line}\n".encode()


def init(options: argparse.Namespace) -> int:
    """Make the witness's key."""
    if options.state.exists() or not NAME.fullmatch(options.name):
        raise Ended(2, "--state must be a new file, --name without spaces and plus: court.example")
    key = Ed25519PrivateKey.generate()
    public, secret = key.public_key().public_bytes_raw(), to_base64(key.private_bytes_raw())
    write_state(options.state, {"format": FORMAT, "name": options.name, "key": secret})
    number = key_id(options.name, WITNESS, public).hex()
    print(f"{options.name}+{number}+{to_base64(bytes([WITNESS]) + public)}")
    return 0


def say(sentence: str, stream: TextIO | None = None) -> None:
    """Print what may hold words of a stranger: nothing of it may steer a terminal."""
    print("".join(each if each.isprintable() else "?" for each in sentence), file=stream)


def end_late(*_given: object) -> None:
    """End a run that a slow platform, or another run, holds up."""
    raise Ended(3, f"not done within {MOST_SECONDS} seconds")


def main() -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description="A witness of the platform's log.")
    commands = parser.add_subparsers(required=True)
    for command in (init, run):
        each = commands.add_parser(command.__name__, help=command.__doc__)
        each.set_defaults(command=command)
        each.add_argument("--state", required=True, type=Path, help="the witness's file")
        if command is init:
            each.add_argument("--name", required=True, help="court.example")
        else:
            each.add_argument("url", help="address of the platform")
            each.add_argument("--log-key", required=True, help="public key of the log")
            each.add_argument("--accept-new-origin", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, end_late)
    signal.alarm(MOST_SECONDS)
    try:
        return int(options.command(options))
    except (Ended, OSError, ValueError, KeyError) as failure:
        code = failure.code if isinstance(failure, Ended) else 2
        say(f"{OUTCOMES[code]}: {failure}", sys.stderr)
        return code
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    sys.exit(main())
