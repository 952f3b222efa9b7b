"""The pages of notes verbales in a real browser."""

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.editions import service as editions
from cooperation.notes_verbales import service
from tests.fixtures.browser import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def served_platform(platform):
    yield from serving(platform.application)


@pytest.fixture
def seated(platform, open_page, served_platform):
    """Open a page of the platform as a person."""

    def open_as(person, path, **wishes):
        page = open_page(**wishes)
        cookie = platform.sign_in(person)
        name = accounts.session_cookie(platform.settings)
        page.context.add_cookies([{"name": name, "value": cookie, "url": served_platform}])
        page.goto(served_platform + path)
        return page

    return open_as


def test_scripts_go_on_by_themselves_until_the_notes_are_made(platform, seated, served_platform):
    officer = platform.person(Role.OFFICER)
    ctx = platform.context_of(officer)
    edition_id = editions.edition_id(ctx.session, "2026")
    wishes = service.proposal_for(ctx, edition_id)
    batch_id = service.prepare_notes(ctx, edition_id=edition_id, wishes=wishes)
    service.continue_batch(ctx, batch_id, step_seconds=0.0)
    platform.commit()

    page = seated(officer, f"/notes/{batch_id}")

    page.get_by_text("Waiting for approval").wait_for()
    assert page.url == f"{served_platform}/notes/{batch_id}"


def test_the_pages_are_accessible(platform, issued, seated, assert_good_page):
    _head, path = issued
    head = platform.person(Role.HEAD)

    page = seated(head, "/notes")
    assert_good_page(page)
    for address in (path, f"{path}/letters", "/notes/prepare/2026"):
        page.goto(page.url.split("/notes")[0] + address)
        assert_good_page(page)
        page.set_viewport_size({"width": 320, "height": 800})
        assert_good_page(page)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_state_s_page_is_accessible(platform, issued, seated, assert_good_page):
    page = seated(platform.person(Role.FOCAL_POINT, "AF01"), "/notes/own")

    assert_good_page(page)
