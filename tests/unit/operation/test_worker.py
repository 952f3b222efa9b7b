"""What gunicorn answers by itself carries our headers and tells nothing; slow lines end."""

import socket
from types import SimpleNamespace

import pytest
from gunicorn.http import errors

from cooperation.operation import worker
from cooperation.operation.worker import Worker, refusal, status_of
from cooperation.web.headers import CONTENT_POLICY, HEADERS

SECRET = "GET /activate/x?token=abcdef HTTP/1.1"


@pytest.fixture
def lines():
    pair = socket.socketpair()
    yield pair
    for each in pair:
        each.close()


@pytest.fixture
def made(monkeypatch):
    """A worker without a server."""
    found = object.__new__(Worker)
    found.app = SimpleNamespace(is_https=True)
    found._reading = {}
    monkeypatch.setattr(worker.ThreadWorker, "notify", lambda self: None)
    return found


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (errors.InvalidRequestLine(SECRET), 400),
        (errors.InvalidHeader(SECRET), 400),
        (errors.ConfigurationProblem(SECRET), 400),
        (errors.LimitRequestLine(9000, 4094), 414),
        (errors.LimitRequestHeaders(SECRET), 431),
        (errors.UnsupportedTransferCoding(SECRET), 501),
        (RuntimeError(SECRET), 500),
    ],
)
def test_refusals_carry_all_headers_and_quote_nothing(made, lines, failure, status, capsys):
    made.handle_error(None, lines[0], ("192.0.2.1", 1), failure)

    head, _, body = lines[1].recv(65536).decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    for name, value in HEADERS.items():
        assert f"\r\n{name}: {value}" in head
    assert f"Content-Security-Policy: {CONTENT_POLICY}" in head
    assert "Strict-Transport-Security: max-age=63072000" in head
    assert "Cache-Control: no-store" in head
    assert "Server:" not in head
    assert f"Content-Length: {len(body)}" in head
    output = capsys.readouterr()
    assert "token" not in head + body + output.out + output.err


def test_plain_http_promises_no_strict_transport():
    assert b"Strict-Transport" not in refusal(status_of(RuntimeError()), is_https=False)


def test_a_line_that_is_late_is_ended_and_others_go_on(made, lines, monkeypatch):
    late, other = lines[0], socket.socket()
    made._reading = {late: 10.0, other: 1000.0}
    monkeypatch.setattr(worker.time, "monotonic", lambda: 11.0)

    made.notify()

    assert late.recv(1) == b""
    late.sendall(b"an answer under way")
    assert lines[1].recv(100) == b"an answer under way"
    assert list(made._reading) == [other]
    other.close()
