"""Passkeys in the real browser with a virtual authenticator (reliability R21)."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page

from cooperation.audit import service as audit
from tests.fixtures.emptiness import EmptyEnvironment
from tests.fixtures.instance import Instance, RunningServer
from tests.fixtures.keyholders import KeyHolder

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("passkeys")]

NOT_ACCEPTED = "The passkey was not accepted"
NO_ANSWER = "The browser got no answer from a passkey"
Meet = Callable[..., KeyHolder]


@pytest.fixture(scope="module")
def server(
    small_instance: Instance,
    serve_module: Callable[..., RunningServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> RunningServer:
    """A server for this module where a code of an authenticator is no step-up."""
    instance = small_instance.copy_to(tmp_path_factory.mktemp("passkeys") / "instance")
    return serve_module(instance, COOPERATION_TOTP_STEP_UP="false")


@pytest.fixture
def meet(server: RunningServer, open_page: Callable[..., Page]) -> Meet:
    """Meet a person of the instance in a browser of her own; her authenticator is known."""

    def make(role: str, state: str | None = None, *, width: int = 1280) -> KeyHolder:
        person = server.instance.person(role, state)
        return KeyHolder(
            server,
            open_page(width=width),
            person["name"],
            person["email"],
            password=person["password"],
            secret=person["totp_secret"],
        )

    return make


@pytest.fixture
def holder(meet: Meet) -> Callable[..., KeyHolder]:
    """Meet a person who has registered a passkey just now and is still signed in."""

    def make(role: str, state: str | None = None) -> KeyHolder:
        person = meet(role, state)
        person.take()
        person.go("/account/passkeys")
        person.register("Key")
        assert "The passkey is registered." in person.page.locator("main").inner_text()
        return person

    return make


def test_signatory_with_a_passkey_submits_and_proves_it_off_line(
    meet: Meet, empty_environment: EmptyEnvironment, tmp_path: Path
) -> None:
    signatory = meet("signatory", "WE01")
    signatory.go("/response")
    assert signatory.heading == "Register your passkey"
    edition = signatory.server.instance.edition("open")
    signatory.page.goto(f"{signatory.server.base_url}/response/{edition}/sign")
    sign(signatory)
    assert signatory.heading == "This needs a passkey"

    signatory.take()
    signatory.follow("Register a passkey")
    signatory.follow("Register a passkey")
    signatory.page.get_by_label("Name of this passkey").fill("Office laptop")
    signatory.arrive_by(signatory.button("Register this passkey"))
    assert "Office laptop" in signatory.text

    signatory.sign_out()
    signatory.sign_in_with_passkey()
    edition = signatory.server.instance.edition("open")
    signatory.page.goto(f"{signatory.server.base_url}/response/{edition}/sign")
    sign(signatory)
    assert signatory.heading == "Sign with your passkey"
    fingerprint = signatory.page.locator(".secret dd").inner_text().replace(" ", "")
    signatory.arrive_by(signatory.button("Sign and submit"))

    assert "Signed and submitted" in signatory.text
    assert fingerprint in signatory.text
    assert approvals(signatory.server) == 1
    receipt = saved(signatory, "Download the receipt", tmp_path / "receipt.zip")
    program = saved(signatory, "verify_receipt.py", tmp_path / "verify_receipt.py")
    check_off_line(signatory, empty_environment, program, receipt)


def saved(person: KeyHolder, link: str, path: Path) -> Path:
    with person.page.expect_download() as waiting:
        person.page.locator("main").get_by_role("link", name=link).click()
    waiting.value.save_as(path)
    return path


def check_off_line(
    person: KeyHolder, environment: EmptyEnvironment, program: Path, receipt: Path
) -> None:
    """Check the receipt where there is nothing of the platform; then with one byte changed."""
    assert not environment.can_import("cooperation")
    assert not environment.can_import("flask")
    assert sha256(program.read_bytes()).hexdigest() in person.text
    log_key = audit.log_vkey(person.server.instance.settings())

    code, said = environment.run(program, "--key", log_key, receipt)
    assert (code, said.splitlines()[-1]) == (0, "VERIFIED: every check passed."), said
    assert re.search(r"State WE01, edition \w{4}, submission 1,", said)
    assert "a passkey (ES256, " in said

    content = bytearray(receipt.read_bytes())
    content[len(content) // 2] ^= 1
    receipt.write_bytes(content)
    code, said = environment.run(program, "--key", log_key, receipt)
    assert code == 1
    assert "REFUSED  archive" in said


def sign(signatory: KeyHolder) -> None:
    signatory.page.get_by_label("In the name of the Government").check()
    signatory.arrive_by(signatory.button("Sign and submit"))


def approvals(server: RunningServer) -> int:
    with sqlite3.connect(server.instance.path / "cooperation.db") as database:
        (found,) = database.execute("SELECT count(*) FROM submission_approvals").fetchone()
    return int(found)


def test_stolen_password_alone_gets_nowhere(holder: Callable[..., KeyHolder], meet: Meet) -> None:
    holder("focal_point", "AF01").sign_out()
    thief = meet("focal_point", "AF01")
    thief.take()
    thief.give_password()

    thief.button("Use my passkey").click()
    thief.page.get_by_text(NO_ANSWER).wait_for()
    assert thief.page.locator("[name=code]").count() == 0
    for path in ("/", "/response", "/account/passkeys"):
        thief.page.goto(thief.server.base_url + path)
        assert thief.path == "/sign-in"


def test_code_of_the_authenticator_opens_nothing_beside_a_passkey(
    holder: Callable[..., KeyHolder],
) -> None:
    person = holder("signatory", "AF01")
    person.sign_out()
    person.give_password()

    reply = person.send(person.fields() | {"code": person.code()}, "")

    assert "A code of the authenticator is not enough" in reply


def test_answer_is_not_taken_twice(holder: Callable[..., KeyHolder]) -> None:
    person = holder("co_facilitator")
    person.sign_out()
    person.give_password()
    credential = person.answer(person.question())
    assert person.send(person.fields(), credential) == "signed in"

    person.page.context.clear_cookies()
    person.give_password()

    assert NOT_ACCEPTED in person.send(person.fields(), credential)


@pytest.fixture
def false_page() -> Iterator[str]:
    """A page of somebody else's on the same machine, at another port: another origin."""

    class Blank(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Not us</title>")

        def log_message(self, *arguments: object) -> None:
            del arguments

    listener = HTTPServer(("localhost", 0), Blank)
    Thread(target=listener.serve_forever, daemon=True).start()
    yield f"http://localhost:{listener.server_port}/"
    listener.shutdown()
    listener.server_close()


def test_answer_given_to_a_false_page_is_refused(
    holder: Callable[..., KeyHolder], false_page: str
) -> None:
    person = holder("contributor", "AF01")
    person.sign_out()
    person.give_password()
    question, fields = person.question(), person.fields()
    person.page.goto(false_page)

    credential = person.answer(question)

    assert NOT_ACCEPTED in person.send(fields, credential)


def test_answer_without_user_verification_is_refused(holder: Callable[..., KeyHolder]) -> None:
    person = holder("contributor", "WE01")
    person.take(*person.lose(), is_verifying=False)
    person.sign_out()
    person.give_password()
    person.button("Use my passkey").click()
    person.page.get_by_text(NO_ANSWER).wait_for()

    credential = person.answer(person.question() | {"userVerification": "discouraged"})

    assert NOT_ACCEPTED in person.send(person.fields(), credential)


def test_removed_passkey_is_refused(holder: Callable[..., KeyHolder]) -> None:
    person = holder("officer")
    first = person.lose()
    person.take()
    person.register("Second key")
    second = person.lose()
    person.take(*first)
    person.page.goto(person.server.base_url + "/account/passkeys")
    person.arrive_by(person.page.locator("tr", has_text="Second key").get_by_role("link"))
    person.arrive_by(person.button("Remove this passkey"))
    assert "The passkey was removed." in person.text
    person.sign_out()
    person.lose()
    person.take(*second)
    person.give_password()

    person.button("Use my passkey").click()
    person.page.get_by_text(NO_ANSWER).wait_for()
    removed = {"type": "public-key", "id": _plain_id(second[0]["credentialId"])}
    credential = person.answer(person.question() | {"allowCredentials": [removed]})

    assert NOT_ACCEPTED in person.send(person.fields(), credential)


def _plain_id(credential_id: str) -> str:
    return credential_id.replace("+", "-").replace("/", "_").rstrip("=")


def test_lost_passkey_is_replaced_with_a_recovery_code(holder: Callable[..., KeyHolder]) -> None:
    person = holder("focal_point", "WE01")
    person.follow("Make recovery codes")
    person.arrive_by(person.button("Make recovery codes"))
    codes = person.page.locator(".codes li").all_inner_texts()
    assert len(codes) == 8
    person.follow("I have kept them: go on")
    person.sign_out()
    person.lose()

    use_recovery_code(person, codes[0])
    assert person.heading == "Your passkeys"
    person.page.goto(person.server.base_url + "/response")
    assert person.path == "/account/passkeys"
    person.take()
    person.register("New key")
    person.page.goto(person.server.base_url + "/response")
    assert person.path == "/response"

    person.sign_out()
    use_recovery_code(person, codes[0])
    assert "This recovery code is not right, or it was used before." in person.text


def use_recovery_code(person: KeyHolder, code: str) -> None:
    person.give_password()
    if not person.page.locator("[name=recovery_code]").is_visible():
        person.page.get_by_text("I have lost my passkey").click()
    person.page.fill("[name=recovery_code]", code)
    person.arrive_by(person.button("Use this recovery code"))
