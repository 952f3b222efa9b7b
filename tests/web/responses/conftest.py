"""The platform with two open editions, served to a real browser, and people who sit down at it."""

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from tests.fixtures.browser import serving
from tests.fixtures.responses import EARLIER, EDITION, part_path, saved


@pytest.fixture
def served_platform(answering_world):
    yield from serving(answering_world.application)


@pytest.fixture
def seated(answering_world, open_page, served_platform):
    """Open a page of the platform as a person."""

    def open_as(role, path, *, state="AF01", **wishes):
        page = open_page(**wishes)
        cookie = answering_world.sign_in(answering_world.person(role, state))
        name = accounts.session_cookie(answering_world.settings)
        page.context.add_cookies([{"name": name, "value": cookie, "url": served_platform}])
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
def next_year_pages(office, open_pages):
    """The pages of a State that submitted last year and begins this year's response."""
    office.round.edition = EARLIER
    office.round.fill()
    office.round.submit()
    office.round.edition = EDITION
    return open_pages(office)


@pytest.fixture
def served_next_year(next_year_pages):
    """The same, served to a real browser in which the focal point is signed in."""
    next_year_pages.person = "focal"
    yield from serving(next_year_pages.app)
