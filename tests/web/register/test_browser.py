"""The form of a post in a real browser: text and version stay together over Back."""

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from tests.fixtures.browser import serving
from tests.web.register.test_pages import POST, add_post, change_link

pytestmark = pytest.mark.browser


@pytest.fixture
def served_world(world):
    yield from serving(world.application)


@pytest.fixture
def at_the_post(world, open_page, served_world):
    """Open the form of a post; return the page and how a colleague changes the post meanwhile."""
    colleague = world.visitor_as(Role.HEAD)
    add_post(colleague)
    link = change_link(colleague)

    def change(lines):
        page = colleague.get(link)
        colleague.submit(page, page.form(has="lines"), POST | {"lines": lines})

    def sit_down(**wishes):
        page = open_page(**wishes)
        name, hers = accounts.session_cookie(world.settings), world.sign_in(world.people["officer"])
        page.context.add_cookies([{"name": name, "value": hers, "url": served_world}])
        page.goto(served_world + link)
        return page, change, lambda: colleague.get(link).form(has="lines").fields["lines"][0]

    return sit_down


@pytest.mark.parametrize("scripts", [True, False])
def test_back_to_a_form_that_was_sent_shows_what_is_there_now(at_the_post, scripts):
    page, change, kept = at_the_post(scripts=scripts)
    page.fill("#lines", "Written by me")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/register/KEN")
    change("Improved by a colleague")

    page.go_back()

    assert page.locator("#lines").input_value() == "Improved by a colleague"
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/register/KEN")
    assert kept() == "Improved by a colleague"


def test_words_that_were_not_sent_come_back_and_meet_the_colleagues_as_old(at_the_post):
    page, change, kept = at_the_post()
    page.fill("#lines", "Written by me")
    page.get_by_role("link", name="Kenya").first.click()
    change("Improved by a colleague")

    page.go_back()

    assert page.locator("#lines").input_value() == "Written by me"
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("A colleague has changed this post since you opened it").wait_for()
    assert kept() == "Improved by a colleague"
