"""What the server does not tell."""

from types import SimpleNamespace

import pytest
from gunicorn.http import wsgi

from cooperation.web.quiet import NamelessResponse, hide_server


def test_gunicorn_does_not_name_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wsgi, "Response", wsgi.Response)
    hide_server()
    request = SimpleNamespace(version=(1, 1), should_close=lambda: True)

    response = wsgi.Response(request, None, None)
    response.status = "200 OK"

    assert isinstance(response, NamelessResponse)
    assert not [line for line in response.default_headers() if "gunicorn" in line]
