"""The pages of accounts as a visitor without scripts meets them."""

import pytest

from cooperation.access.rules import Role

PAGES = {
    Role.HEAD: ["/account/sessions", "/colleagues", "/colleagues/invite", "/set-up"],
    Role.FOCAL_POINT: [
        "/account/sessions",
        "/colleagues",
        "/colleagues/invite",
        "/colleagues/signatory",
    ],
    Role.COURT_READER: ["/colleagues", "/colleagues/invite"],
    Role.ADMINISTRATOR: ["/people", "/set-up", "/account/step-up"],
    Role.AUDITOR: ["/account/sessions"],
}


@pytest.mark.parametrize("role", PAGES)
def test_pages_open_for_those_who_may(world, role):
    state = "AF01" if role is Role.FOCAL_POINT else None
    visitor = world.visitor(world.person(role, state))

    for path in PAGES[role]:
        page = visitor.get(path)

        assert page.status == 200, path
        assert "<h1>" in page.html
