"""Bytes on the wire that are no HTTP, against the real server: refused, and nobody else notices."""

import os
import random
import socket

import pytest

from tests.fixtures.hostile import HEADERS
from tests.fixtures.instance import RunningServer
from tests.fixtures.judgement import header_faults
from tests.fixtures.visitor import HttpLine, Page

COUNT = 600 if os.environ.get("ATTACK_REQUESTS") else 40
SEED = int(os.environ.get("ATTACK_SEED", "20261122"))
PATIENCE = 5.0
HOST = b"Host: localhost:%d\r\n"
POST = b"POST /sign-in HTTP/1.1\r\n%(host)sContent-Type: application/x-www-form-urlencoded\r\n"
TEMPLATES = (
    b"GET / HTTP/1.1\r\n%(host)s\r\n",
    b"GET / HTTP/9.9\r\n%(host)s\r\n",
    b"GET /\r\n\r\n",
    b"GET  /  HTTP/1.1\r\n%(host)s\r\n",
    b"GET /sign-in?next=%%0d%%0aX:y HTTP/1.1\r\n%(host)s\r\n",
    b"GET /\xff\xfe\x00 HTTP/1.1\r\n%(host)s\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\n%(host)s\r\n",
    b"GET * HTTP/1.1\r\n%(host)s\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\n%(host)s%(host)s\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n%(host)s\r\n",
    b"GET / HTTP/1.1\r\n%(host)s folded: a\r\n b\r\n\r\n",
    b"GET / HTTP/1.1\r\n%(host)sBad Name: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n%(host)sX: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\n%(host)s" + b"X-Many: a\r\n" * 200 + b"\r\n",
    b"GET / HTTP/1.1\r\n%(host)sX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n%(host)s\r\n",
    POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    POST + b"Content-Length: -1\r\n\r\nabc",
    POST + b"Content-Length: 99999999999999999999\r\n\r\nabc",
    POST + b"Transfer-Encoding: chunked\r\n\r\nZ\r\nabc\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n"
    b"Content-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n",
    POST + b"Transfer-Encoding: xchunked\r\n\r\nabc",
    POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    (POST + b"Content-Length: 3\r\n\r\na=b") * 2,
)


AMBIGUOUS = (
    b"GET http://localhost/health HTTP/1.1\r\n%(host)s\r\n",
    b"GET http://evil.example/health HTTP/1.1\r\n%(host)s\r\n",
    b"GET /health HTTP/1.1\r\n%(host)s%(host)s\r\n",
    b"GET /health HTTP/1.1\r\n%(host)sX_Forwarded_For: a\r\n\r\n",
    b"GET /health HTTP/1.1\r\n%(host)sA: b\r\n c\r\n\r\n",
    POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    POST + b"Content-Length: +3\r\n\r\nabc",
    POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
)
"""Two readings of one request: a proxy and the server could each take another (V4.2.1)."""


def asked(port: int, request: bytes) -> bytes:
    """Send bytes, end our side, and return all that comes back."""
    with socket.create_connection(("localhost", port), timeout=PATIENCE) as line:
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            found = b""
            while piece := line.recv(65536):
                found += piece
        except ConnectionError:
            return b""
        except TimeoutError as late:
            raise AssertionError(f"no end to the answer to {request[:200]!r}") from late
    return found


def faults_on_wire(answer: bytes) -> list[str]:
    """Return what is wrong with the headers of an answer, gunicorn's own refusals too."""
    if not answer.startswith(b"HTTP/1"):
        return []  # the line ended without an answer
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines[1:])
    headers = {name.lower(): value for name, _, value in pairs}
    return header_faults(Page(int(lines[0][9:12]), headers, b"", "/"))


def requests(port: int) -> list[bytes]:
    """Return the templates as they are, and as many damaged ones."""
    chance = random.Random(SEED)
    whole = [each % {b"host": HOST % port} for each in TEMPLATES]
    found = list(whole)
    while len(found) < COUNT:
        damaged = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 2))
        name, values = chance.choice(HEADERS)
        line = f"{name}: {chance.choice(values)}\r\n".encode("latin-1")
        ends = damaged.find(b"\r\n\r\n")
        if ends > 0 and chance.random() < 0.5:
            damaged[ends + 2 : ends + 2] = line
        found.append(bytes(damaged))
    return found


@pytest.fixture
def server(instance, serve) -> RunningServer:
    return serve(instance)


def test_bytes_that_are_no_http_break_nothing(server):
    wrong = []

    for number, request in enumerate(requests(server.port)):
        answer = asked(server.port, request)
        status = int(answer[9:12]) if answer.startswith(b"HTTP/1") else 0
        if status >= 500 and status != 501:
            wrong.append(f"seed {SEED}, request {number}: {status} for {request[:300]!r}")
        is_believed = b"evil.example" in answer
        if b"Traceback" in answer or is_believed:
            wrong.append(f"seed {SEED}, request {number} shows too much: {request[:300]!r}")
        wrong += [
            f"seed {SEED}, request {number}: {fault} after {request[:300]!r}"
            for fault in faults_on_wire(answer)
        ]

    for template in AMBIGUOUS:
        answer = asked(server.port, template % {b"host": HOST % server.port})
        if answer[9:12] not in {b"400", b"501"} or answer.count(b"HTTP/1.1 ") != 1:
            wrong.append(f"{template!r}: {answer[:60]!r}")
    assert not wrong, "\n".join(["", *wrong])
    assert HttpLine(server.base_url).send("GET", "/health", {}, None)[0] == 200
    log = (server.instance.path / "server.log").read_text()
    assert "Traceback" not in log, log[-3000:]
