"""The page of what could not be saved, in a real browser: the text is there, nothing is cut off."""

import os
from pathlib import Path

import pytest

from cooperation.access.rules import Role
from cooperation.web.factory import create_app, make_server
from cooperation.web.space import MEGABYTE
from tests.fixtures.browser import serving
from tests.fixtures.responses import part_path

pytestmark = pytest.mark.browser

QUESTION = "B-05"
TYPED = "The central authority answers within ten days.\nIt needs the request in French."

SEND_WITHOUT_SCRIPTS = "HTMLFormElement.prototype.submit.call(document.querySelector('main form'))"
"""With scripts the button saves by itself, and the page stays as it is."""


@pytest.fixture
def served(answering_world):
    """The world's application at a web address, on a disk with one megabyte left."""
    world = answering_world
    held = make_server(world.settings, database=world.database, root=world.root, clock=world.clock)
    held.space._look = lambda _folder: MEGABYTE
    world.application = create_app(world.settings, held)
    yield from serving(world.application)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_text_stands_on_the_page_with_one_way_on(
    answering_world, served, open_page, assert_good_page, width
):
    person = answering_world.person(Role.FOCAL_POINT, "AF01")
    cookie = answering_world.visitor(person).cookies["sid"]
    page = open_page(width=width)
    page.context.add_cookies([{"name": "sid", "value": cookie, "url": served}])
    page.goto(f"{served}{part_path('B1')}")
    page.fill(f"textarea[name='{QUESTION}']", TYPED)
    page.evaluate(SEND_WITHOUT_SCRIPTS)

    page.wait_for_selector("h1:has-text('There is no space left')")
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"507-{width}.png", full_page=True)
    assert TYPED.splitlines()[0] in page.inner_text("main")
    assert page.locator("main button.button:visible").count() == 1
    assert_good_page(page)
