"""Passkeys as pages: what is asked for, what goes on by itself, what says how to go on."""

import html
import re

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from tests.fixtures.authenticator import SoftAuthenticator
from tests.fixtures.passkeys import Desk
from tests.fixtures.people import World
from tests.fixtures.visitor import Page, Visitor

OPTIONS = re.compile(r'data-options="([^"]+)"')


def options_of(page: Page) -> str:
    """What the page asks of a passkey."""
    found = OPTIONS.search(page.html)
    assert found is not None, page.text[:400]
    return html.unescape(found.group(1))


def visit(desk: Desk) -> Visitor:
    """Somebody in front of the application, in the session of this desk."""
    visitor = desk.world.visitor()
    visitor.cookies[accounts.session_cookie(desk.world.settings)] = desk.cookie
    return visitor


def answer(visitor: Visitor, page: Page, key: SoftAuthenticator, **typed: str) -> Page:
    """Answer the page's question with a passkey."""
    form = page.form(has="credential")
    credential = key.get(options_of(page))
    return visitor.submit(page, form, {"credential": credential, **typed})


@pytest.fixture
def focal_point(strict_world: World) -> Desk:
    return Desk(strict_world, strict_world.person(Role.FOCAL_POINT, "AF01")).with_code()


@pytest.fixture
def key(focal_point: Desk) -> SoftAuthenticator:
    return focal_point.register(label="Office laptop")


def password(visitor: Visitor, desk: Desk, path: str = "/") -> Page:
    page = visitor.get(path)
    fields = {"email": desk.person.email, "password": desk.person.password}
    return visitor.submit(page, page.form(has="password"), fields)


def test_first_page_of_a_newcomer_asks_for_her_passkey(focal_point: Desk) -> None:
    visitor = focal_point.world.visitor()
    page = password(visitor, focal_point)
    focal_point.wait(60)
    code = accounts.code_at(focal_point.person.totp_seed, focal_point.world.now)

    page = visitor.submit(page, page.form(has="code"), {"code": code})

    assert page.path.startswith("/account/passkeys")
    assert "Your role asks for a passkey." in page.text


def test_act_without_a_passkey_says_how_to_go_on(focal_point: Desk) -> None:
    visitor = visit(focal_point)
    page = visitor.get("/colleagues/invite")

    page = visitor.submit(page, page.form(has="email"), {"name": "N", "email": "n@example.org"})

    assert (page.status, page.path) == (403, "/colleagues/invite")
    assert "You were about to invite a person." in page.text
    assert "/account/passkeys" in page.links


def test_passkey_is_asked_first_and_leads_where_she_wanted(
    focal_point: Desk, key: SoftAuthenticator
) -> None:
    visitor = focal_point.world.visitor()
    page = password(visitor, focal_point, "/account/sessions")
    assert "Use one of your passkeys" in page.text
    assert not any("code" in form.names for form in page.forms)

    page = answer(visitor, page, key)

    assert (page.status, page.path) == (200, "/account/sessions")


def test_page_without_scripts_says_what_to_do(focal_point: Desk, key: SoftAuthenticator) -> None:
    del key
    page = password(focal_point.world.visitor(), focal_point)

    assert "Scripts are switched off in this browser." in page.text


def test_refused_passkey_is_told_on_the_page(focal_point: Desk, key: SoftAuthenticator) -> None:
    key.origin = "https://evil.example"
    visitor = focal_point.world.visitor()
    page = password(visitor, focal_point)

    page = answer(visitor, page, key)

    assert page.status == 422
    assert "The passkey was not accepted." in page.text


def test_form_goes_on_by_itself_after_the_passkey(
    focal_point: Desk, key: SoftAuthenticator
) -> None:
    focal_point.wait(600)
    visitor = visit(focal_point)
    page = visitor.get("/colleagues/invite")
    typed = {"name": "New Colleague", "email": "new@example.org", "role": "contributor"}
    page = visitor.submit(page, page.form(has="email"), typed)
    assert page.status == 403
    assert "You are about to invite a person." in page.text

    page = answer(visitor, page, key)

    assert page.status == 200
    assert "new@example.org" in page.text


def test_answer_for_one_act_confirms_no_other(focal_point: Desk, key: SoftAuthenticator) -> None:
    focal_point.wait(600)
    visitor = visit(focal_point)
    page = visitor.get("/account/passkeys/new")
    assert "change your passkeys or recovery codes" in page.text

    page = answer(visitor, page, key, next="/published/2026/export")

    assert page.status == 422


def test_removing_the_last_passkey_warns_first(focal_point: Desk, key: SoftAuthenticator) -> None:
    del key
    visitor = visit(focal_point)
    page = visitor.get("/account/passkeys")
    assert "Office laptop" in page.text
    page = visitor.get(next(link for link in page.links if link.endswith("/remove")))
    assert "No passkey would be left." in page.text

    page = visitor.submit(page, page.form(action="/remove"))

    assert "The passkey was removed." in page.text
    assert "Your role asks for a passkey." in page.text


def test_recovery_code_leads_to_the_passkeys_and_nowhere_else(
    focal_point: Desk, key: SoftAuthenticator
) -> None:
    del key
    visitor = visit(focal_point)
    page = visitor.get("/account/recovery-codes")
    page = visitor.submit(page, page.form(action="/account/recovery-codes"))
    code = re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", page.text)[0]
    visitor.cookies.clear()
    page = password(visitor, focal_point)

    page = visitor.submit(page, page.form(has="recovery_code"), {"recovery_code": code})

    assert "You signed in with a recovery code" in page.text
    assert visitor.get("/response").path == "/account/passkeys"
    form = visitor.get("/account/passkeys/new").form(has="label")
    refused = visitor.post("/colleagues/invite", {**form.fields, "name": "N"})
    assert refused.status == 403


def test_recovery_codes_are_shown_once(focal_point: Desk, key: SoftAuthenticator) -> None:
    del key
    visitor = visit(focal_point)
    page = visitor.get("/account/recovery-codes")
    visitor.submit(page, page.form(action="/account/recovery-codes"))

    page = visitor.get("/account/passkeys")

    assert "8 unused codes are left." in page.text
    assert not re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", page.text)


@pytest.mark.parametrize("path", ["/second-factor", "/account/step-up", "/account/passkeys/new"])
def test_strange_answer_is_refused_and_breaks_nothing(focal_point: Desk, path: str) -> None:
    visitor = visit(focal_point)
    page = visitor.get("/account/passkeys/new")
    token = page.form(has="credential").fields["csrf_token"][0]

    for credential in ("{", "[[]]", '{"rawId": {}}', '{"rawId": "\ud83d"}', "A" * 20_000):
        text = credential.encode("utf-8", "replace").decode()
        fields = {"csrf_token": token, "credential": text, "_kept": '["/a",[],0]'}
        if path == "/account/passkeys/new":
            fields["label"] = "Key"
        answer = visitor.post(path, fields)
        is_over = "Your sign-in took too long or has ended" in answer.text
        assert 400 <= answer.status < 500 or (path == "/second-factor" and is_over)
