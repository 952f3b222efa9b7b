"""The witness's program meets a platform that answers strangely, and a file that was damaged."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import BinaryIO

import pytest

from cooperation.offline import witness
from cooperation.vault.keys import SigningKey
from cooperation.vault.signed_notes import TreeHead, signed_note, vkey_of

LOG = SigningKey(bytes(range(32)))
ORIGIN, SECOND = "cooperation.log/here/1", "cooperation.log/here/2"
REFUSED, NOT_DONE, NOT_ASKED = 1, 2, 3
Answer = Callable[[BinaryIO], None]
Look = Callable[..., int]


def note(origin: str = ORIGIN, size: int = 3) -> bytes:
    return signed_note(TreeHead(origin, size, bytes([size]) * 32).text, origin, LOG).encode()


def answered(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)


def page(content: bytes, status: bytes = b"200 OK") -> bytes:
    """What a portal answers in the platform's place."""
    head = b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(content)) + content


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "witness.json"


@pytest.fixture
def platform() -> Iterator[ThreadingTCPServer]:
    """A platform that writes `answer` to whoever asks."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.server.answer(self.wfile)  # type: ignore[attr-defined]

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def look(
    platform: ThreadingTCPServer, state: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Call the program against a platform that answers so; return its exit code."""

    def call(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["witness.py", *words, "--state", str(state)])
        return witness.main()

    def run(answer: Answer | bytes, *words: str, origin: str = ORIGIN) -> int:
        given = answer if callable(answer) else lambda stream: stream.write(answer)
        platform.answer = given  # type: ignore[attr-defined]
        address = f"http://127.0.0.1:{platform.server_address[1]}"
        return call("run", address, "--log-key", vkey_of(origin, LOG), *words)

    call("init", "--name", "court.example")
    return run


@pytest.mark.parametrize(
    "content",
    [
        b"what is this?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + note(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"More: and more\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n",
        answered(b"a" * (witness.MOST_BYTES + 1)),
        answered(b"\xff"),
        answered(b"<!doctype html>\n<title>Sign in</title>\n\n<p>Welcome to our network.</p>\n"),
        answered(b""),
        answered(b"cooperation.log/here/1\n3\n\n\n"),
        page(b"<!doctype html><title>Sign in</title>"),
        page(note()),
        page(b"not here", b"404 Not Found"),
        page(b"too early", b"503 Service Unavailable"),
    ],
)
def test_what_is_no_answer_is_no_refusal(look: Look, content: bytes, state: Path) -> None:
    before = state.read_text()

    assert look(content) == NOT_ASKED
    assert state.read_text() == before
    assert not list(state.parent.glob("*.refused"))


def test_a_platform_that_drips_holds_nobody_up(
    look: Look, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def drip(stream: BinaryIO) -> None:
        stream.write(b"HTTP/1.1 200 OK\r\n")
        for _time in range(60):
            stream.write(b"a")
            time.sleep(0.05)

    monkeypatch.setattr(witness, "MOST_SECONDS", 1)

    assert look(drip) == NOT_ASKED
    assert "not done within 1 seconds" in capsys.readouterr().err


def test_words_of_a_stranger_do_not_steer_the_terminal(
    look: Look, capsys: pytest.CaptureFixture[str]
) -> None:
    root = witness.to_base64(bytes(32))
    strange = f"cooperation.log/\x9b31m\u202e/1\n3\n{root}\n\n— a AAAAAAAA\n"

    assert look(answered(strange.encode())) == REFUSED
    assert look(b"\x1b[2J\r\n\r\n") == NOT_ASKED
    assert "".join(capsys.readouterr().err.split("\n")).isprintable()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        '{"format":"cp/witness/1","seen":{"text":"x"}}',
        '{"format":"other"}',
        '{"format":"cp/witness/1","name":"court.example"}',
        '{"format":"cp/witness/1","name":"court.example","key":"c2hvcnQ="}',
        '{"format":"cp/witness/1","name":1,"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}',
    ],
)
def test_a_damaged_file_does_not_begin_anew_and_is_told_as_one(
    look: Look, state: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    state.write_text(content)
    capsys.readouterr()

    assert look(answered(note())) == NOT_DONE
    assert state.read_text() == content
    told = f"NOT DONE: {state} is empty, damaged or another file: put its copy back\n"
    assert capsys.readouterr().err == told


def test_a_file_that_is_not_there_is_told_as_one(
    look: Look, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state.unlink()

    assert look(answered(note())) == NOT_DONE
    assert "is not there: make a key with init" in capsys.readouterr().err


@pytest.mark.parametrize(
    "second", [page(b"<p>Sign in</p>"), page(b"<p>No</p>", b"404 Not Found"), answered(b"<p>Sign")]
)
def test_a_portal_in_the_midst_is_no_fork(look: Look, state: Path, second: bytes) -> None:
    assert look(answered(note(size=3))) == 0
    before = state.read_text()
    asked: list[bytes] = []

    def portal(stream: BinaryIO) -> None:
        answer = second if asked else answered(note(size=9))
        asked.append(b"")
        stream.write(answer)

    assert look(portal) == NOT_ASKED
    assert (len(asked), state.read_text()) == (2, before)
    assert not list(state.parent.glob("*.refused"))


def test_no_proof_from_the_platform_itself_is_a_fork(look: Look, state: Path) -> None:
    assert look(answered(note(size=3))) == 0
    none = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
    asked: list[bytes] = []

    def liar(stream: BinaryIO) -> None:
        stream.write(none if asked else answered(note(size=9)))
        asked.append(b"")

    assert look(liar) == REFUSED
    assert list(state.parent.glob("*.refused"))


def test_a_log_that_comes_back_under_its_earlier_name_is_not_shorter(
    look: Look, state: Path
) -> None:
    flag = "--accept-new-origin"
    assert look(answered(note(size=9))) == 0
    assert look(answered(note(SECOND)), flag, origin=SECOND) == 0
    before = json.loads(state.read_text())

    assert look(answered(note(size=8)), flag) == REFUSED
    assert json.loads(state.read_text()) == before
    assert look(answered(note(size=9)), flag) == 0
