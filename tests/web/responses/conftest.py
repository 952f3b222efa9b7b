"""The platform with two open editions, served to a real browser, and people who sit down at it."""

import pytest

from cooperation.accounts import service as accounts
from tests.fixtures.browser import serving


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
