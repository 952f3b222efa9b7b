"""What the shell refuses before any view: proxies passed by, two names for one request, methods."""

import pytest

from tests.fixtures.judgement import header_faults
from tests.fixtures.visitor import FORM_TYPE, Page

BEHIND = {"base_url": "https://cooperation.example", "trusted_proxies": 2}
NAME = "https://cooperation.example"


def get(application, path, headers=None, environ=None):
    client = application.test_client(use_cookies=False)
    response = client.get(path, base_url=NAME, headers=headers, environ_overrides=environ)
    headers = {name.lower(): value for name, value in response.headers}
    return Page(response.status_code, headers, response.get_data(), path)


@pytest.fixture
def behind(make_application):
    """The application behind two proxies."""
    return make_application(**BEHIND)


@pytest.mark.parametrize(
    ("passed", "status"),
    [(None, 400), ("", 400), ("192.0.2.1", 400), ("192.0.2.1, 10.0.0.1", 200)],
)
def test_a_request_past_the_proxies_is_refused(behind, passed, status):
    headers = {} if passed is None else {"X-Forwarded-For": passed}

    page = get(behind, "/gallery", headers)

    assert page.status == status
    assert header_faults(page) == []
    assert page.headers["strict-transport-security"].startswith("max-age=63072000; includeSub")


def test_the_watchman_may_ask_without_them(behind):
    assert get(behind, "/health").status == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "10.0.0.11", "[::1]:8000"])
def test_the_watchman_may_ask_by_address_and_nobody_else(behind, host):
    client = behind.test_client(use_cookies=False)
    forwarded = {"X-Forwarded-For": "192.0.2.1, 10.0.0.1"}

    asked = client.get("/health", base_url=f"http://{host}")

    assert (asked.status_code, asked.get_data()) == (200, b"ok\n")
    assert client.get("/sign-in", base_url=f"http://{host}", headers=forwarded).status_code == 400
    assert client.get("/health", base_url="http://evil.example").status_code == 400


def test_a_name_that_a_proxy_tells_is_looked_at_too(behind):
    passed = {"X-Forwarded-For": "192.0.2.1, 10.0.0.1"}
    evil = {"X-Forwarded-Host": "evil.example, cooperation.example"}

    assert get(behind, "/gallery", passed | evil).status == 400


def test_an_address_with_a_name_of_its_own_is_refused(make_application):
    application = make_application(base_url=NAME)
    for address in ("http://evil.example/gallery", "https://cooperation.example/gallery", "*"):
        assert get(application, "/gallery", environ={"RAW_URI": address}).status == 400
    assert get(application, "/gallery", environ={"RAW_URI": "/gallery"}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/sign-out", {"POST"}),
        ("GET", "/sign-out", {"POST"}),
        ("PUT", "/sign-in", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/health", {"GET", "HEAD"}),
        ("POST", "/health", {"GET", "HEAD"}),
        ("TRACE", "/nowhere", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_refused_method_is_told_which_would_do(visitor, method, path, allowed):
    page = visitor.send(method, path)

    assert page.status == 405
    assert set(page.headers["allow"].replace(" ", "").split(",")) == allowed
    assert header_faults(page) == []


def test_a_part_without_a_name_is_refused(visitor):
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--b--\r\n"

    page = visitor.send(
        "POST", "/sign-in", body, {"Content-Type": "multipart/form-data; boundary=b"}
    )

    assert page.status == 400


def test_too_many_fields_are_refused_in_every_encoding(visitor):
    form = visitor.get("/gallery").form(has="procedure").fields
    pairs = "&".join(f"{name}={values[0]}" for name, values in form.items())
    more = "".join(f"&x{number}=" for number in range(1000))

    page = visitor.send("POST", "/gallery", (pairs + more).encode(), {"Content-Type": FORM_TYPE})

    assert page.status == 413
    assert "1,000 fields" in page.text
