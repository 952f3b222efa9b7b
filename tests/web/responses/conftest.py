"""The platform with two open editions, served to a real browser, and people who sit down at it."""

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from tests.fixtures.browser import serving
from tests.fixtures.publication import Office
from tests.fixtures.responses import part_path, saved


@pytest.fixture
def served_platform(answering_world):
    yield from serving(answering_world.application)


def sit_down(page, world, person, address):
    """Sign a person in, in the browser that shows a page."""
    name, cookie = accounts.session_cookie(world.settings), world.sign_in(person)
    page.context.add_cookies([{"name": name, "value": cookie, "url": address}])


@pytest.fixture
def seated(answering_world, open_page, served_platform):
    """Open a page of the platform as a person."""

    def open_as(role, path, *, state="AF01", **wishes):
        page = open_page(**wishes)
        sit_down(page, answering_world, answering_world.person(role, state), served_platform)
        page.goto(served_platform + path)
        return page

    return open_as


@pytest.fixture
def colleague(answering_world):
    """Somebody else of the State, without scripts."""
    return answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))


@pytest.fixture
def typist(answering_world, seated):
    """A focal point in front of the first part; A-07 is asked there."""
    visitor = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
    saved(visitor, "A1", {"A-06": "yes", "A-07": "First words"})
    return lambda code="A1", **wishes: seated(Role.FOCAL_POINT, part_path(code), **wishes)


@pytest.fixture
def next_year_pages(next_year):
    """The pages of a State that submitted last year and begins this year's response."""
    return Office(next_year)


@pytest.fixture
def served_next_year(next_year_pages):
    yield from serving(next_year_pages.round.world.application)


@pytest.fixture
def next_year_page(next_year_pages, served_next_year, open_page):
    """A part of that response, before its focal point in a real browser."""
    world, page = next_year_pages.round.world, open_page()
    sit_down(page, world, world.people["focal"], served_next_year)
    page.goto(served_next_year + part_path("B1"))
    return page
