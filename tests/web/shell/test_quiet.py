"""What the server does not tell."""

import json
import logging
import sys
from types import SimpleNamespace

import pytest
from gunicorn.http import wsgi

from cooperation.web.quiet import JsonLines, NamelessResponse, hide_server


def test_gunicorn_does_not_name_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wsgi, "Response", wsgi.Response)
    hide_server()
    request = SimpleNamespace(version=(1, 1), should_close=lambda: True)

    response = wsgi.Response(request, None, None)
    response.status = "200 OK"

    assert isinstance(response, NamelessResponse)
    assert not [line for line in response.default_headers() if "gunicorn" in line]


def test_a_line_of_the_log_stays_one_line_and_tells_no_value():
    try:
        int("an answer of a State")
    except ValueError:
        failure = sys.exc_info()
    words = "first\nsecond\u2028third"
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "x", 1, words, (), failure)

    line = JsonLines().format(record)

    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert "answer" not in line
    assert json.loads(line)["event"] == words
    assert json.loads(line)["kind"] == "ValueError"
    assert json.loads(line)["where"][0].startswith("test_quiet.py:")
