"""What every response carries, and what the shell refuses before any view."""

import re

import pytest

from cooperation.web.headers import CONTENT_POLICY, HEADERS

STRANGE_HOST = {"Host": "evil.example"}


def answers(visitor):
    """One response of each kind."""
    yield visitor.send("GET", "/gallery")
    yield visitor.send("GET", "/")
    yield visitor.send("GET", "/nowhere")
    yield visitor.send("PUT", "/gallery")
    yield visitor.send("POST", "/gallery")
    yield visitor.send("POST", "/gallery", b"x" * (1024 * 1024 + 1), {"Content-Type": "text/plain"})
    yield visitor.send("GET", "/gallery/failure")
    yield visitor.send("GET", "/gallery", headers=STRANGE_HOST)
    yield visitor.send("GET", "/static/old/css/kit.css")


def test_every_response_carries_every_header(visitor):
    seen = set()

    for page in answers(visitor):
        seen.add(page.status)
        assert page.headers["content-security-policy"] == CONTENT_POLICY
        for name, value in HEADERS.items():
            assert page.headers[name.lower()] == value
        assert page.headers["cache-control"] == "no-store"
        assert "server" not in page.headers

    assert {200, 303, 404, 405, 400, 500} <= seen


def test_strict_transport_is_asked_for_under_https_only(make_application, visitor):
    client = make_application(base_url="https://cooperation.example").test_client()

    response = client.get("/gallery", base_url="https://cooperation.example")

    assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "__Host-visit=" in response.headers["Set-Cookie"]
    assert "Secure" in response.headers["Set-Cookie"]
    assert "strict-transport-security" not in visitor.send("GET", "/gallery").headers


def test_gallery_belongs_to_test_instances(make_application):
    client = make_application(
        mode="production", pseudo_locale=False, light_passwords=False
    ).test_client()

    response = client.get("/gallery", base_url="http://localhost:8000")

    assert response.status_code == 404


def test_foreign_host_is_refused(visitor):
    assert visitor.send("GET", "/gallery", headers=STRANGE_HOST).status == 400


def test_method_that_is_not_documented_is_refused_with_those_that_are(visitor):
    page = visitor.send("DELETE", "/gallery")

    assert page.status == 405
    assert set(re.split(r",\s*", page.headers["allow"])) == {"GET", "HEAD", "POST"}


def test_body_above_the_limit_is_refused(visitor):
    fields = {"procedure": "x" * (1024 * 1024 + 1)}

    assert visitor.post("/gallery", fields).status == 413


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\u202eb", "a\x1bb", "\ufffb", "\u2068a\u2069", "a" + "\u0301\u0315" * 30]
)
def test_characters_that_nobody_types_are_refused(visitor, text):
    form = visitor.get("/gallery").form(has="procedure")

    assert visitor.submit(visitor.get("/gallery"), form, {"procedure": text}).status == 400


def test_an_address_with_such_characters_is_refused_and_its_query_read_without_them(visitor):
    assert visitor.get("/gallery%00").status == 400
    assert visitor.get("/gallery%E2%81%A8").status == 400
    assert visitor.get("/gallery?q=%00%E2%81%A8").status == 200


def test_text_is_normalised_once(visitor):
    page = visitor.get("/gallery")

    shown = visitor.submit(page, page.form(has="procedure"), {"procedure": "e\u0301\r\nend"})

    assert "\u00e9\nend" in shown.html


def test_failure_shows_one_sentence_and_the_request_s_id(visitor):
    page = visitor.get("/gallery/failure")

    assert page.status == 500
    assert "secret" not in page.html
    assert "Traceback" not in page.html
    assert re.search(r"Reference of this request: [0-9a-f-]{36}", page.text)


def test_form_without_token_is_refused(visitor):
    page = visitor.get("/gallery")
    form = page.form(has="procedure")

    assert visitor.submit(page, form, {"csrf_token": ""}).status == 400
    assert visitor.submit(page, form, {"csrf_token": "x" * 40}).status == 400
    visitor.cookies.clear()
    assert visitor.submit(page, form).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://[::1"},
    ],
)
def test_form_of_another_site_is_refused(visitor, headers):
    page = visitor.get("/gallery")
    token = page.form(has="procedure").fields["csrf_token"][0]
    body = f"csrf_token={token}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    assert visitor.send("POST", "/gallery", body, kind | headers).status == 403
    assert visitor.send("POST", "/gallery", body, kind).status == 422


def test_asset_of_this_version_is_kept_for_a_year(visitor):
    address = re.search(r'href="(/static/[^"]+kit\.css)"', visitor.get("/gallery").html).group(1)

    page = visitor.send("GET", address)

    assert page.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in page.headers
    assert visitor.send("GET", "/static/x/../../factory.py").status in {400, 404}


def test_health_tells_nothing_but_ok(visitor):
    page = visitor.send("GET", "/health")

    assert (page.status, page.body) == (200, b"ok\n")


def test_language_is_kept_in_a_cookie(visitor):
    first = visitor.get("/gallery?lang=ar-x-pseudo")
    second = visitor.get("/gallery")
    third = visitor.get("/gallery?lang=xx")

    assert 'dir="rtl"' in first.html
    assert 'dir="rtl"' in second.html
    assert 'dir="ltr"' in third.html


def test_pages_stay_light(visitor):
    page = visitor.get("/gallery")

    assert len(page.body) < 40_000
