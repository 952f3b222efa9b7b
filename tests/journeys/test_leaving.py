"""Leaving and coming back in a browser: an officer leaves, a State's only focal point forgets.

Both on a copy of the small instance, whose edition is open and whose States have filed.
"""

import re

import pytest
from pypdf import PdfReader

from tests.fixtures.travellers import Traveller

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("leaving")]

DAY = 24 * 60 * 60
STATE = "LA01"
CODE = re.compile(r"Printed code\n(.+)\n")
LINK = re.compile(r"Link\n(http://.+?)\nType the address", re.DOTALL)
EMAIL = re.compile(r"\S+@\S+\.\S+")


@pytest.fixture
def server(small_instance, tmp_path, serve):
    return serve(small_instance.copy_to(tmp_path / "instance"))


@pytest.fixture
def known(server, open_page):
    """Meet somebody of the instance whose password and authenticator are known."""

    def make(role, state=None):
        person = server.instance.person(role, state)
        return Traveller(
            server,
            open_page(),
            person["name"],
            person["email"],
            password=person["password"],
            secret=person["totp_secret"],
        )

    return make


@pytest.fixture
def newcomer(server, open_page):
    """Meet somebody who has no account yet."""

    def make(name):
        email = f"{name.lower().replace(' ', '.')}@example.org"
        return Traveller(server, open_page(), name, email)

    return make


def test_an_officer_leaves_and_the_next_mornings_work_goes_on(server, known, newcomer):
    head, officer, successor = known("head"), known("officer"), newcomer("New Officer")
    code = head.invite(successor, "officer")
    assert "second person" in head.text
    officer.go("/")
    officer.choose("Two persons")
    officer.follow("Give a new person a role")
    officer.press("Approve", exact=True)
    successor.activate(successor.mailed_link(), code)

    let_go(head, officer)
    assert_locked_out(officer)

    server.move_clock(DAY)
    successor.go("/")
    assert "New keys are due" not in successor.text
    successor.follow("Review answers")
    successor.follow("Review State")
    box = successor.page.locator("[data-question]").filter(
        has=successor.page.get_by_label("Refuse, with a reason")
    )
    box.first.get_by_label("Refuse, with a reason").check()
    box.first.get_by_label("Reason for refusing").fill("It names a person: leave the name out.")
    successor.press("Save decisions")
    head.page.goto(successor.page.url)
    head.sign_in()
    assert "It names a person" in head.page.content()


def let_go(head, officer):
    head.choose("Colleagues")
    head.follow(officer.name)
    head.follow("Disable")
    assert "gets new keys in the same act" in head.text
    head.press("Disable this account")
    assert "Nothing is left to do" in head.page.locator("body").inner_text()


def assert_locked_out(person):
    person.page.goto(person.server.base_url + "/")
    assert person.heading == "Sign in"
    person.page.fill("[name=email]", person.email)
    person.page.fill("[name=password]", person.password)
    person.arrive_by(person.button("Continue"))
    assert "do not fit together" in person.text


def test_a_states_only_focal_point_forgets_her_password(server, known, newcomer):
    lost, officer, head = known("focal_point", STATE), known("officer"), known("head")
    assert "writes to the Secretariat" in help_at_the_door(lost)

    close_accounts(officer, head)
    assert_locked_out(lost)

    link, code = new_letter(head)
    new = newcomer("New Hand")
    new.activate(link, code)
    assert "answers exist, but your new key does not open them yet" in filed_last_year(new)

    for giver in (officer, known("court_reader")):
        giver.go("/")
        giver.follow("See what is given back")
        giver.press("Give them back")
        assert "given back" in giver.page.locator("body").inner_text()
    assert "answers exist, but" not in filed_last_year(new)


def help_at_the_door(person):
    person.page.goto(person.server.base_url + "/sign-in")
    person.follow("I cannot sign in")
    return person.text


def close_accounts(officer, head):
    officer.go("/")
    officer.choose("Access")
    officer.follow("State LA-01")
    officer.page.get_by_text("All of them have lost access").click()
    officer.follow("See what would come back")
    assert "What is lost" in officer.text
    officer.page.get_by_label("On what request do you act?").fill("Note verbale 7 of the embassy")
    officer.press("Propose to close all accounts")
    head.go("/")
    head.follow("Look at it")
    assert "Note verbale 7 of the embassy" in head.text
    head.press("Confirm: close all accounts")
    assert "All accounts are closed" in head.text


def new_letter(head):
    """Print the State's code letter in the ordinary way; return link and code."""
    head.go(f"/register/{STATE}")
    address = EMAIL.search(head.text)
    head.go(f"/institutions/{STATE}")
    head.follow("Make the code letter for State LA-01")
    assert head.page.locator("[name=states]:checked").evaluate_all(
        "boxes => boxes.map((box) => box.value)"
    ) == [STATE]
    text = "".join(
        page.extract_text()
        for page in PdfReader(head.download(head.button("Make the code letters (PDF)"))).pages
    )
    head.follow("After printing")
    head.press("The letters are printed: send the links")
    assert "is on its way" in head.page.locator("body").inner_text()
    code = CODE.search(text).group(1).replace(" ", "")
    printed = LINK.search(text)
    if printed:
        return printed.group(1).replace("\n", ""), code
    return head.mailed_link(address.group()), code


def filed_last_year(person):
    """What the State's own page shows of last year's response."""
    last_year = person.server.instance.edition("closed")
    person.go(f"/response/{last_year}/answers")
    return person.text
