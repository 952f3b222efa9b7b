"""What is refused was not done: forms whose service commits for itself, each with one thing more.

Password managers and extensions add fields. A form that comes with one is refused before its act:
no code is used up, no session begun, no passkey added, no password changed.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.core.db import Base
from tests.fixtures.authenticator import SoftAuthenticator
from tests.fixtures.passkeys import Desk
from tests.fixtures.people import World
from tests.fixtures.visitor import Form, Page, Typed, Visitor
from tests.web.accounts.test_passkey_pages import options_of, password, visit

NEW = "seven plain boats below a quiet orange hill"
ASKED_ANEW = frozenset({"passkey_challenges"})
"""Each page that asks a passkey asks its own question."""


@dataclass
class Sent:
    """A form as its person is about to send it."""

    visitor: Visitor
    page: Page
    form: Form
    typed: dict[str, Typed]
    answer: Callable[[Page], str] | None = None
    """Answers the passkey's question of a page, which each page asks anew."""


def at_sign_in(desk: Desk) -> Sent:
    visitor = desk.world.visitor()
    page = visitor.get("/sign-in")
    typed: dict[str, Typed] = {"email": desk.person.email, "password": desk.person.password}
    return Sent(visitor, page, page.form(has="password"), typed)


def with_recovery_code(desk: Desk) -> Sent:
    desk.register()
    code = desk.codes()[0]
    visitor = desk.world.visitor()
    page = password(visitor, desk)
    return Sent(visitor, page, page.form(has="recovery_code"), {"recovery_code": code})


def at_step_up(desk: Desk) -> Sent:
    key = desk.register()
    desk.wait(600)
    visitor = visit(desk)
    page = visitor.get("/account/passkeys/new")
    return Sent(
        visitor, page, page.form(has="credential"), {}, lambda page: key.get(options_of(page))
    )


def new_password(desk: Desk) -> Sent:
    visitor = visit(desk)
    typed: dict[str, Typed] = {"old": desk.person.password, "choice": "own"}
    typed |= {"password": NEW, "password_again": NEW}
    page = visitor.get("/account/password")
    return Sent(visitor, page, page.form(has="old"), typed)


def passphrase(desk: Desk) -> Sent:
    sent = new_password(desk)
    shown = sent.form.fields["passphrase"][0]
    sent.typed = {"old": desk.person.password, "passphrase_again": shown}
    return sent


def new_passkey(desk: Desk) -> Sent:
    visitor = visit(desk)
    page = visitor.get("/account/passkeys/new")
    key = SoftAuthenticator()
    return Sent(
        visitor,
        page,
        page.form(has="credential"),
        {"label": "Laptop"},
        lambda page: key.create(options_of(page)),
    )


def removed_passkey(desk: Desk) -> Sent:
    desk.register()
    visitor = visit(desk)
    page = visitor.get("/account/passkeys")
    page = visitor.get(next(link for link in page.links if link.endswith("/remove")))
    return Sent(visitor, page, page.form(action="/remove"), {})


def recovery_codes(desk: Desk) -> Sent:
    desk.register()
    visitor = visit(desk)
    page = visitor.get("/account/recovery-codes")
    return Sent(visitor, page, page.form(action="/recovery-codes"), {})


def activation(desk: Desk) -> Sent:
    world = desk.world
    made = accounts.invite_person(
        world.context_of(world.person(Role.FOCAL_POINT, "AF01")),
        name="Jo Doe",
        email="jo@example.org",
        role=Role.CONTRIBUTOR,
        organ="",
        replaces=False,
    )
    visitor = world.visitor()
    page = visitor.get(f"/activate/{made.id}?token={made.token}")
    form = page.form(has="code")
    shown = form.fields["passphrase"][0]
    return Sent(visitor, page, form, {"code": made.code, "passphrase_again": shown})


def authenticator(desk: Desk) -> Sent:
    begun = activation(desk)
    page = begun.visitor.submit(begun.page, begun.form, begun.typed)
    found = re.search(r"secret=([A-Z2-7]+)", page.html)
    assert found is not None
    code = accounts.code_at(base64.b32decode(found.group(1)), desk.world.now)
    return Sent(begun.visitor, page, page.form(has="code"), {"code": code})


FORMS: dict[str, Callable[[Desk], Sent]] = {
    "accounts.check_password": at_sign_in,
    "accounts.check_code": with_recovery_code,
    "accounts.check_step_up": at_step_up,
    "accounts.change_password": new_password,
    "accounts.change_password (passphrase)": passphrase,
    "accounts.add_passkey": new_passkey,
    "accounts.remove_passkey": removed_passkey,
    "accounts.make_recovery_codes": recovery_codes,
    "accounts.begin_activation": activation,
    "accounts.finish_activation": authenticator,
}


@pytest.fixture
def desk(strict_world: World) -> Desk:
    return Desk(strict_world, strict_world.person(Role.FOCAL_POINT, "AF01")).with_code()


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    world.roll_back()
    with world.database.reading() as session:
        return {
            name: sorted(map(tuple, session.execute(sa.select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
            if name not in ASKED_ANEW
        }


def test_every_form_whose_service_commits_for_itself_is_tried(strict_world: World) -> None:
    application = strict_world.application
    own = {
        rule.endpoint
        for rule in application.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and getattr(application.view_functions[rule.endpoint], "own_transactions", False)
    }

    assert own == {name.partition(" ")[0] for name in FORMS}


MORE: dict[str, dict[str, Typed]] = {
    "one of its fields twice": {"next": ["/", "/account"]},
    "a file": {"file": ("a.pdf", b"%PDF-")},
    "a field that it does not know": {"one_more": "x"},
}


@pytest.mark.parametrize("name", FORMS)
def test_one_thing_more_is_refused_before_anything_is_done(desk: Desk, name: str) -> None:
    sent = FORMS[name](desk)
    page = sent.page
    cookies = dict(sent.visitor.cookies)
    before = everything(desk.world)

    for what, more in MORE.items():
        if sent.answer is not None:
            sent.typed["credential"] = sent.answer(sent.page)
        page = sent.visitor.submit(sent.page, sent.form, {**sent.typed, **more}, follow=False)

        assert (page.status, what) == (422, what)
        assert "Nothing was saved" in page.text
        assert "was changed" not in page.text
        assert everything(desk.world) == before, what
        assert sent.visitor.cookies == cookies, what

    if sent.answer is not None:
        sent.typed["credential"] = sent.answer(page)
    taken = sent.visitor.submit(sent.page, sent.form, sent.typed, follow=False)
    assert taken.status in {200, 303}, taken.text[:300]
    assert everything(desk.world) != before


def test_what_was_typed_at_sign_in_comes_back_when_an_extension_adds_a_field(desk: Desk) -> None:
    sent = at_sign_in(desk)
    kept = '["/response/2026", [["B-01", "Weeks of work"]], false]'

    page = sent.visitor.submit(
        sent.page, sent.form, {**sent.typed, "one_more": "x", "_kept": kept}, follow=False
    )

    form = page.form(has="password")
    assert form.fields["email"] == [desk.person.email]
    assert "Weeks of work" in form.fields["_kept"][0]
