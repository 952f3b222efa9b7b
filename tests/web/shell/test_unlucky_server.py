"""A real server on an unlucky day: its log cannot be written, and what arrives is broken."""

import socket
from pathlib import Path

import pytest

from tests.fixtures.instance import RunningServer

FULL = Path("/dev/full")
BROKEN = {
    "a size in another notation": b"0x5\r\nabcde\r\n0\r\n\r\n",
    "a negative size": b"-5\r\nabcde\r\n0\r\n\r\n",
    "line feeds alone": b"5\nabcde\n0\n\n",
    "a chunk without its end": b"5\r\nabcdeX0\r\n\r\n",
    "a damaged trailer": b"5\r\nabcde\r\n0\r\nBad Name: a\r\n\r\n",
    "no end at all": b"5\r\nabc",
}
DOORS = {
    "/csp-reports": b"application/csp-report",
    "/log/cosignature": b"text/plain",
    "/sign-in": b"application/x-www-form-urlencoded",
}


@pytest.fixture(scope="module")
def server(small_instance, tmp_path_factory, serve_module) -> RunningServer:
    folder = tmp_path_factory.mktemp("unlucky") / "instance"
    return serve_module(small_instance.copy_to(folder), log=FULL)


def test_a_line_of_the_log_that_cannot_be_written_costs_no_answer(server):
    visitor = server.visitor()
    page = visitor.get("/sign-in")
    wrong = {"email": "nobody@example.org", "password": "wrong and wrong"}
    foreign = {"Sec-Fetch-Site": "cross-site"}

    found = {
        "nothing there": visitor.get("/nothing").status,
        "wrong password": visitor.submit(page, page.form(has="password"), wrong).status,
        "no token": visitor.post("/sign-in", wrong).status,
        "another site": visitor.send("POST", "/sign-in", b"", foreign).status,
        "one field more": visitor.submit(
            page, page.form(has="password"), wrong | {"one_more": "x"}
        ).status,
        "no such method": visitor.send("POST", "/health", b"").status,
        "no report": visitor.send("POST", "/csp-reports", b"{").status,
        "well": visitor.get("/health").status,
    }

    assert found == {
        "nothing there": 404,
        "wrong password": 422,
        "no token": 400,
        "another site": 403,
        "one field more": 422,
        "no such method": 405,
        "no report": 415,
        "well": 200,
    }


def test_the_workers_heartbeats_lie_beside_the_boot_key(server):
    folder = f"{server.instance.path / 'boot'}/"
    files = []
    for process in server.processes():
        for each in Path(f"/proc/{process}/fd").iterdir():
            files += [str(each.readlink())] if "wgunicorn" in str(each.readlink()) else []

    assert len(set(files)) >= 2
    assert [each for each in files if not each.startswith(folder)] == []


@pytest.mark.parametrize("path", DOORS)
def test_broken_chunks_are_refused_as_the_senders_fault(server, path):
    head = (
        b"POST %s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: %s\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    ) % (path.encode(), server.port, DOORS[path])

    found = {}
    for name, chunks in BROKEN.items():
        with socket.create_connection(("localhost", server.port), timeout=5) as line:
            line.sendall(head + chunks)
            line.shutdown(socket.SHUT_WR)
            found[name] = line.recv(65536)[9:12]

    assert found == dict.fromkeys(BROKEN, b"400")
